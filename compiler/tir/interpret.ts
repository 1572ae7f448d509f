import { fail } from '#isa/diag/diagnostic';
import { aluLane, shiftRight } from '#isa/semantics/alu';
import { requantize } from '#isa/semantics/requantize';
import { tirMessages as M } from './messages.js';
import { evaluate, type Index, isConst } from './index-expr.js';
import { type Parts, Pipeline, type Places, type Run, type Slot } from './interpret-pipeline.js';
import {
  type Access,
  accessesOf,
  type Alloc,
  type Alu,
  type Buffer,
  type Dma,
  type For,
  type Func,
  type Gemm,
  isThreaded,
  type Reset,
  type Stmt,
  type Store,
  type Value,
  type ValueOp,
} from './node.js';
import { walk } from './visit.js';

/** One typed array per buffer, elements in row-major order of the shape. */
export type TirArray = Int8Array | Int32Array;
export type TirData = Readonly<Record<string, TirArray>>;

/** What a fresh allocation holds: nothing a correct program would read. */
const GARBAGE = 0x5a;

interface Cell {
  readonly buffer: Buffer;
  readonly strides: readonly number[];
  data: TirArray;
}

/** The places of an allocation. */
class Allocation implements Places {
  entry = -1;
  private readonly arrays: readonly TirArray[];
  private readonly holds: number[];

  constructor(
    private readonly cell: Cell,
    copies: number,
  ) {
    this.arrays = Array.from({ length: copies }, (_, i) => (i === 0 ? cell.data : arrayFor(cell.buffer)));
    this.holds = this.arrays.map(() => -1);
  }

  use(entry: number): void {
    if (entry < 0) return;
    const place = entry % this.arrays.length;
    this.cell.data = this.arrays[place];
    if (this.holds[place] !== entry) this.cell.data.fill(GARBAGE);
    this.holds[place] = entry;
  }
}

const sizeOf = (b: Buffer) => b.shape.reduce((n, d) => n * d, 1);
const arrayFor = (b: Buffer): TirArray => (b.dtype === 'i8' ? new Int8Array(sizeOf(b)) : new Int32Array(sizeOf(b)));

function cell(buffer: Buffer, data: TirArray): Cell {
  const strides = new Array<number>(buffer.shape.length).fill(1);
  for (let d = buffer.shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1] * buffer.shape[d + 1];
  return { buffer, strides, data };
}

/**
 * Runs a function on the caller's arrays, which are modified in place. The reference for every transformation: slow and
 * plain. Statements run in program order; loops with virtual threads run as the pipeline that their stages say, on the
 * places that allocations have: as the machine will, also where a stage is wrong.
 * @throws VtaError VTA2203 when an array is missing or has the wrong size
 */
export function interpretTir(func: Func, data: TirData): void {
  const machine = new Machine();
  for (const b of func.params) {
    const given = data[b.name];
    if (given === undefined) fail(M.VTA2203, { func: func.name, buffer: b.name, detail: 'none was given' });
    if (given.length !== sizeOf(b))
      fail(M.VTA2203, { func: func.name, buffer: b.name, detail: `${given.length} elements instead of ${sizeOf(b)}` });
    machine.cells.set(b.name, cell(b, given));
  }
  machine.compile(func.body)();
}

/** Compiles statements to closures over mutable loop variables, so that the inner loops look nothing up. */
class Machine implements Parts {
  readonly cells = new Map<string, Cell>();
  private readonly vars = new Map<string, Slot>();
  private readonly allocations = new Map<string, Allocation>();

  run(s: Stmt): Run {
    return this.compile(s);
  }

  slots(): readonly Slot[] {
    return [...this.vars.values()];
  }

  placesIn(s: Stmt): readonly Places[] {
    const used = new Set<string>();
    walk(s, (c) => {
      if (c.kind === 'seq' || c.kind === 'for' || c.kind === 'alloc' || c.kind === 'block') return;
      const { writes, reads } = accessesOf(c);
      for (const a of [...writes, ...reads]) used.add(a.buffer);
    });
    return [...this.allocations].filter(([name]) => used.has(name)).map(([, places]) => places);
  }

  withLoop<T>(name: string, body: (slot: Slot) => T): T {
    const slot = { value: 0 };
    this.vars.set(name, slot);
    const made = body(slot);
    this.vars.delete(name);
    return made;
  }

  withBuffer<T>({ buffer, copies }: Alloc, body: (places: Places) => T): T {
    const c = cell(buffer, arrayFor(buffer));
    const places = new Allocation(c, copies);
    this.cells.set(buffer.name, c);
    this.allocations.set(buffer.name, places);
    const made = body(places);
    this.cells.delete(buffer.name);
    this.allocations.delete(buffer.name);
    return made;
  }

  compile(s: Stmt): Run {
    switch (s.kind) {
      case 'seq': {
        const parts = s.body.map((c) => this.compile(c));
        return () => {
          for (const part of parts) part();
        };
      }
      case 'block':
        return this.compile(s.body);
      case 'for':
        return isThreaded(s) ? new Pipeline(this).nest(s) : this.loop(s);
      case 'alloc':
        return this.withBuffer(s, (places) => {
          const body = this.compile(s.body);
          return () => {
            places.use(++places.entry);
            body();
          };
        });
      case 'store':
        return this.store(s);
      case 'gemm':
        return this.gemm(s);
      case 'reset':
        return this.reset(s);
      case 'alu':
        return this.alu(s);
      case 'dma':
        return this.dma(s);
    }
  }

