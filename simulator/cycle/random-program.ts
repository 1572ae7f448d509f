import { encodeProgram, encodeUop, INSN_BYTES, insn, UOP_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, MEMORY_TYPES } from '#isa/spec/tables';

/** A program in its memory image. */
export interface RandomProgram {
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
  readonly insns: readonly Insn[];
}

const UOPS = 64;
const UOP_POOL = 512;
const RUN = 16;
const POOL_ADDRESS = 0x1000;
const PAGE = 4096;

/** Distance of destinations in the group of micro-op `k` of the pool, which is that of the buffer at first. */
const strideOf = (k: number): number => 1 + ((k >> 5) & 1);

/** A small generator of reproducible random numbers (xorshift32). */
class Random {
  constructor(private state: number) {}
  next(): number {
    let x = this.state | 0 || 1;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 2 ** 32;
  }
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }
}

/**
 * A random legal program for checking machines against each other in time: tokens never deadlock, all ranges are legal and
 * everything is ordered before FINISH, but units race for data, so the values computed mean nothing. Micro-ops are loaded
 * from memory that nothing stores to.
 * @param count instructions, apart from the first and those that end the program
 */
export function randomProgram(config: VtaConfig, seed: number, count: number): RandomProgram {
  const program = new Builder(config, new Random(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995));
  program.body(count);
  return program.finish();
}

/** A random body of `count` instructions that is run `times` times, perhaps a bit further on in memory each time. */
export function randomLoop(config: VtaConfig, seed: number, count: number, times: number): RandomProgram {
  const program = new Builder(config, new Random(Math.imul(seed, 0x9e3779b1) ^ 0x2545f491), times);
  program.body(count);
  program.repeat();
  return program.finish();
}

class Builder {
  private readonly insns: Insn[] = [];
  private readonly tokens = { l2c: 0, c2l: 0, c2s: 0, s2c: 0 };
  /** How crowded ACC is: few destinations make hazards, many make overlap. */
  private readonly spread: number;
  private readonly syncs: number;
  private readonly dataAddress: number;
  private readonly dataBytes: number;

