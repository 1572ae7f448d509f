import { ALU_OPS } from '#isa/spec/tables';
import { TIMING } from '#isa/spec/timing';
import type { DecodedAlu } from '#simulator/values/decode';
import type { Walk } from './index-walk.js';
import type { Note } from './buckets.js';

const PLACES = ['first', 'second', 'third', 'fourth'];
const CHAINABLE: readonly number[] = [ALU_OPS.MIN.code, ALU_OPS.MAX.code, ALU_OPS.ADD.code, ALU_OPS.SHR.code];

interface Loop {
  readonly count: number;
  readonly stride: number;
}

/** Does the instruction visit each index of its range exactly once, as far as the hardware can tell from its three loops? */
function isDense({ insn: i }: DecodedAlu, { dst }: Walk): boolean {
  const uops = i.uop_end - i.uop_bgn;
  const step = uops > 1 ? dst[1] - dst[0] : 1;
  for (let k = 1; k < uops; k++) if (dst[k] - dst[k - 1] !== step) return false;
  const loops: Loop[] = [
    { count: uops, stride: step },
    { count: i.iter_in, stride: i.dst_factor_in },
    { count: i.iter_out, stride: i.dst_factor_out },
  ];
  let product = 1;
  for (const { count, stride } of loops.filter((l) => l.count > 1).sort((a, b) => a.stride - b.stride)) {
    if (stride !== product) return false;
    product *= count;
  }
  return true;
}

const low = (list: readonly number[]): number => list.reduce((a, b) => Math.min(a, b));
const high = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, b));

/** Why an instruction can be in no chain with others, or null. */
function unchainable(d: DecodedAlu, walk: Walk): string | null {
  if (d.insn.uop_end - d.insn.uop_bgn > TIMING.SimpleUops) return 'many micro-ops';
  if (!isDense(d, walk)) return 'gaps or repeats';
  if (!CHAINABLE.includes(d.insn.alu_opcode)) return 'MUL or RQ';
  if (walk.src.length > 0 && low(walk.src) <= walk.high && high(walk.src) >= walk.low) return 'a source in the range';
  return null;
}

/**
 * Groups ALU instructions as the hardware does that runs neighbours over one range in one pass (docs/reference/timing.md, ALU),
 * leaving out time: the chains that are possible.
 */
export class Chains {
  private first: Walk | null = null;
  private members = 0;
  private register: number | null = null;

  constructor(private readonly note: Note) {}

  add(d: DecodedAlu, walk: Walk): void {
    const alone = unchainable(d, walk);
    const why = alone ?? this.refusal(d, walk);
    if (this.members > 0 && why !== null) this.note('no more in an ALU chain, because of', why);
    if (why !== null) this.end();
    if (walk.src.length > 0) this.register = this.members;
    this.first ??= walk;
    this.members++;
    if (alone !== null) this.end();
  }

  /** Why a chainable instruction does not join the chain that is open. */
  private refusal(d: DecodedAlu, walk: Walk): string | null {
    if (this.first === null) return null;
    if (this.members === TIMING.ChainDepth) return 'four members';
    if (walk.low !== this.first.low || walk.high !== this.first.high) return 'another range';
    if (walk.src.length > 0 && this.register !== null) return 'a second register operand';
    return this.members >= 2 && d.insn.alu_opcode === ALU_OPS.SHR.code ? 'SHR as third or fourth' : null;
  }

  end(): void {
    if (this.members === 0) return;
    this.note('members of an ALU chain', `${this.members}`);
    this.note('register operand in an ALU chain', this.register === null ? 'none' : PLACES[this.register]);
    this.first = null;
    this.members = 0;
    this.register = null;
  }
}
