/** Tokens of the graph text form. Whitespace and `//` comments separate them. */
import { fail, type Where } from '#isa/diag/diagnostic';
import { compilerMessages } from '../messages.js';

export type TokenKind = 'word' | 'value' | 'global' | 'number' | 'string' | 'punctuation' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The word, the name without its sigil, the string's contents, or the text as written. */
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

const PATTERN =
  /(?<skip>\s+|\/\/[^\n]*)|(?<value>%(?:[A-Za-z_][\w./-]*|"(?:[^"\\\n]|\\.)*"))|(?<global>@(?:[A-Za-z_][\w./-]*|"(?:[^"\\\n]|\\.)*"))|(?<word>[A-Za-z_]\w*)|(?<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<punctuation>[()[\]{}=,:])/y;

/** Line, column and source line of an offset. */
export function whereIs(source: string, at: number, file: string): Where {
  const before = source.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.indexOf('\n', at);
  return {
    file,
    line: before.split('\n').length,
    column: at - lineStart + 1,
    source: source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd),
  };
}

function unquote(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

const TOKEN_KINDS = ['value', 'global', 'word', 'number', 'string', 'punctuation'] as const;

/** Splits a text into tokens; the last one has the kind `end`. Throws VTA2010. */
export function tokenize(source: string, file: string): Token[] {
  const tokens: Token[] = [];
  const bad = (at: number): never =>
    fail(
      compilerMessages.VTA2010,
      { expected: 'a word, name, number or string', found: JSON.stringify(source[at]) },
      whereIs(source, at, file),
    );
  let at = 0;
  while (at < source.length) {
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(source)?.groups ?? bad(at);
    const kind = TOKEN_KINDS.find((k) => groups[k] !== undefined);
    const raw = kind === undefined ? groups.skip : groups[kind];
    if (kind !== undefined) {
      const body = kind === 'value' || kind === 'global' ? raw.slice(1) : raw;
      const text = body.startsWith('"') ? unquote(body) : body;
      tokens.push({ kind, text: text ?? bad(at), at });
    }
    at += raw.length;
  }
  tokens.push({ kind: 'end', text: 'the end of the text', at: source.length });
  return tokens;
}