  private loop(s: For): Run {
    const extent = this.index(s.extent);
    return this.withLoop(s.name, (slot) => {
      const body = this.compile(s.body);
      return () => {
        const n = extent();
        for (let i = 0; i < n; i++) {
          slot.value = i;
          body();
        }
      };
    });
  }

  index(a: Index): () => number {
    if (isConst(a)) return () => a.constant;
    const slots = this.vars;
    const simple = a.terms.every((t) => t.atom.kind === 'var');
    if (simple) {
      const parts = a.terms.map((t) => ({ coef: t.coef, slot: slots.get((t.atom as { name: string }).name) as Slot }));
      return () => {
        let n = a.constant;
        for (const p of parts) n += p.coef * p.slot.value;
        return n;
      };
    }
    const seen = new Map(slots);
    return () => evaluate(a, (name) => (seen.get(name) as Slot).value);
  }

  /** Position of an access in its array, checked against every dimension. */
  private offset(a: Access): { readonly cell: Cell; readonly at: () => number } {
    const c = this.cells.get(a.buffer) as Cell;
    const parts = a.index.map((i, d) => ({ index: this.index(i), stride: c.strides[d], size: c.buffer.shape[d], d }));
    const at = () => {
      let n = 0;
      for (const p of parts) {
        const i = p.index();
        if (i < 0 || i >= p.size) throw new Error(`internal error: ${a.buffer} index ${i} of dimension ${p.d} is outside 0..${p.size - 1}`);
        n += i * p.stride;
      }
      return n;
    };
    return { cell: c, at };
  }

  private store(s: Store): Run {
    const dst = this.offset(s.dst);
    const value = this.value(s.value);
    return () => {
      dst.cell.data[dst.at()] = value();
    };
  }

  private value(x: Value): () => number {
    switch (x.kind) {
      case 'const':
        return () => x.value;
      case 'load': {
        const from = this.offset(x.from);
        return () => from.cell.data[from.at()];
      }
      case 'bin': {
        const f = OPS[x.op];
        const a = this.value(x.a);
        const b = this.value(x.b);
        return () => f(a(), b());
      }
      case 'rq': {
        const acc = this.value(x.acc);
        const scale = this.value(x.scale);
        const imm = rqImmediate(x.params);
        return () => requantize(acc(), scale(), imm, x.params.relu);
      }
    }
  }

  private gemm(s: Gemm): Run {
    const [dst, src, wgt] = [this.offset(s.dst), this.offset(s.src), this.offset(s.wgt)];
    const [batch, blockOut] = dst.cell.buffer.shape.slice(-2);
    const blockIn = src.cell.buffer.shape[src.cell.buffer.shape.length - 1];
    return () => {
      const [d, a, w] = [dst.at(), src.at(), wgt.at()];
      for (let b = 0; b < batch; b++) {
        for (let o = 0; o < blockOut; o++) {
          let sum = 0;
          for (let i = 0; i < blockIn; i++) sum += src.cell.data[a + b * blockIn + i] * wgt.cell.data[w + o * blockIn + i];
          dst.cell.data[d + b * blockOut + o] += sum;
        }
      }
    };
  }

  private reset(s: Reset): Run {
    const dst = this.offset(s.dst);
    const lanes = tileLanes(dst.cell.buffer);
    return () => {
      const d = dst.at();
      dst.cell.data.fill(0, d, d + lanes);
    };
  }

  private alu(s: Alu): Run {
    const dst = this.offset(s.dst);
    const lanes = tileLanes(dst.cell.buffer);
    const src = typeof s.src === 'number' ? null : this.offset(s.src);
    const constant = typeof s.src === 'number' ? s.src : 0;
    const imm = s.rq === null ? 0 : rqImmediate(s.rq);
    return () => {
      const d = dst.at();
      const a = src === null ? 0 : src.at();
      for (let l = 0; l < lanes; l++) {
        const y = src === null ? constant : src.cell.data[a + l];
        dst.cell.data[d + l] = aluLane(s.op, dst.cell.data[d + l], y, imm, s.rq?.relu ?? 0, 32);
      }
    };
  }

  private dma(s: Dma): Run {
    const [dst, src] = [this.offset(s.dst), this.offset(s.src)];
    const lanes = tileLanes(dst.cell.buffer);
    return () => {
      const [d, a] = [dst.at(), src.at()];
      for (let l = 0; l < lanes; l++) dst.cell.data[d + l] = src.cell.data[a + l];
    };
  }
}

const tileLanes = (b: Buffer) => b.shape[b.shape.length - 1] * b.shape[b.shape.length - 2];

/** The immediate field of RQ: zero point in bits 7:0, upper clamp in bits 15:8 (isa/semantics/requantize.ts), as a signed 16-bit number. */
export const rqImmediate = (p: { readonly zeroPoint: number; readonly hi: number }): number =>
  (((p.hi & 0xff) << 24) | ((p.zeroPoint & 0xff) << 16)) >> 16;

const OPS: Readonly<Record<ValueOp, (x: number, y: number) => number>> = {
  add: (x, y) => (x + y) | 0,
  mul: Math.imul,
  min: Math.min,
  max: Math.max,
  shr: shiftRight,
};
