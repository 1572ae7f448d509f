import { insn } from '#isa/codec/codec';
import type { AluInsn, GemmInsn, Insn } from '#isa/spec/instructions';
import { ALU_OPS, type AluOp, MEMORY_TYPES } from '#isa/spec/tables';
import { uopDst, uopSrc, uopWgt } from '#simulator/values/ranges';
import type { Random } from './random.js';
import { randomAlu, randomGemm } from './random-compute.js';
import { randomAccLoad, randomInpLoad, randomStore, randomSync, randomUopLoad, randomWgtLoad } from './random-transfer.js';
import { divisorsOf, loadOfUops, type Sweep, sweepBase, sweepLength, sweepOf, sweepUops, type UopSet } from './sweep.js';
import { DATA_ADDRESS, type World } from './world.js';

/** Several instructions that belong together. The micro-op buffer of the world is up to date after each. */
export type Motif = (w: World) => Generator<Insn>;

const IMMEDIATE: readonly AluOp[] = ['SHR', 'SHR', 'MIN', 'MAX', 'ADD', 'MUL'];
const FUSIBLE: readonly AluOp[] = ['SHR', 'ADD', 'MIN', 'MAX'];
const REGISTER: readonly AluOp[] = ['ADD', 'ADD', 'MAX', 'MIN', 'MUL', 'SHR'];

/** Where the second operand of a register operation is, as an index for the first element, and whether it walks along. */
function source(r: Random, s: Sweep, depth: number): { readonly src: number; readonly along: boolean } {
  const last = depth - s.length;
  const into = (x: number) => Math.max(0, Math.min(last, x));
  const one = (x: number) => Math.max(0, Math.min(depth - 1, x));
  return r.pick([
    () => ({ src: s.base, along: true }),
    () => ({ src: into(s.base + r.int(1, 9)), along: true }),
    () => ({ src: into(s.base - r.int(1, 9)), along: true }),
    () => ({ src: into(s.base + s.length), along: true }),
    () => ({ src: into(s.base - s.length), along: true }),
    () => ({ src: into(s.base + (s.length >> 1)), along: true }),
    () => ({ src: r.int(0, last), along: true }),
    () => ({ src: s.base + r.int(0, s.length - 1), along: false }),
    () => ({ src: one(r.chance(0.5) ? s.base - 1 : s.base + s.length), along: false }),
    () => ({ src: r.int(0, depth - 1), along: false }),
  ])();
}

/** Do all indices of an instruction lie in their buffers, with the micro-ops as they are? */
function inRange({ uop, config: c }: World, i: AluInsn | GemmInsn): boolean {
  const fits = (index: (word: number) => number, out: number, inner: number, depth: number) => {
    let most = 0;
    for (let k = i.uop_bgn; k < i.uop_end; k++) most = Math.max(most, index(uop[k]));
    return most + (i.iter_out - 1) * out + (i.iter_in - 1) * inner < depth;
  };
  if (!fits((x) => uopDst(x, c), i.dst_factor_out, i.dst_factor_in, c.accDepth)) return false;
  const sources = i.op === 'GEMM' ? i.reset_reg === 0 : i.use_imm === 0 || i.alu_opcode === ALU_OPS.RQ.code;
  if (!sources) return true;
  if (!fits((x) => uopSrc(x, c), i.src_factor_out, i.src_factor_in, i.op === 'GEMM' ? c.inpDepth : c.accDepth)) return false;
  return i.op === 'ALU' || fits((x) => uopWgt(x, c), i.wgt_factor_out, i.wgt_factor_in, c.wgtDepth);
}

/** An instruction over a sweep, and the micro-ops that it needs. */
interface Planned {
  readonly insn: AluInsn | GemmInsn;
  readonly words: readonly number[];
}

const loopsOf = (s: Sweep) => ({ iter_out: s.iter_out, iter_in: s.iter_in, dst_factor_out: s.out, dst_factor_in: s.inner });

