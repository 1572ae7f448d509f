import type { VtaConfig } from '#isa/config/config';
import type { Decoded, DecodedAlu, DecodedGemm } from '#simulator/values/decode';
import { loadElements } from '#simulator/values/ranges';
import { bucketOf, NEAR, type Note } from './buckets.js';
import { Chains } from './chains.js';
import { type Walk, walkOf } from './index-walk.js';

type Writer = 'load' | 'gemm' | 'reset' | 'alu';

/** The last write of an accumulator. */
interface Write {
  readonly by: Writer;
  /** Position among the compute instructions, and among the ALU vectors or GEMM micro-ops. */
  readonly insn: number;
  readonly at: number;
}

/** Instructions with more steps are not looked into. */
const MOST_STEPS = 40_000;

/** How a walk goes through its range. */
function kindOf({ dst, low, high }: Walk): string {
  const distinct = new Set(dst).size;
  const gaps = distinct < high - low + 1;
  if (distinct < dst.length) return gaps ? 'repeats with gaps' : 'repeats';
  if (gaps) return 'gaps';
  return dst.every((x, k) => k === 0 || x === dst[k - 1] + 1) ? 'ascending' : 'other order';
}

const isDense = (kind: string): boolean => kind === 'ascending' || kind === 'other order';

/** How the range of `b` lies to that of `a`. */
function relation(a: Walk, b: Walk): string {
  if (a.low === b.low && a.high === b.high)
    return a.dst.length === b.dst.length && a.dst.every((x, k) => x === b.dst[k]) ? 'same walk' : 'same range';
  const longer = b.high - b.low - (a.high - a.low);
  if ((a.low === b.low || a.high === b.high) && Math.abs(longer) === 1) return longer > 0 ? 'one longer' : 'one shorter';
  if (longer === 0 && Math.abs(a.low - b.low) === 1) return 'shifted by one';
  if (b.low === a.high + 1 || a.low === b.high + 1) return 'beside';
  if (b.low > a.high || a.low > b.high) return 'apart';
  return b.low >= a.low && b.high <= a.high ? 'inside' : 'overlapping';
}

/** Have two ranges just one index in common, and is it an end of `a`? */
function sharedEnd(a: Walk, b: Walk): string | null {
  if (a.low === a.high || b.low === b.high) return null;
  return b.low === a.high ? 'sharing its last' : b.high === a.low ? 'sharing its first' : null;
}

function sourceKind({ dst, src, low, high }: Walk): string {
  const [first, last] = [src.reduce((a, b) => Math.min(a, b)), src.reduce((a, b) => Math.max(a, b))];
  if (dst.length > 1 && first === last) return first >= low && first <= high ? 'one inside' : 'one outside';
  const by = src[0] - dst[0];
  const along = src.every((x, k) => x - dst[k] === by);
  if (along && by === 0) return 'same element';
  if (along && Math.abs(by) <= 9) return by < 0 ? 'up to 9 behind' : 'up to 9 ahead';
  return first > high || last < low ? 'apart' : 'overlapping';
}

/** Follows the accumulators through a program: who wrote an element when somebody uses it, and how walks follow each other. */
export class Accumulators {
  private readonly last: (Write | undefined)[];
  private insn = 0;
  private vectors = 0;
  private microOps = 0;
  /** The last ALU instruction, how many in a row had its range, and what came since. */
  private alu: Walk | null = null;
  private row = 0;
  private since = 'nothing';
  private reset: Walk | null = null;
  private readonly chains: Chains;

  constructor(
    private readonly config: VtaConfig,
    private readonly note: Note,
  ) {
    this.last = new Array(config.accDepth).fill(undefined);
    this.chains = new Chains(note);
  }

  step(d: Decoded, uop: Uint32Array): void {
    if (d.unit === 'compute') this.insn++;
    if (d.kind === 'load' && (d.memory === 'ACC' || d.memory === 'ACC_8BIT')) this.range('load', d.insn.sram_base, loadElements(d));
    if (d.kind === 'store') this.range('store', d.insn.sram_base, d.insn.x_size * d.insn.y_size);
    if (d.kind === 'load' && d.unit === 'compute') this.since = d.memory === 'UOP' ? 'LOAD UOP' : 'LOAD ACC';
    if (d.kind === 'nop' && d.unit === 'compute') this.since = 'LOAD of nothing';
    if (d.kind === 'finish') {
      this.endRow();
      this.chains.end();
    }
    if ((d.kind === 'gemm' || d.kind === 'alu') && d.steps > 0 && d.steps <= MOST_STEPS && d.insn.uop_end <= uop.length) this.work(d, uop);
  }

