import type { Edit, Kind } from './fault.js';

/** A token of SystemVerilog with its offset; comments, strings and directives are left out. */
interface Token {
  readonly text: string;
  readonly start: number;
}

const TOKEN =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|`\w+|\d*\s*'s?[bBdDhH][0-9a-fA-FxXzZ_?]+|'[01]|\$?[A-Za-z_]\w*|\d[\d_]*|<<<|>>>|===|!==|<=|>=|==|!=|&&|\|\||<<|>>|\+:|-:|::|->|~\^|[-+*/%&|^~!<>=?:;,.()[\]{}#@']/g;

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].filter(([t]) => !/^(\/[/*]|"|`)/.test(t)).map((m) => ({ text: m[0], start: m.index }));
}

const OPERATORS: Readonly<Record<string, readonly (readonly [to: string, kind: Kind])[]>> = {
  '<': [['<=', 'bound']],
  '>': [['>=', 'bound']],
  '>=': [['>', 'bound']],
  '==': [['!=', 'comparison']],
  '!=': [['==', 'comparison']],
  '+': [['-', 'arithmetic']],
  '-': [['+', 'arithmetic']],
  '*': [['+', 'arithmetic']],
  '&': [['|', 'bits']],
  '|': [['&', 'bits']],
  '^': [['|', 'bits']],
  '~': [['', 'bits']],
  '!': [['', 'logic']],
  '&&': [['||', 'logic']],
  '||': [['&&', 'logic']],
  '<<': [['>>', 'bits']],
  '>>': [['<<', 'bits']],
  '>>>': [['>>', 'bits']],
};

/** Statements of the language that say nothing about what the hardware does. */
const WORDLESS = /^(import|export|package|endpackage|module|endmodule|endfunction|endinterface)$/;

/** Is the `&`, `|`, `^`, `-` or `<=` at `i` an operator between two operands? */
const isBinary = (tokens: readonly Token[], i: number): boolean =>
  i > 0 && /^([\w$)\]}].*|\d*'.+)$/.test(tokens[i - 1].text) && !/^(return|begin|else)$/.test(tokens[i - 1].text);

function ofNumber(text: string): readonly string[] {
  const plain = /^\d[\d_]*$/.exec(text);
  if (plain !== null) {
    const value = BigInt(text.replaceAll('_', ''));
    return value === 0n ? ['1'] : [`${value + 1n}`, `${value - 1n}`];
  }
  if (text === "'0") return ["'1"];
  if (text === "'1") return ["'0"];
  const based = /^(\d+)'(s?)([bdh])([0-9a-f_]+)$/i.exec(text);
  if (based === null) return [];
  const [, width, sign, base, digits] = based;
  const radix = { b: '0b', d: '', h: '0x' }[base.toLowerCase() as 'b' | 'd' | 'h'];
  const value = BigInt(radix + digits.replaceAll('_', ''));
  const top = 1n << BigInt(width);
  const other = [...new Set([(value + 1n) % top, (value - 1n + top) % top])].filter((v) => v !== value);
  return other.map((v) => `${width}'${sign}d${v}`);
}

/** From the token after `if` the end of its condition in parentheses. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i].text === '(') depth++;
    if (tokens[i].text === ')' && --depth === 0) return i;
  }
  return -1;
}

const end = (t: Token): number => t.start + t.text.length;

/** A nonblocking assignment `name <= value;` that begins at token `i`: its last token, or -1. */
function assignment(tokens: readonly Token[], i: number): number {
  if (!/^(begin|;|end|else|\)|:)$/.test(tokens[i - 1]?.text ?? '') || !/^[A-Za-z_]\w*$/.test(tokens[i].text)) return -1;
  let at = i + 1;
  while (/^[.[]$/.test(tokens[at]?.text ?? '')) {
    if (tokens[at].text === '.') at += 2;
    else {
      while (tokens[at].text !== ']') at++;
      at++;
    }
  }
  if (tokens[at]?.text !== '<=') return -1;
  while (at < tokens.length && tokens[at].text !== ';') at++;
  return at;
}

/** Every small fault that the text of one SystemVerilog file can have. Widths and ranges of declarations count as constants. */
export function faultsInVerilog(text: string): readonly Edit[] {
  const tokens = tokensOf(text);
  const found: Edit[] = [];
  const add = (first: Token, last: Token, kind: Kind, ...tos: readonly string[]) => {
    for (const to of tos) found.push({ start: first.start, end: end(last), kind, to });
  };
  let inAssertion = false;
  for (const [i, t] of tokens.entries()) {
    if (/^(assert|\$fatal|\$error|initial)$/.test(t.text)) inAssertion = true;
    if (t.text === ';') inAssertion = false;
    if (inAssertion || WORDLESS.test(t.text)) continue;
    const last = assignment(tokens, i);
    if (last >= 0) {
      const value = tokens
        .slice(i, last)
        .map((x) => x.text)
        .join(' ');
      add(t, tokens[last], /<= (\d*'[bdh]?0+|'0)$/.test(value) ? 'reset' : 'removed statement', ';');
    }
    if (t.text === '<=') {
      if (isComparison(tokens, i)) add(t, t, 'bound', '<');
      continue;
    }
    const unary = /^[~!]$/.test(t.text);
    if (OPERATORS[t.text] !== undefined && (unary || isBinary(tokens, i))) for (const [to, kind] of OPERATORS[t.text]) add(t, t, kind, to);
    if (/^(\d|')/.test(t.text)) add(t, t, 'constant', ...ofNumber(t.text.replace(/\s/g, '')));
    if (t.text === 'if' && tokens[i + 1]?.text === '(') {
      const close = closing(tokens, i + 1);
      if (close > 0) add(tokens[i + 1], tokens[close], 'condition', "(1'b1)", "(1'b0)");
    }
  }
  return found;
}

/** A `<=` within parentheses, or in a continuous assignment, compares. */
function isComparison(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const { text } = tokens[i];
    if (/^[)\]}]$/.test(text)) depth++;
    if (/^[([{]$/.test(text) && --depth < 0) return true;
    if (depth === 0 && text === '=') return true;
    if (depth === 0 && /^(;|begin|end|else)$/.test(text)) return false;
  }
  return false;
}