/** An operation, whether it has an immediate, and where its register operand is otherwise. */
interface Operation {
  readonly name: AluOp;
  readonly immediate: boolean;
  readonly from: { readonly src: number; readonly along: boolean };
}

function anyOperation({ r, config: c }: World, s: Sweep): Operation {
  const immediate = r.chance(0.5);
  const name = c.extension && r.chance(0.2) ? 'RQ' : r.pick(immediate ? IMMEDIATE : REGISTER);
  return { name, immediate, from: source(r, s, c.accDepth) };
}

/** Operations that the hardware may run in one pass: one register operand, from outside the range, and shifts first. */
function fusible({ r, config: c }: World, s: Sweep, count: number): Operation[] {
  const register = r.int(0, 5);
  const beside = s.base >= s.length ? s.base - s.length : s.base + s.length;
  const along = beside + s.length <= c.accDepth && r.chance(0.7);
  const from = along ? { src: beside, along } : { src: s.base > 0 ? s.base - 1 : Math.min(s.base + s.length, c.accDepth - 1), along };
  return Array.from({ length: count }, (_, k) => {
    const name = r.pick(k % 4 < 2 ? FUSIBLE : FUSIBLE.slice(1));
    return { name, immediate: k % 4 !== register, from };
  });
}

function plannedAlu(w: World, s: Sweep, { name, immediate, from: { src, along } } = anyOperation(w, s)): Planned {
  const { r } = w;
  const factors = along ? { src_factor_out: s.out, src_factor_in: s.inner } : { src_factor_out: 0, src_factor_in: 0 };
  const imm = name === 'SHR' ? r.int(-4, 20) : r.pick([r.int(-130, 130), r.int(-32768, 32767)]);
  const fields = { alu_opcode: ALU_OPS[name].code, use_imm: immediate ? 1 : 0, imm };
  return { insn: insn('ALU', { ...loopsOf(s), ...factors, ...fields }), words: sweepUops(w, s, { dst: s.base, src, wgt: 0, along }) };
}

function plannedReset(w: World, s: Sweep): Planned {
  return {
    insn: insn('GEMM', { ...loopsOf(s), reset_reg: 1 }),
    words: sweepUops(w, s, { dst: s.base, src: 0, wgt: 0, along: false }),
  };
}

/** A product over a sweep: the outer loop, where it is free, repeats the sweep as the loop over input channels does. */
function plannedGemm(w: World, s: Sweep): Planned {
  const { r, config: c } = w;
  const again = s.iter_out === 1 ? r.small(1, 6) : s.iter_out;
  const free = s.iter_out === 1;
  const most = (depth: number, extent: number) => Math.floor((depth - 1) / Math.max(1, 2 * (extent - 1)));
  const factor = (depth: number, extent: number) => r.pick([0, Math.min(1, most(depth, extent)), r.int(0, most(depth, extent))]);
  const fields = {
    iter_out: again,
    dst_factor_out: free ? 0 : s.out,
    src_factor_out: factor(c.inpDepth, again),
    src_factor_in: factor(c.inpDepth, s.iter_in),
    wgt_factor_out: factor(c.wgtDepth, again),
    wgt_factor_in: factor(c.wgtDepth, s.iter_in),
  };
  const at: UopSet = { dst: s.base, src: 0, wgt: r.chance(0.5) ? 0 : r.int(0, c.wgtDepth - 1), along: false };
  return { insn: insn('GEMM', { ...loopsOf(s), ...fields }), words: sweepUops(w, s, at) };
}

