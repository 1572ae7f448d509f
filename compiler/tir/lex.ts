import { fail, type Where } from '#isa/diag/diagnostic';
import { tirMessages as M } from './messages.js';

export interface Token {
  readonly kind: 'name' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const PATTERN = /[ \t\r]+|(?:#|\/\/)[^\n]*|(\n)|([A-Za-z_]\w*)|(\d+)|(\.\.|>>|[()[\]{},:=+\-*/%@])/y;

/** Splits TIR text into tokens. @throws VtaError VTA2201 */
export function lexTir(text: string, file: string): Token[] {
  const out: Token[] = [];
  let line = 1;
  let start = 0;
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const at = PATTERN.lastIndex;
    const m = PATTERN.exec(text);
    if (m === null)
      failAt(
        text,
        file,
        { kind: 'symbol', text: text[at], line, column: at - start + 1 },
        `the character "${text[at]}" means nothing in TIR`,
      );
    if (m[1] !== undefined) {
      line++;
      start = PATTERN.lastIndex;
    } else if (m[2] ?? m[3] ?? m[4]) {
      out.push({ kind: m[2] !== undefined ? 'name' : m[3] !== undefined ? 'number' : 'symbol', text: m[0], line, column: at - start + 1 });
    }
  }
  out.push({ kind: 'end', text: 'end of text', line, column: text.length - start + 1 });
  return out;
}

/** Where a token stands, with its source line. */
export const whereIs = (text: string, file: string, token: Token): Where => ({
  file,
  line: token.line,
  column: token.column,
  source: text.split('\n')[token.line - 1],
});

/** Reports a syntax error at a token. */
export function failAt(text: string, file: string, token: Token, detail: string): never {
  fail(M.VTA2201, { detail }, whereIs(text, file, token));
}