  constructor(
    private readonly c: VtaConfig,
    private readonly r: Random,
    private readonly times = 1,
  ) {
    this.spread = Math.max(1, Math.min(Math.floor(c.accDepth / 4), r.pick([2, 4, 16, 64])));
    this.syncs = r.pick([0, 0.1, 0.4]);
    this.dataAddress = POOL_ADDRESS + PAGE;
    this.dataBytes = Math.max(16 * PAGE, 8 * c.wgtBytes);
    this.insns.push(
      insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: POOL_ADDRESS / UOP_BYTES, y_size: 1, x_size: this.uops, x_stride: 1 }),
    );
  }

  private get uops(): number {
    return Math.min(UOPS, this.c.uopDepth);
  }

  body(count: number): void {
    const { r } = this;
    const kinds = [
      () => this.gemm(),
      () => this.alu(),
      () => this.loadAcc(),
      () => this.loadUop(),
      () => this.loadData(),
      () => this.store(),
      () => this.nop(),
    ];
    const dense = r.pick([0, 0.1, 0.4]);
    const weights = kinds.map(() => r.pick([0, 1, 1, 4]));
    const bag = kinds.flatMap((k, i) => new Array<() => Insn>(weights[i]).fill(k));
    while (this.insns.length <= count) {
      const some = r.chance(dense) ? this.dense() : [r.pick(bag.length > 0 ? bag : kinds)()];
      for (const i of some) this.insns.push(this.withTokens(i));
    }
  }

  /** Runs what there is several times; all tokens are taken in between, and mostly the units wait for each other. */
  repeat(): void {
    const { insns, tokens: t, r } = this;
    for (; t.l2c > 0 || t.s2c > 0; t.l2c = Math.max(0, t.l2c - 1), t.s2c = Math.max(0, t.s2c - 1)) {
      insns.push(insn('LOAD', { pop_prev_dep: t.l2c > 0 ? 1 : 0, pop_next_dep: t.s2c > 0 ? 1 : 0 }));
    }
    for (; t.c2l > 0; t.c2l--) insns.push(insn('LOAD', { memory_type: MEMORY_TYPES.INP.code, pop_next_dep: 1 }));
    for (; t.c2s > 0; t.c2s--) insns.push(insn('STORE', { pop_prev_dep: 1 }));
    if (r.chance(0.7)) this.barrier();
    const body = insns.slice(1);
    const on = r.pick([0, 0, 1, 16]);
    for (let n = 1; n < this.times; n++) {
      for (const i of body) {
        const moves = (i.op === 'LOAD' && i.memory_type === MEMORY_TYPES.INP.code) || i.op === 'STORE';
        insns.push(moves ? { ...i, dram_base: i.dram_base + n * on } : i);
      }
    }
  }

  private barrier(): void {
    const inp = MEMORY_TYPES.INP.code;
    this.insns.push(
      insn('LOAD', { push_prev_dep: 1, push_next_dep: 1 }),
      insn('LOAD', { memory_type: inp, pop_next_dep: 1, push_next_dep: 1 }),
      insn('STORE', { pop_prev_dep: 1, push_prev_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1, pop_next_dep: 1 }),
    );
  }

  /** Pops only tokens pushed before in program order, so that program order is always possible. */
  private withTokens(i: Insn): Insn {
    const { tokens: t } = this;
    const take = (channel: keyof typeof t) => this.move(channel, t[channel] > 0 ? -1 : 0);
    const give = (channel: keyof typeof t) => this.move(channel, 1);
    const type = (i as { memory_type?: number }).memory_type;
    if (i.op === 'STORE') return { ...i, pop_prev_dep: take('c2s'), push_prev_dep: give('s2c') };
    if (i.op === 'LOAD' && (type === MEMORY_TYPES.INP.code || type === MEMORY_TYPES.WGT.code || type === MEMORY_TYPES.PAD_VALUE.code)) {
      return { ...i, pop_next_dep: take('c2l'), push_next_dep: give('l2c') };
    }
    return { ...i, pop_prev_dep: take('l2c'), pop_next_dep: take('s2c'), push_prev_dep: give('c2l'), push_next_dep: give('c2s') };
  }

  /** Gives or takes a token now and then. @returns the flag */
  private move(channel: keyof typeof this.tokens, by: number): number {
    if (by === 0 || !this.r.chance(this.syncs)) return 0;
    this.tokens[channel] += by;
    return 1;
  }

  /** Extents and factors whose largest offset stays below `room` for each of the given factors. */
  private loops(): { uop_bgn: number; uop_end: number; iter_out: number; iter_in: number } {
    const { r } = this;
    const uop_bgn = r.int(0, this.uops - 1);
    const most = r.pick([1, 1, 2, 4, 16]);
    return {
      uop_bgn,
      uop_end: r.chance(0.04) ? uop_bgn : Math.min(this.uops, uop_bgn + r.int(1, most)),
      iter_out: r.chance(0.03) ? 0 : r.pick([1, 1, 2, 3, r.int(1, 12)]),
      iter_in: r.chance(0.03) ? 0 : r.pick([1, 2, 4, r.int(1, 40)]),
    };
  }

  /** A factor for a loop of `extent` that reaches at most `room` further. */
  private factor(extent: number, room: number): number {
    const most = extent <= 1 ? room : Math.floor(room / (extent - 1));
    return this.r.pick([0, Math.min(1, most), Math.min(1, most), this.r.int(0, Math.min(most, 9))]);
  }

  /** Instructions over one interval that visit each of its elements once, or nearly: resets, ALU chains and a store behind them. */
  private dense(): Insn[] {
    const { r, c } = this;
    // The micro-op has any index below a quarter of ACC.
    const room = Math.floor(c.accDepth / 2);
    const single = () => {
      const [inner, outer] = this.extents(room);
      const nearly = room > 64 && r.chance(0.15) ? 1 : 0;
      const [dst_factor_in, dst_factor_out] = r.chance(0.7) ? [1, inner + nearly] : [outer + nearly, 1];
      return { uop_bgn, uop_end: uop_bgn + 1, iter_in: inner, iter_out: outer, dst_factor_in, dst_factor_out };
    };
    const run = () => {
      const stride = strideOf(uop_bgn);
      const n = r.int(1, Math.min(RUN - (uop_bgn % RUN), Math.max(1, Math.floor(room / stride) - 1)));
      const [dst_factor_in, dst_factor_out] = stride === 1 ? [n, n] : [1, 2 * n];
      const iter_out = r.int(1, Math.max(1, Math.min(6, Math.floor(room / (stride * n)))));
      return { uop_bgn, uop_end: uop_bgn + n, iter_in: stride, iter_out, dst_factor_in, dst_factor_out };
    };
    const uop_bgn = r.int(0, this.uops - 1);
    const loops = uop_bgn & RUN && r.chance(0.7) ? run : single;
    // A buffer of one element has factors of no bits.
    const fitting = (factor: number) => Math.min(factor, c.accDepth - 1);
    const shaped = () => {
      const l = loops();
      return { ...l, dst_factor_in: fitting(l.dst_factor_in), dst_factor_out: fitting(l.dst_factor_out) };
    };
    const same = shaped();
    const shape = () => (r.chance(0.85) ? same : shaped());
    const out: Insn[] = [];
    if (r.chance(0.5)) out.push(insn('GEMM', { ...shape(), reset_reg: 1 }));
    if (r.chance(0.3)) out.push(this.loadAcc());
    for (let n = r.int(0, 6); n > 0; n--) {
      const apart = fitting(r.chance(0.7) ? 0 : 1);
      out.push(
        insn('ALU', {
          ...shape(),
          src_factor_in: apart,
          src_factor_out: apart,
          alu_opcode: r.pick(Object.values(ALU_OPS).filter((op) => c.extension || !op.extension)).code,
          use_imm: r.chance(0.7) ? 1 : 0,
          imm: r.int(-8, 8),
        }),
      );
    }
    if (r.chance(0.5)) out.push(this.store());
    return out;
  }

  /** Extents of two loops whose product is at most `room`. */
  private extents(room: number): [number, number] {
    const { r } = this;
    const inner = r.int(1, Math.min(room, r.pick([4, 16, 80])));
    return [inner, r.int(1, Math.min(Math.floor(room / inner), r.pick([1, 4, 12])))];
  }

  private gemm(): Insn {
    const { c, r } = this;
    const l = this.loops();
    const [acc, inp, wgt] = [c.accDepth, c.inpDepth, c.wgtDepth].map((d) => Math.floor(d / 4));
    return insn('GEMM', {
      ...l,
      reset_reg: r.chance(0.3) ? 1 : 0,
      dst_factor_out: this.factor(l.iter_out, acc),
      dst_factor_in: this.factor(l.iter_in, acc),
      src_factor_out: this.factor(l.iter_out, inp),
      src_factor_in: this.factor(l.iter_in, inp),
      wgt_factor_out: this.factor(l.iter_out, wgt),
      wgt_factor_in: this.factor(l.iter_in, wgt),
    });
  }

  private alu(): Insn {
    const { c, r } = this;
    const l = this.loops();
    const room = Math.floor(c.accDepth / 4);
    const dst_factor_out = this.factor(l.iter_out, room);
    const dst_factor_in = this.factor(l.iter_in, room);
    const alike = r.chance(0.5);
    return insn('ALU', {
      ...l,
      dst_factor_out,
      dst_factor_in,
      src_factor_out: alike ? dst_factor_out : this.factor(l.iter_out, room),
      src_factor_in: alike ? dst_factor_in : this.factor(l.iter_in, room),
      alu_opcode: r.pick(Object.values(ALU_OPS).filter((op) => c.extension || !op.extension)).code,
      use_imm: r.chance(0.5) ? 1 : 0,
      imm: r.int(-8, 8),
    });
  }

  /** A block of at most `room` elements, padding included, in memory of `bytes` per element. */
  private block(room: number, bytes: number) {
    const { r } = this;
    const pad = () => (r.chance(0.15) ? r.int(0, 2) : 0);
    const pads = { y_pad_0: pad(), y_pad_1: pad(), x_pad_0: pad(), x_pad_1: pad() };
    // Tall blocks have many short bursts.
    const tall = r.chance(0.1);
    // Wide ones stream many full bursts.
    const wide = !tall && r.chance(0.06);
    const widest = Math.min(2000, Math.floor(this.dataBytes / bytes / 2));
    let x_size = Math.min(tall ? r.int(1, 3) : wide ? r.int(1, widest) : r.pick([1, 2, 5, r.int(1, 40)]), room);
    let y_size = r.chance(0.03) ? 0 : tall ? r.int(10, 60) : wide ? 1 : r.pick([1, 1, 2, r.int(1, 6)]);
    const elements = () => (x_size + pads.x_pad_0 + pads.x_pad_1) * (y_size + pads.y_pad_0 + pads.y_pad_1);
    while (y_size > 1 && elements() > room) y_size--;
    while (x_size > 1 && elements() > room) x_size--;
    const fits = elements() <= room;
    const x_stride = r.pick([x_size, r.int(0, 20)]);
    const reach = y_size * (x_stride + x_size);
    const last = Math.floor(this.dataBytes / bytes) - reach;
    if (!fits || last < 0) return null;
    return { ...pads, x_size, y_size, x_stride, dram_base: Math.ceil(this.dataAddress / bytes) + r.int(0, last), elements: elements() };
  }

  private loadOf(type: keyof typeof MEMORY_TYPES, depth: number, bytes: number): Insn {
    const block = this.block(depth, bytes);
    if (block === null) return this.nop();
    const { elements, ...fields } = block;
    const sram_base = this.r.int(0, Math.max(0, Math.min(depth - elements, this.r.chance(0.7) ? this.spread : depth)));
    return insn('LOAD', { memory_type: MEMORY_TYPES[type].code, sram_base, ...fields });
  }

  private loadAcc(): Insn {
    const { c, r } = this;
    const narrow = c.accBits === 32 && r.chance(0.4);
    return this.loadOf(narrow ? 'ACC_8BIT' : 'ACC', c.accDepth, narrow ? c.accBytes / 4 : c.accBytes);
  }

  private loadData(): Insn {
    const { c, r } = this;
    if (c.extension && r.chance(0.1)) return insn('LOAD', { memory_type: MEMORY_TYPES.PAD_VALUE.code, sram_base: r.int(0, 255) });
    return r.chance(0.6) ? this.loadOf('INP', c.inpDepth, c.inpBytes) : this.loadOf('WGT', c.wgtDepth, c.wgtBytes);
  }

  private loadUop(): Insn {
    const { r } = this;
    const x_size = r.int(1, Math.min(12, this.uops));
    const pad = r.chance(0.1) && x_size < this.uops ? 1 : 0;
    return insn('LOAD', {
      memory_type: MEMORY_TYPES.UOP.code,
      sram_base: r.int(0, this.uops - x_size - pad),
      dram_base: POOL_ADDRESS / UOP_BYTES + r.int(0, UOP_POOL - x_size),
      y_size: 1,
      x_size,
      x_stride: 1,
      x_pad_0: pad,
    });
  }

  private store(): Insn {
    const { c, r } = this;
    const block = this.block(c.accDepth, c.outBytes);
    if (block === null) return insn('STORE', {});
    const { x_size, y_size, x_stride, dram_base } = block;
    return insn('STORE', {
      memory_type: MEMORY_TYPES.OUT.code,
      sram_base: r.int(0, Math.min(c.accDepth - x_size * y_size, r.chance(0.6) ? this.spread : c.accDepth)),
      x_size,
      y_size,
      x_stride,
      dram_base,
    });
  }

  private nop(): Insn {
    const { r } = this;
    if (r.chance(0.3)) return insn('STORE', {});
    return insn('LOAD', { memory_type: r.chance(0.5) ? MEMORY_TYPES.UOP.code : MEMORY_TYPES.INP.code });
  }

  /** Drains both units into compute, so that everything is ordered before FINISH, and puts the image together. */
  finish(): RandomProgram {
    const { tokens: t, insns, c } = this;
    insns.push(insn('LOAD', { memory_type: MEMORY_TYPES.INP.code, push_next_dep: 1 }), insn('STORE', { push_prev_dep: 1 }));
    for (let l = t.l2c + 1, s = t.s2c + 1; l > 0 || s > 0; l--, s--) {
      insns.push(insn('LOAD', { pop_prev_dep: l > 0 ? 1 : 0, pop_next_dep: s > 0 ? 1 : 0 }));
    }
    insns.push(insn('FINISH'));
    const moved = this.times * 16 * Math.max(c.inpBytes, c.outBytes);
    const insnAddr =
      this.dataAddress + this.dataBytes + PAGE * (1 + Math.ceil(this.times === 1 ? 0 : moved / PAGE)) + INSN_BYTES * this.r.int(0, 40);
    const dram = new Uint8Array(insnAddr + insns.length * INSN_BYTES);
    for (let i = this.dataAddress; i < this.dataAddress + this.dataBytes; i++) dram[i] = this.r.int(0, 255);
    const view = new DataView(dram.buffer);
    for (let k = 0; k < UOP_POOL; k++) view.setUint32(POOL_ADDRESS + k * UOP_BYTES, encodeUop(this.uop(k), c), true);
    dram.set(encodeProgram(insns, c), insnAddr);
    return { dram, insnAddr, insnCount: insns.length, insns };
  }

  /** Micro-op `k` of the pool: groups of {@link RUN} at random and in even steps take turns. */
  private uop(k: number) {
    const { c, r, spread } = this;
    if (k & RUN) return { dst_idx: ((k % RUN) * strideOf(k)) % Math.max(1, Math.floor(c.accDepth / 4)), src_idx: 0, wgt_idx: 0 };
    const below = (depth: number) => r.int(0, Math.max(0, Math.min(spread, Math.floor(depth / 4)) - 1));
    return { dst_idx: below(c.accDepth), src_idx: below(Math.min(c.accDepth, c.inpDepth)), wgt_idx: below(c.wgtDepth) };
  }
}
