import type { Random } from '#fuzz/random';
import { LANES } from './machine.js';

const OPS = ['min', 'max', 'add', 'shr', 'mul'] as const;

/** Numbers that keep values of all sizes in use: a shift by much, or a product with much, would leave nothing to compare. */
function constantFor(r: Random, op: (typeof OPS)[number]): number {
  if (op === 'shr') return r.int(0, 3);
  return op === 'mul' ? r.int(-3, 3) : r.int(-60, 60);
}

interface Axes {
  /** Names and extents of the loops over tiles. */
  readonly names: readonly string[];
  readonly extents: readonly number[];
}

function axesOf(r: Random): Axes {
  const names = ['y', 'z', 'u'].slice(0, r.pick([1, 1, 2, 2, 3]));
  return { names, extents: names.map(() => r.int(1, 5)) };
}

const shape = (extents: readonly number[]): string => [...extents, 1, LANES].join(', ');
/** Loops over tiles, further ones, and the lanes of a tile. */
const loops = ({ names, extents }: Axes, more: readonly string[] = [], lanes = ''): string =>
  `for ${[...names.map((n, i) => `${n} in 0..${extents[i]}`), ...more].join(', ')}, b in 0..1, c in 0..${LANES}${lanes}`;

/** A block that changes every element of `a`, with a number, or with another buffer. */
function elementwise(r: Random, axes: Axes, n: number): string {
  const at = `a[${axes.names.join(', ')}, b, c]`;
  const op = r.pick(OPS);
  const vector = r.chance(0.3);
  const other = vector
    ? `p[${r.chance(0.5) ? axes.names.map(() => '0').join(', ') : axes.names.join(', ')}, b, c]`
    : String(constantFor(r, op));
  const infix = { add: '+', mul: '*', shr: '>>' }[op as string];
  const safe = vector && (op === 'shr' || op === 'mul') ? `${at} + ${other}` : infix ? `${at} ${infix} ${other}` : `${op}(${at}, ${other})`;
  return `  block e${n} { ${loops(axes)} { ${at} = ${safe} } }`;
}

/** Sums of products over taps and lanes, elementwise operations, and a store: what kernels are made of. */
function products(r: Random): string {
  const axes = axesOf(r);
  const [taps, stride] = [r.int(1, 3), r.int(1, 2)];
  const { names, extents } = axes;
  const read = [(extents[0] - 1) * stride + taps, ...extents.slice(1)];
  const index = names.join(', ');
  const from = [stride === 1 ? `${names[0]} + t` : `${stride}*${names[0]} + t`, ...names.slice(1)].join(', ');
  return [
    `func f(x: i8[${shape(read)}], w: i8[${taps}, ${LANES}, ${LANES}], p: i32[${shape(extents)}], out: i8[${shape(extents)}]) {`,
    `  alloc a: i32[${shape(extents)}]`,
    `  block init { ${loops(axes)} { a[${index}, b, c] = 0 } }`,
    `  block dot { ${loops(axes, [`t in 0..${taps}`], `, k in 0..${LANES}`)} { a[${index}, b, c] = a[${index}, b, c] + x[${from}, b, k] * w[t, c, k] } }`,
    ...Array.from({ length: r.int(0, 3) }, (_, n) => elementwise(r, axes, n)),
    `  block store { ${loops(axes)} { out[${index}, b, c] = a[${index}, b, c] } }`,
    '}',
  ].join('\n');
}

/** Elements are loaded, changed and stored, without sums. */
function maps(r: Random): string {
  const axes = axesOf(r);
  const index = axes.names.join(', ');
  const parameters = `x: i8[${shape(axes.extents)}], p: i32[${shape(axes.extents)}], out: i8[${shape(axes.extents)}]`;
  return [
    `func f(${parameters}) {`,
    `  alloc a: i32[${shape(axes.extents)}]`,
    `  block take { ${loops(axes)} { a[${index}, b, c] = x[${index}, b, c] } }`,
    ...Array.from({ length: r.int(1, 4) }, (_, n) => elementwise(r, axes, n)),
    `  block store { ${loops(axes)} { out[${index}, b, c] = a[${index}, b, c] } }`,
    '}',
  ].join('\n');
}

/** Elements are written several times, and the order of these writes matters; or one depends on another one. */
function folds(r: Random): string {
  const [n, m] = [r.int(2, 5), r.int(1, 4)];
  const element = r.pick(['a[0, b, c]', 'a[y, b, c]', 'a[z, b, c]', 'a[y/2, b, c]', 'a[(y + z)%3, b, c]']);
  const next = r.pick([`${element} * 3 + x[y, z, b, c]`, `max(${element} >> 1, x[y, z, b, c])`, `${element} + x[y, z, b, c]`]);
  return [
    `func f(x: i8[${n}, ${m}, 1, ${LANES}], out: i8[8, 1, ${LANES}]) {`,
    `  alloc a: i32[8, 1, ${LANES}]`,
    `  block init { for y in 0..8, b in 0..1, c in 0..${LANES} { a[y, b, c] = 1 } }`,
    `  block fold { for y in 0..${n}, z in 0..${m}, b in 0..1, c in 0..${LANES} { ${element} = ${next} } }`,
    r.chance(0.5) ? `  block scan { for y in 0..7, b in 0..1, c in 0..${LANES} { a[y + 1, b, c] = a[y + 1, b, c] + a[y, b, c] } }` : '',
    `  block store { for y in 0..8, b in 0..1, c in 0..${LANES} { out[y, b, c] = a[y, b, c] } }`,
    '}',
  ].join('\n');
}

/** Instructions as a schedule leaves them, in a loop whose statements can be threaded and staged. */
function instructions(r: Random): string {
  const [n, m] = [r.int(2, 5), r.int(1, 3)];
  const shared = r.chance(0.3);
  const acc = 'acc[j]';
  return [
    `func f(x: i8[${n}, ${m}, 1, ${LANES}], w: i8[1, ${LANES}, ${LANES}], out: i8[${n}, ${m}, 1, ${LANES}]) {`,
    `  alloc w_wgt: i8[1, ${LANES}, ${LANES}] @wgt`,
    '  dma w_wgt[0], w[0]',
    shared ? `  alloc acc: i32[${m}, 1, ${LANES}] @acc` : '',
    `  for y in 0..${n} {`,
    `    alloc x_inp: i8[${m}, 1, ${LANES}] @inp`,
    `    block load { for j in 0..${m} { dma x_inp[j], x[y, j] } }`,
    shared ? '' : `    alloc acc: i32[${m}, 1, ${LANES}] @acc`,
    `    block clear { for j in 0..${m} { reset ${acc} } }`,
    `    block dot { for j in 0..${m} { gemm ${acc}, x_inp[j], w_wgt[0] } }`,
    `    block half { for j in 0..${m} { alu shr ${acc}, 2 } }`,
    `    block store { for j in 0..${m} { dma out[y, j], ${acc} } }`,
    '  }',
    '}',
  ].join('\n');
}

const KINDS = { products, maps, folds, instructions } as const;
export type ProgramKind = keyof typeof KINDS;
export const PROGRAM_KINDS = Object.keys(KINDS) as readonly ProgramKind[];

/** A tensor program as text. */
export const randomProgram = (kind: ProgramKind, r: Random): string => KINDS[kind](r);
