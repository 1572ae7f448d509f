/** The syntax of the graph text form: text to a tree, without looking at names or types. Grammar: print.ts. */
import type { DType } from '#runtime/tensor';
import type { AttrValue } from './attrs.js';
import type { Cursor } from './cursor.js';
import type { Token } from './lexer.js';
import type { FunctionAttrs } from './node.js';
import { INTEGER_RANGE, type Quantization, type TensorType, type Type, tensorType, tupleType } from './types.js';

export type Attributes = Readonly<Record<string, AttrValue>>;

export interface Statement {
  readonly target: Token;
  readonly right:
    | { readonly kind: 'call'; readonly op: Token; readonly args: readonly Token[]; readonly attrs: Attributes }
    | { readonly kind: 'apply'; readonly fn: Token; readonly args: readonly Token[] }
    | { readonly kind: 'tuple'; readonly args: readonly Token[] }
    | { readonly kind: 'get'; readonly args: readonly Token[]; readonly index: number };
  /** null where the text leaves it out. */
  readonly type: Type | null;
  readonly origin: string;
}

export interface FunctionSyntax {
  readonly name: Token;
  readonly params: readonly { readonly name: Token; readonly type: TensorType }[];
  readonly attrs: FunctionAttrs;
  readonly statements: readonly Statement[];
  readonly result: Token;
}

export interface ConstantSyntax {
  readonly name: Token;
  readonly type: TensorType;
  /** A list of numbers, base64, or null where the data is elsewhere. */
  readonly data: readonly number[] | string | null;
}

export interface ModuleSyntax {
  readonly label: string;
  readonly functions: readonly FunctionSyntax[];
  readonly constants: readonly ConstantSyntax[];
}

function quantization(c: Cursor): Quantization | null {
  if (!c.accept('q')) return null;
  c.need('(');
  const perChannel = c.accept('[');
  const scales = perChannel ? c.list(']', () => c.number()) : [c.number()];
  c.need(',');
  const zeroPoint = c.number();
  if (!perChannel) {
    c.need(')');
    return { scales, zeroPoint, axis: null };
  }
  c.need(',');
  c.need('axis');
  c.need('=');
  const axis = c.number();
  c.need(')');
  return { scales, zeroPoint, axis };
}

function parseTensorType(c: Cursor): TensorType {
  const dtypes = Object.keys(INTEGER_RANGE) as DType[];
  const dtype = dtypes.find((d) => c.sees(d)) ?? c.expected(`a type: ${dtypes.join(', ')}`);
  c.need(dtype);
  c.need('[');
  const shape = c.list(']', () => c.number());
  return tensorType(dtype, shape, quantization(c));
}

function parseType(c: Cursor): Type {
  return c.accept('(') ? tupleType(c.list(')', () => parseTensorType(c))) : parseTensorType(c);
}

function scalar(c: Cursor): string | number | boolean {
  if (c.accept('true')) return true;
  if (c.accept('false')) return false;
  return c.token.kind === 'string' ? c.take('string', 'a string').text : c.number();
}

const attributeValue = (c: Cursor): AttrValue => (c.accept('[') ? c.list(']', () => c.number()) : scalar(c));

/** `key=value, ...}`; function attributes take scalars only. */
function attributes<V extends AttrValue>(c: Cursor, value: (c: Cursor) => V): Readonly<Record<string, V>> {
  const out: Record<string, V> = {};
  const entry = (): void => {
    const key = c.take('word', 'an attribute name').text;
    c.need('=');
    // a plain assignment would run the setter of a key named __proto__
    Object.defineProperty(out, key, { value: value(c), enumerable: true, configurable: true, writable: true });
  };
  c.list('}', entry);
  return out;
}

const operand = (c: Cursor): Token =>
  c.token.kind === 'global' ? c.take('global', 'a constant') : c.take('value', 'a value (%name) or a constant (@name)');

function rightSide(c: Cursor): Statement['right'] {
  if (c.token.kind === 'global') {
    const fn = c.take('global', 'a function');
    c.need('(');
    return { kind: 'apply', fn, args: c.list(')', () => operand(c)) };
  }
  const op = c.take('word', 'an operator or a function (@name)');
  c.need('(');
  if (op.text === 'get') {
    const tuple = operand(c);
    c.need(',');
    const index = c.number();
    c.need(')');
    return { kind: 'get', args: [tuple], index };
  }
  const args = c.list(')', () => operand(c));
  return op.text === 'tuple'
    ? { kind: 'tuple', args }
    : { kind: 'call', op, args, attrs: c.accept('{') ? attributes(c, attributeValue) : {} };
}

function statement(c: Cursor): Statement {
  const target = c.take('value', 'a value (%name)');
  c.need('=');
  const right = rightSide(c);
  const type = c.accept(':') ? parseType(c) : null;
  return { target, right, type, origin: right.kind === 'call' && c.accept('from') ? c.take('string', 'a string').text : '' };
}

function parseFunction(c: Cursor): FunctionSyntax {
  const name = c.take('global', 'a function name (@name)');
  c.need('(');
  const params = c.list(')', () => {
    const param = c.take('value', 'a parameter (%name)');
    c.need(':');
    return { name: param, type: parseTensorType(c) };
  });
  c.need('{');
  // attributes and body both begin with a brace; attributes are `word =` or nothing
  const hasAttrs = c.token.kind === 'word' && c.token.text !== 'return';
  const attrs = hasAttrs ? attributes(c, scalar) : {};
  if (hasAttrs) c.need('{');
  const statements: Statement[] = [];
  while (!c.accept('return')) statements.push(statement(c));
  const result = operand(c);
  c.need('}');
  return { name, params, attrs, statements, result };
}

function parseConstant(c: Cursor): ConstantSyntax {
  const name = c.take('global', 'a constant name (@name)');
  c.need(':');
  const type = parseTensorType(c);
  if (!c.accept('=')) return { name, type, data: null };
  return { name, type, data: c.accept('[') ? c.list(']', () => c.number()) : c.take('string', 'a list or a base64 string').text };
}

/** Reads the whole text. Throws VTA2010 with the place. */
export function parseSyntax(c: Cursor): ModuleSyntax {
  c.need('graph');
  const label = c.take('string', 'the label, a string').text;
  const functions: FunctionSyntax[] = [];
  const constants: ConstantSyntax[] = [];
  while (c.token.kind !== 'end') {
    if (c.accept('fn')) functions.push(parseFunction(c));
    else if (c.accept('const')) constants.push(parseConstant(c));
    else c.expected('"fn" or "const"');
  }
  return { label, functions, constants };
}
