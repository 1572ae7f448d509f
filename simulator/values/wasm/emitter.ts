/**
 * A small WebAssembly assembler: expressions and statements are byte sequences, functions combine them.
 * Encodings: WebAssembly core specification 2.0, binary format (with the 128-bit SIMD instructions).
 */
export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY = 0x40;

/** Concatenates statements. */
export const seq = (...parts: readonly Code[]): Code => parts.flat();

/** Unsigned and signed LEB128. */
function uleb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return out;
}
function sleb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...out, low];
    out.push(low | 0x80);
  }
}

const op1 =
  (...opcode: number[]) =>
  (a: Code): Code => [...a, ...opcode];
const op2 =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const simd = (code: number) => [0xfd, ...uleb(code)];
const access = (opcode: readonly number[], alignLog2: number, offset: number) => [...opcode, alignLog2, ...uleb(offset)];

/** Integer instructions. Addresses are i32 plus a constant offset in bytes. */
export const i32 = {
  const: (value: number): Code => [0x41, ...sleb(value | 0)],
  add: op2(0x6a),
  sub: op2(0x6b),
  mul: op2(0x6c),
  and: op2(0x71),
  shl: op2(0x74),
  shrU: op2(0x76),
  ltU: op2(0x49),
  eq: op2(0x46),
  load: (address: Code, offset = 0): Code => [...address, ...access([0x28], 2, offset)],
} as const;

/** Vector instructions; lane types are named in them. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, ...access(simd(0x00), 0, offset)],
  load32Splat: (address: Code, offset = 0): Code => [...address, ...access(simd(0x09), 0, offset)],
  load8x8s: (address: Code, offset = 0): Code => [...address, ...access(simd(0x01), 0, offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...access(simd(0x0b), 0, offset)],
  /** Four 32-bit lanes. */
  const: (...lanes: readonly number[]): Code => [...simd(0x0c), ...lanes.flatMap((l) => [0, 8, 16, 24].map((bit) => (l >>> bit) & 0xff))],
  /** 32-bit lanes of the concatenation of `a` (0..3) and `b` (4..7). */
  shuffle32: (a: Code, b: Code, lanes: readonly number[]): Code => [
    ...a,
    ...b,
    ...simd(0x0d),
    ...lanes.flatMap((l) => [4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3]),
  ],
  splat: op1(...simd(0x11)),
  ne: op2(...simd(0x38)),
  and: op2(...simd(0x4e)),
  or: op2(...simd(0x50)),
  xor: op2(...simd(0x51)),
  /** Bits of `a` where `mask` is 1, of `b` where it is 0. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...simd(0x52)],
  /** Saturating 32 to unsigned 16 bits, and 16 to unsigned 8; `a` fills the low half. */
  narrow32: op2(...simd(0x86)),
  narrow16: op2(...simd(0x66)),
  neg: op1(...simd(0xa1)),
  shl: op2(...simd(0xab)),
  shrS: op2(...simd(0xac)),
  shrU: op2(...simd(0xad)),
  add: op2(...simd(0xae)),
  sub: op2(...simd(0xb1)),
  mul: op2(...simd(0xb5)),
  minS: op2(...simd(0xb6)),
  maxS: op2(...simd(0xb8)),
  /** Signed 16-bit products, added in pairs to 32 bits. */
  dot: op2(...simd(0xba)),
  f32Add: op2(...simd(0xe4)),
  f32Mul: op2(...simd(0xe6)),
  /** `b < a ? b : a` and `a < b ? b : a`. */
  f32Pmin: op2(...simd(0xea)),
  f32Pmax: op2(...simd(0xeb)),
  truncU: op1(...simd(0xf9)),
  convertS: op1(...simd(0xfa)),
} as const;

/** The vector of zeros. */
export const zero = v128.const(0, 0, 0, 0);

/** A local variable or parameter. */
export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  tee(value: Code): Code;
}

/** A function under construction: first its parameters (all i32), then locals, then its body. */
export class FunctionBuilder {
  private readonly locals: number[] = [];
  private parameters = 0;
  private body: Code = [];

  constructor(readonly name: string) {}

  private local(type: number): Local {
    this.locals.push(type);
    const index = uleb(this.locals.length - 1);
    return { get: [0x20, ...index], set: (v) => [...v, 0x21, ...index], tee: (v) => [...v, 0x22, ...index] };
  }
  param(): Local {
    if (this.parameters !== this.locals.length) throw new Error('internal error: a parameter after a local');
    this.parameters++;
    return this.local(I32);
  }
  i32 = (): Local => this.local(I32);
  v128 = (): Local => this.local(V128);

  /** Sets the body; returns the function for a module. */
  end(body: Code): this {
    this.body = body;
    return this;
  }

  type(): number[] {
    return [0x60, ...uleb(this.parameters), ...new Array<number>(this.parameters).fill(I32), 0];
  }
  code(): number[] {
    const own = this.locals.slice(this.parameters).flatMap((type) => [1, type]);
    const bytes = [...uleb(this.locals.length - this.parameters), ...own, ...this.body, 0x0b];
    return [...uleb(bytes.length), ...bytes];
  }
}

/** Repeats `body` while `condition` is not 0 after it: at least once. */
export const doWhile = (body: Code, condition: Code): Code => [0x03, EMPTY, ...body, ...condition, 0x0d, 0, 0x0b];

/** Repeats `body` `count` (at least 1) times, counting the local down to 0. */
export const repeat = (counter: Local, count: Code, body: Code): Code =>
  seq(counter.set(count), doWhile(body, counter.tee(i32.sub(counter.get, i32.const(1)))));

export const ifElse = (condition: Code, then: Code, otherwise: Code = []): Code =>
  otherwise.length === 0 ? [...condition, 0x04, EMPTY, ...then, 0x0b] : [...condition, 0x04, EMPTY, ...then, 0x05, ...otherwise, 0x0b];

/** Adds to a local. */
export const bump = (local: Local, by: Code): Code => local.set(i32.add(local.get, by));

const section = (id: number, content: readonly number[]) => [id, ...uleb(content.length), ...content];
const text = (s: string) => [...uleb(s.length), ...Array.from(s, (ch) => ch.charCodeAt(0))];

/** A module that imports the memory `m.m` and exports every function by name. */
export function buildModule(functions: readonly FunctionBuilder[]): Uint8Array {
  const count = uleb(functions.length);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...count, ...functions.flatMap((f) => f.type())]),
    ...section(2, [1, ...text('m'), ...text('m'), 0x02, 0x00, 0]),
    ...section(3, [...count, ...functions.flatMap((_, i) => uleb(i))]),
    ...section(7, [...count, ...functions.flatMap((f, i) => [...text(f.name), 0x00, ...uleb(i)])]),
    ...section(10, [...count, ...functions.flatMap((f) => f.code())]),
  ]);
}
