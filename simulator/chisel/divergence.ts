import { shiftRight } from '#isa/semantics/alu';
import { ElementSet } from '../values/element-set.js';
import { footprintOf } from '../values/footprint.js';
import { hasOtherSource, readsPrevious } from '../values/alu-loops.js';
import type { Decoded, DecodedAlu, DecodedGemm } from '../values/decode.js';
import { checkUopRanges, loadElements, uopDst, uopSrc } from '../values/ranges.js';
import type { MachineState } from '../values/state.js';
import { UOP_ENTRIES } from './parameters.js';

/** Where the original core is known to compute something else than the official functional simulator. */
export const DIVERGENCES = {
  'stale-out': 'STORE sends what GEMM or ALU wrote last, not what a LOAD or a reset put into the accumulator since',
  'immediate-source': 'ALU with an immediate operates on ACC[src], not on ACC[dst]',
  'read-after-write': 'ALU reads an element as it was before the result of the vector just before',
  'shift-amount': 'SHR shifts by its amount modulo 32, and in the direction of the immediate field even for a register operand',
  'uop-alias': `micro-ops share ${UOP_ENTRIES} entries, so that one was replaced by another`,
} as const;
export type Divergence = keyof typeof DIVERGENCES;

/** A divergence that a program touched: the first instruction that did, and how many. */
export interface Touched {
  readonly divergence: Divergence;
  readonly insn: number;
  readonly count: number;
}

/** The original's shift: `amount` is the operand, `direction` the immediate field. */
const originalShift = (x: number, amount: number, direction: number): number => (direction < 0 ? x << (-amount & 31) : x >> (amount & 31));

/**
 * Watches the values of a program and notes where the original core would go another way. It sees what happens to micro-ops, accumulators and the
 * original's separate OUT scratchpad; values themselves stay those of the contract.
 */
export class DivergenceWatch {
  private readonly touched = new Map<Divergence, { insn: number; count: number }>();
  /** Accumulators that OUT holds, truncated. */
  private out: ElementSet;
  /** The original's micro-op scratchpad. */
  private readonly uops = new Uint32Array(UOP_ENTRIES);

  constructor(private readonly state: MachineState) {
    this.out = new ElementSet(state.config.accDepth);
  }

  /** As after power-up. */
  reset(): void {
    this.out = new ElementSet(this.out.size);
    this.uops.fill(0);
  }

  /** A launch begins. Scratchpads stay as they are. */
  begin(): void {
    this.touched.clear();
  }

  /** What the launch touched, in the order in which it did. */
  list(): Touched[] {
    return [...this.touched].map(([divergence, at]) => ({ divergence, ...at }));
  }

  /** Before an instruction executes. @throws VtaError VTA1203 */
  before(d: Decoded): void {
    const { config, uop } = this.state;
    if (d.kind === 'gemm' || d.kind === 'alu') {
      checkUopRanges(d, this.state);
      this.readUops(d);
      if (d.kind === 'alu') this.alu(d);
    }
    const { reads, writes } = footprintOf(d, uop, config);
    if (d.kind === 'store' && reads.some(({ elements }) => !elements.without(this.out).isEmpty)) this.touch('stale-out', d);
    const reachesOut = d.kind === 'alu' || (d.kind === 'gemm' && d.insn.reset_reg === 0);
    for (const { memory, elements } of writes) {
      if (memory !== 'acc') continue;
      if (reachesOut) this.out.addAll(elements);
      else this.out.removeAll(elements);
    }
  }

  /** After an instruction has executed. */
  after(d: Decoded): void {
    if (d.kind !== 'load' || d.memory !== 'UOP') return;
    const from = d.insn.sram_base;
    for (let n = from; n < from + loadElements(d); n++) this.uops[n % UOP_ENTRIES] = this.state.uop[n];
  }

  private touch(divergence: Divergence, { index }: Decoded): void {
    const at = this.touched.get(divergence);
    if (at === undefined) this.touched.set(divergence, { insn: index, count: 1 });
    else at.count++;
  }

  private readUops(d: DecodedGemm | DecodedAlu): void {
    for (let n = d.insn.uop_bgn; n < d.insn.uop_end; n++) {
      if (this.uops[n % UOP_ENTRIES] === this.state.uop[n]) continue;
      this.touch('uop-alias', d);
      return;
    }
  }

  private alu(d: DecodedAlu): void {
    const { config, uop } = this.state;
    if (hasOtherSource(d, uop, config)) this.touch('immediate-source', d);
    if (readsPrevious(d, uop, config)) this.touch('read-after-write', d);
    if (d.operation === 'SHR' && this.shiftsOtherwise(d)) this.touch('shift-amount', d);
  }

  /** Would any lane be shifted to another value? Vector by vector, because shifted lanes can be amounts of later vectors. */
  private shiftsOtherwise({ insn: i }: DecodedAlu): boolean {
    if (i.use_imm) return i.imm < -31 || i.imm > 31;
    const { config, uop, shape } = this.state;
    const lanes = shape.accLanes;
    const acc = this.state.acc.slice();
    for (let out = 0; out < i.iter_out; out++) {
      for (let inner = 0; inner < i.iter_in; inner++) {
        for (let k = i.uop_bgn; k < i.uop_end; k++) {
          const dst = (uopDst(uop[k], config) + out * i.dst_factor_out + inner * i.dst_factor_in) * lanes;
          const src = (uopSrc(uop[k], config) + out * i.src_factor_out + inner * i.src_factor_in) * lanes;
          for (let lane = 0; lane < lanes; lane++) {
            const amount = acc[src + lane];
            const shifted = shiftRight(acc[dst + lane], amount);
            if (shifted !== originalShift(acc[dst + lane], amount, i.imm)) return true;
            acc[dst + lane] = shifted;
          }
        }
      }
    }
    return false;
  }
}
