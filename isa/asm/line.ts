/** A piece of a line: its text and where it begins (column from 1). */
export interface Piece {
  readonly text: string;
  readonly column: number;
}

/** An operand as written: `key`, `key=value`. */
export interface WrittenOperand {
  readonly key: Piece;
  readonly value: Piece | null;
}

/** The line without its comment (`#` or `//` to the end). */
const withoutComment = (line: string): string => line.replace(/(#|\/\/).*$/, '');

/** Cuts a line at white space outside brackets. */
function pieces(line: string): readonly Piece[] {
  const out: Piece[] = [];
  const pattern = /(?:[([][^)\]]*[)\]]?|[^\s([])+/g;
  for (const match of withoutComment(line).matchAll(pattern)) out.push({ text: match[0], column: match.index + 1 });
  return out;
}

/** Splits a line into its first word and its operands; null for an empty line. */
export function readLine(line: string): { readonly name: Piece; readonly operands: readonly WrittenOperand[] } | null {
  const [name, ...rest] = pieces(line);
  if (name === undefined) return null;
  const operands = rest.map(({ text, column }): WrittenOperand => {
    const equals = text.indexOf('=');
    if (equals < 0) return { key: { text, column }, value: null };
    return { key: { text: text.slice(0, equals), column }, value: { text: text.slice(equals + 1), column: column + equals + 1 } };
  });
  return { name, operands };
}
