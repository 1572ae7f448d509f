import { NEVER } from './time.js';
import type { TimingInsn } from './program.js';

/**
 * Visits every number of a machine's state in a fixed order; each unit says what kind of number it is and takes what it is to be from
 * then on. So one description of the state serves to note it, to compare it with a noted one, and to move it in time.
 *
 * Counters that name nothing outside of their unit (numbers of beats, of entries) are visited as differences, and never move.
 */
export abstract class StateWalk {
  /** The state is not the noted one: nothing more needs to be visited. */
  differs = false;

  /** A cycle, or NEVER. Those so long past that nothing depends on how long are all the same. */
  abstract cycle(c: number): number;
  /** The number of an instruction; an instruction. */
  abstract index(i: number): number;
  abstract insn(i: TimingInsn): TimingInsn;
  /** What does not move. */
  abstract plain(x: number | boolean): void;
  /** A sum since launch, on which nothing depends. */
  abstract total(x: number): number;

  /** A cycle, or a negative number where there is none. */
  mark(c: number): number {
    if (c >= 0) return this.cycle(c);
    this.plain(c);
    return c;
  }
}

/** From where cycles and instructions are counted. `past` cycles before `cycle` no cycle matters any more. */
export interface Origin {
  readonly cycle: number;
  readonly index: number;
  readonly past: number;
}

abstract class RelativeWalk extends StateWalk {
  protected origin: Origin = { cycle: 0, index: 0, past: 0 };

  cycle(c: number): number {
    const { cycle, past } = this.origin;
    this.plain(c < cycle - past ? -NEVER : c - cycle);
    return c;
  }
  index(i: number): number {
    this.plain(i - this.origin.index);
    return i;
  }
  insn(i: TimingInsn): TimingInsn {
    this.index(i.index);
    return i;
  }
}

/** Notes a state. */
export class StateNote extends RelativeWalk {
  numbers = new Float64Array(1024);
  count = 0;
  totals: number[] = [];
  /** The lowest number of an instruction that occurs. */
  oldest = 0;

  begin(origin: Origin): void {
    this.origin = origin;
    this.count = 0;
    this.totals.length = 0;
    this.oldest = origin.index;
  }
  override index(i: number): number {
    if (i < this.oldest) this.oldest = i;
    return super.index(i);
  }
  plain(x: number | boolean): void {
    if (this.count === this.numbers.length) this.grow();
    this.numbers[this.count++] = Number(x);
  }
  total(x: number): number {
    this.totals.push(x);
    return x;
  }
  private grow(): void {
    const { numbers } = this;
    this.numbers = new Float64Array(2 * numbers.length);
    this.numbers.set(numbers);
  }
}

/** Compares a state with a noted one. */
export class StateMatch extends RelativeWalk {
  private at = 0;

  constructor(private readonly noted: StateNote) {
    super();
  }
  begin(origin: Origin): void {
    this.origin = origin;
    this.at = 0;
    this.differs = false;
  }
  get matches(): boolean {
    return !this.differs && this.at === this.noted.count;
  }
  plain(x: number | boolean): void {
    if (this.noted.numbers[this.at++] !== Number(x)) this.differs = true;
  }
  total(x: number): number {
    return x;
  }
}

/** Moves a state on by `times` times what happened since a noted one: `cycles` cycles and `insns` instructions. */
export class StateShift extends StateWalk {
  private at = 0;

  constructor(
    private readonly program: readonly TimingInsn[],
    private readonly noted: StateNote,
    private readonly times: number,
    private readonly cycles: number,
    private readonly insns: number,
  ) {
    super();
  }
  cycle(c: number): number {
    return c + this.times * this.cycles;
  }
  index(i: number): number {
    return i + this.times * this.insns;
  }
  insn(i: TimingInsn): TimingInsn {
    return this.program[this.index(i.index)];
  }
  plain(): void {}
  total(x: number): number {
    return x + this.times * (x - this.noted.totals[this.at++]);
  }
}