/** Finds the micro-ops in the buffer or loads them; then the instruction, if it is legal. */
function* perform(w: World, p: Planned, home: number): Generator<Insn> {
  const { uop, config: c } = w;
  const n = p.words.length;
  const isAt = (k: number) => k + n <= c.uopDepth && p.words.every((x, j) => uop[k + j] === x >>> 0);
  const near = Array.from({ length: Math.min(c.uopDepth, 64) }, (_, k) => (home + k) % c.uopDepth);
  let at = near.find(isAt);
  if (at === undefined) {
    const load = loadOfUops(w, p.words, Math.min(home, c.uopDepth - n));
    if (load === null) return;
    yield load;
    at = load.sram_base;
  }
  const i = { ...p.insn, uop_bgn: at, uop_end: at + n };
  const steps = i.iter_out * i.iter_in * n;
  w.steps -= steps;
  w.lanes -= steps * c.batch * c.blockOut * (i.op === 'GEMM' && i.reset_reg === 0 ? c.blockIn : 1);
  if (w.steps > 0 && w.lanes > 0 && inRange(w, i)) yield i;
}

/** What may come between two instructions of a motif; often nothing. */
function* between(w: World, chance: number): Generator<Insn> {
  if (!w.r.chance(chance)) return;
  const make = w.r.pick([
    randomUopLoad,
    randomUopLoad,
    randomAccLoad,
    randomAccLoad,
    randomSync,
    randomGemm,
    randomAlu,
    randomStore,
    randomInpLoad,
  ]);
  const i = make(w);
  if (i !== null) yield i;
}

/** The longest sweep that `times` instructions can afford. */
const affordable = (w: World, times: number, lanesPerStep: number): number =>
  Math.floor(Math.min(w.config.accDepth, w.steps / (2 * times), w.lanes / (2 * times * lanesPerStep)));

/** The same range again, or one that is nearly the same. */
function neighbour(w: World, s: Sweep): Sweep {
  const { r, config } = w;
  const clip = (base: number, length: number): Sweep => {
    const from = Math.max(0, Math.min(base, config.accDepth - 1));
    return sweepOf(w, from, Math.max(1, Math.min(length, config.accDepth - from)), 0);
  };
  return r.pick([
    () => sweepOf(w, s.base, s.length, 0),
    () => sweepOf(w, s.base, s.length, 1),
    () => sweepOf(w, s.base, s.length, 2),
    () => clip(s.base + 1, s.length),
    () => clip(s.base - 1, s.length),
    () => clip(s.base, s.length - 1),
    () => clip(s.base, s.length + 1),
    () => clip(s.base + s.length, s.length),
    () => clip(s.base, Math.ceil(s.length / 2)),
  ])();
}

/** ALU instructions, one after the other, that sweep the same range of accumulators: the end of a convolution. */
export function* aluChain(w: World): Generator<Insn> {
  const { r, config: c } = w;
  const count = r.int(2, 9);
  const most = affordable(w, count, c.batch * c.blockOut);
  if (most < 1) return;
  const length = sweepLength(r, most);
  const s = sweepOf(w, sweepBase(r, length, c.accDepth), length, r.pick([0, 0, 0, 1]));
  yield* chainOver(w, s, count);
  if (r.chance(0.4)) yield* storesOf(w, s);
}

function* chainOver(w: World, s: Sweep, count: number): Generator<Insn> {
  const { r } = w;
  const [other, interruption] = [r.pick([0, 0, 0.15, 0.4]), r.pick([0, 0, 0.15, 0.5])];
  const operations = r.chance(0.6) ? fusible(w, s, count) : Array.from({ length: count }, () => anyOperation(w, s));
  const plan = operations.map((o) => (r.chance(other) ? plannedAlu(w, neighbour(w, s)) : plannedAlu(w, s, o)));
  const home = r.chance(0.5) ? 0 : r.int(0, w.config.uopDepth - 1);
  yield* together(w, plan, home);
  for (const p of plan) {
    yield* perform(w, p, home);
    yield* between(w, interruption);
  }
}

/** Often all micro-ops of a motif come in one load before it. */
function* together(w: World, plan: readonly Planned[], home: number): Generator<Insn> {
  const words = plan.flatMap((p) => p.words);
  const load = w.r.chance(0.6) ? loadOfUops(w, words, Math.max(0, Math.min(home, w.config.uopDepth - words.length))) : null;
  if (load !== null) yield load;
}