  private range(by: 'load' | 'store', first: number, count: number): void {
    for (let i = first; i < Math.min(first + count, this.last.length); i++) {
      this.use(i, by);
      if (by === 'load') this.last[i] = { by, insn: this.insn, at: 0 };
    }
  }

  /** An element is used by an instruction: whose is the value, and how far back? */
  private use(i: number, by: Writer | 'store'): void {
    const w = this.last[i];
    if (w === undefined || (w.insn === this.insn && by !== 'store')) return;
    this.note('last written by, then used by', `${w.by} ${by}`);
    if (by !== 'store') this.note('compute instructions between write and use', bucketOf(this.insn - w.insn, NEAR, 32));
  }

  private work(d: DecodedAlu | DecodedGemm, uop: Uint32Array): void {
    const walk = walkOf(d, uop, this.config);
    if (walk.high >= this.last.length) return;
    if (d.kind === 'alu') {
      this.noteAlu(walk);
      this.chains.add(d, walk);
    } else {
      this.endRow();
      if (d.insn.reset_reg === 1) this.noteReset(walk);
      else this.noteAfterReset('GEMM', walk);
    }
    this.execute(walk, d.kind === 'alu' ? 'alu' : d.insn.reset_reg === 1 ? 'reset' : 'gemm');
  }

  private execute({ dst, src }: Walk, by: Writer): void {
    const distance = (histogram: string, i: number, of: readonly Writer[], now: number) => {
      const w = this.last[i];
      if (w !== undefined && of.includes(w.by)) this.note(histogram, bucketOf(now - w.at, NEAR, 64));
    };
    for (let k = 0; k < dst.length; k++) {
      const i = dst[k];
      const now = by === 'alu' ? ++this.vectors : ++this.microOps;
      this.use(i, by);
      if (src[k] < this.last.length) this.use(src[k], by);
      if (by === 'alu') {
        distance('ALU vectors since dst was written', i, ['alu'], now);
        if (k < src.length) distance('ALU vectors since src was written', src[k], ['alu'], now);
      } else distance('GEMM micro-ops since dst was written', i, ['gemm', 'reset'], now);
      this.last[i] = { by, insn: this.insn, at: now };
    }
  }

  private noteReset(walk: Walk): void {
    const kind = kindOf(walk);
    this.note('walk of reset', kind);
    this.reset = walk;
    if (!isDense(kind)) return;
    const { low, dst } = walk;
    const align =
      low % 2 !== 0 ? 'odd' : low % 16 === 0 ? 'aligned to 16 and more' : `aligned to ${low % 8 === 0 ? 8 : low % 4 === 0 ? 4 : 2}`;
    this.note('base of a dense reset', align);
    this.note('length of a dense reset', bucketOf(dst.length, 4, 256));
  }

  private noteAfterReset(engine: 'GEMM' | 'ALU', walk: Walk): void {
    if (this.reset === null) return;
    const r = relation(this.reset, walk);
    const one = engine === 'GEMM' ? sharedEnd(this.reset, walk) : null;
    const others = r === 'same walk' ? 'same range' : ['same range', 'beside', 'apart'].includes(r) ? r : 'overlapping';
    this.note(`reset, then ${engine}`, one ?? others);
    this.reset = null;
  }

  private noteAlu(walk: Walk): void {
    const kind = kindOf(walk);
    this.note('walk of ALU', kind);
    if (walk.src.length > 0) this.note('source of ALU', sourceKind(walk));
    this.noteAfterReset('ALU', walk);
    const how = this.alu === null ? null : relation(this.alu, walk);
    if (how !== null) this.note('range of the next ALU', how);
    if (how === 'same walk' && isDense(kind)) {
      this.row++;
      this.note('between two of them', this.since);
    } else {
      this.endRow();
      this.row = isDense(kind) ? 1 : 0;
    }
    this.alu = walk;
    this.since = 'nothing';
  }

  private endRow(): void {
    if (this.row > 0) this.note('ALU instructions in a row over one range', bucketOf(this.row, 8, 9));
    this.row = 0;
    this.alu = null;
    this.since = 'nothing';
  }
}