/** GEMM resets of ranges, dense and nearly dense ones, side by side and over each other, with others' work beside them. */
export function* resets(w: World): Generator<Insn> {
  const { r, config: c } = w;
  const count = r.int(1, 6);
  const most = affordable(w, 3 * count, c.batch * c.blockOut);
  if (most < 1) return;
  const home = r.chance(0.5) ? 0 : r.int(0, c.uopDepth - 1);
  let s: Sweep | null = null;
  for (let n = 0; n < count; n++) {
    const length = sweepLength(r, most);
    s = s !== null && r.chance(0.5) ? neighbour(w, s) : sweepOf(w, sweepBase(r, length, c.accDepth), length, r.pick([0, 0, 0, 1, 2]));
    yield* perform(w, plannedReset(w, s), home);
    yield* between(w, 0.3);
    if (r.chance(0.5)) yield* perform(w, plannedAlu(w, neighbour(w, s)), home);
  }
}

/**
 * A reset, and products over other accumulators behind it, to which its rows yield; in the end one over its own. Some others share the last accumulator, or the first:
 * to those it does not yield.
 */
export function* yieldingReset(w: World): Generator<Insn> {
  const { r, config: c } = w;
  const most = Math.min(affordable(w, 5, c.batch * c.blockOut * c.blockIn), c.accDepth >> 1);
  if (most < 1) return;
  const length = sweepLength(r, most);
  const base = sweepBase(r, 2 * length, c.accDepth);
  const [first, second] = [0, length - (r.chance(0.3) ? 1 : 0)].map((offset) => sweepOf(w, base + offset, length, 0));
  const [own, other] = r.chance(0.5) ? [first, second] : [second, first];
  const home = r.chance(0.5) ? 0 : r.int(0, c.uopDepth - 1);
  const plan = [plannedReset(w, own)];
  for (let n = r.int(1, 3); n > 0; n--) plan.push(r.chance(0.8) ? plannedGemm(w, other) : plannedReset(w, neighbour(w, other)));
  plan.push(plannedGemm(w, own));
  yield* together(w, plan, home);
  for (const p of plan) {
    yield* perform(w, p, home);
    yield* between(w, 0.1);
  }
}

/** Tiles in two halves of the accumulators as compilers make them: loads, reset, product, ALU chain, store, the next tile. */
export function* tiles(w: World): Generator<Insn> {
  const { r, config: c } = w;
  const count = r.int(2, 4);
  const most = Math.min(affordable(w, 12 * count, c.batch * c.blockOut * c.blockIn), c.accDepth >> 1);
  if (most < 1) return;
  const length = sweepLength(r, most);
  const base = sweepBase(r, 2 * length, c.accDepth);
  const home = r.chance(0.5) ? 0 : r.int(0, c.uopDepth - 1);
  const alus = r.int(1, 5);
  const order = r.pick([0, 0, 1] as const);
  const halves = [0, 1].map((h) => sweepOf(w, base + h * length, length, order));
  for (let t = 0; t < count; t++) {
    const s = halves[t % 2];
    for (const make of [randomInpLoad, randomWgtLoad]) {
      const load = r.chance(0.6) ? make(w) : null;
      if (load !== null) yield load;
    }
    yield* perform(w, plannedReset(w, s), home);
    for (let n = r.int(1, 3); n > 0; n--) yield* perform(w, plannedGemm(w, s), home);
    yield* chainOver(w, s, alus);
    if (r.chance(0.8)) yield* storesOf(w, s);
  }
}

/** An accumulator and the bits of a scale whose product lies half-way between two results, or as close to it as scales can. */
function nearTie(r: Random): readonly [acc: number, scale: number] {
  const acc = r.pick([
    r.int(1, 40),
    2 ** r.int(0, 24) + r.pick([-1, 1]),
    r.int(1, 2 ** 16),
    r.int(2 ** 23, 2 ** 26),
    r.int(1, 2 ** 31 - 1),
  ]);
  const want = (r.int(0, 127) + 0.5) / Math.max(1, acc);
  const exponent = Math.floor(Math.log2(want));
  const mantissa = Math.round(want * 2 ** (23 - exponent)) + r.pick([0, 0, -1, 1]);
  return [r.chance(0.5) ? acc : -acc, ((exponent + 127) << 23) + Math.max(0, Math.min(2 ** 23 - 1, mantissa - 2 ** 23))];
}

/** The end of a layer where the machine has RQ: accumulators and their scales are loaded, requantized, stored. Their products round every way there is. */
export function* requantization(w: World): Generator<Insn> {
  const { r, config: c, dram } = w;
  const lanes = c.batch * c.blockOut;
  const room = Math.floor(w.dataBytes / c.accBytes);
  const length = Math.min(c.accDepth >> 1, room >> 1, affordable(w, 4, lanes), r.int(1, 24));
  if (!c.extension || length < 1) return;
  const base = r.int(0, c.accDepth - 2 * length);
  const first = DATA_ADDRESS / c.accBytes + r.int(0, room - 2 * length);
  const view = new DataView(dram.buffer, dram.byteOffset);
  for (let i = 0; i < length * lanes; i++) {
    const [acc, scale] = nearTie(r);
    view.setInt32(first * c.accBytes + 4 * i, acc, true);
    view.setInt32(first * c.accBytes + 4 * (length * lanes + i), scale, true);
  }
  w.steps -= 2 * length;
  const block = { sram_base: base, dram_base: first, y_size: 1, x_size: 2 * length, x_stride: 2 * length };
  yield insn('LOAD', { memory_type: MEMORY_TYPES.ACC.code, ...block });
  const s = sweepOf(w, base, length, r.pick([0, 0, 1]));
  yield* perform(w, plannedAlu(w, s, { name: 'RQ', immediate: r.chance(0.5), from: { src: base + length, along: true } }), 0);
  yield* storesOf(w, s);
}

/** STOREs of the range of a sweep: whole, in parts up or down, in rows, or a little more or less than it. */
function* storesOf(w: World, s: Sweep): Generator<Insn> {
  const { r, config: c } = w;
  const parts = r.pick([1, 1, 2, 4]);
  const size = Math.ceil(s.length / parts);
  const pieces = Array.from({ length: parts }, (_, k) => ({ first: s.base + k * size, count: Math.min(size, s.length - k * size) }));
  if (r.chance(0.3)) pieces.reverse();
  for (const { first, count } of pieces) {
    const [more, less] = [r.pick([0, 0, 0, -1, 1]), r.pick([0, 0, 0, -1, 1])];
    const low = Math.max(0, first + more);
    const length = Math.min(count - more + less, c.accDepth - low);
    const store = length < 1 ? null : storeOf(w, low, length);
    if (store !== null) yield store;
  }
}

/** A STORE of consecutive accumulators, in one or more rows, or null where memory has no room for it. */
function storeOf(w: World, sram_base: number, length: number): Insn | null {
  const { r, config: c, dataBytes } = w;
  const columns = r.chance(0.7) ? length : r.pick(divisorsOf(length));
  const rows = length / columns;
  const room = Math.floor(dataBytes / c.outBytes);
  const x_stride = columns + (rows > 1 ? r.pick([0, 0, 1, columns]) : 0);
  const reach = (rows - 1) * x_stride + columns;
  if (reach > room || length > w.steps) return null;
  const dram_base = DATA_ADDRESS / c.outBytes + r.int(0, room - reach);
  w.steps -= length;
  return insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, sram_base, dram_base, y_size: rows, x_size: columns, x_stride });
}

export const MOTIFS: readonly Motif[] = [aluChain, resets, yieldingReset, tiles, requantization];
