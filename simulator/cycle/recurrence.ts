import { Happened } from './happened.js';
import { insnClasses } from './insn-classes.js';
import { LOADER_BEATS } from './parameters.js';
import type { CommandPorts } from './ports.js';
import type { TimingInsn } from './program.js';
import { type Origin, StateMatch, StateNote, StateShift, type StateWalk } from './state-walk.js';
import type { Values } from './values.js';

/** Programs of fewer instructions hardly repeat themselves. */
const WORTHWHILE = 96;
const INSN_BYTES = 16;

/** A machine whose state can be noted, compared and moved on. */
export interface RepeatingMachine extends Pick<CommandPorts, 'insns' | 'p' | 'recorder'> {
  readonly values: Values;
  readonly fetch: { readonly next: number; bytesAhead(): number };
  /** Null where nobody asks for retirements. */
  readonly onRetire: unknown;
  /** Instructions not retired. */
  left: number;
  /** Brings what is worked out late to the end of the cycle before t. */
  settle(t: number): void;
  /** Visits the whole state but for values. */
  visit(w: StateWalk): void;
  /** Lets an instruction take its effect; reports a retirement. */
  effect(insn: TimingInsn): void;
  report(insn: TimingInsn, cycle: number): void;
}

/**
 * Finds that a program repeats itself: the state of the machine is, counted from the present cycle and instruction, what it was at an earlier
 * one, and so are the instructions ahead. Then what happened in between happens again, as often as the instructions go on alike, and only its
 * effects are carried out. (Known from simulators of processors as memoization; Schnarr and Larus, "Fast out-of-order processor simulation using
 * memoization", 1998.) States are compared with one noted earlier, at doubling distances as in Brent's search for cycles.
 *
 * Micro-ops decide about time too: loads of one class load the same ones, and the scratchpad is compared where any were loaded.
 */
export class Recurrence {
  readonly happened = new Happened();
  private readonly noted = new StateNote();
  private readonly match = new StateMatch(this.noted);
  private origin: Origin | null = null;
  private readonly past: number;
  private uops: Uint32Array | null = null;
  private uopVersion = 0;
  /** Marks since the state was noted, and with how many the next is noted. */
  private marks = 0;
  private patience = 1;

  private constructor(
    private readonly machine: RepeatingMachine,
    private readonly classes: Int32Array,
  ) {
    // A time in the past holds up what comes after it by a few cycles, or the beats of a burst by the interval; what can be in the buffer may be that old.
    this.past = 64 + 2 * LOADER_BEATS * machine.p.interval;
  }

  /** Null where it is not to be found: stalls are not the same in other cycles, and a trace needs every burst. */
  static of(machine: RepeatingMachine): Recurrence | null {
    if (machine.recorder !== null || machine.p.memory.stall > 0 || machine.insns.length < WORTHWHILE) return null;
    const classes = insnClasses(machine.insns, machine.p.burstBytes);
    return classes === null ? null : new Recurrence(machine, classes);
  }

  /**
   * To be called before cycle t, where fetch has put a burst in its register: it is in the same place among instructions only then.
   * @returns how many cycles the machine was moved on
   */
  mark(t: number): number {
    const { machine, origin } = this;
    const here: Origin = { cycle: t, index: machine.fetch.next, past: this.past };
    if (origin !== null && this.alike(origin, here)) {
      const times = this.times(origin, here);
      if (times > 0 && this.recurs(here)) return this.skip(origin, here, times);
    }
    if (++this.marks >= this.patience) this.note(here);
    return 0;
  }

  private note(here: Origin): void {
    const { machine, noted } = this;
    this.origin = here;
    this.marks = 0;
    this.patience *= 2;
    this.happened.forget();
    noted.begin(here);
    machine.settle(here.cycle);
    machine.visit(noted);
    const { uop, uopVersion } = machine.values.state;
    this.uops ??= new Uint32Array(uop.length);
    this.uops.set(uop);
    this.uopVersion = uopVersion;
  }

  /** Are the instructions that were under way then like those that are now? */
  private alike(from: Origin, to: Origin): boolean {
    const distance = to.index - from.index;
    if (distance <= 0) return false;
    const { classes } = this;
    for (let n = this.noted.oldest; n < from.index; n++) if (classes[n] !== classes[n + distance]) return false;
    return true;
  }

  /** How many times instructions go on like those between the two. */
  private times(from: Origin, to: Origin): number {
    const { classes, machine } = this;
    const distance = to.index - from.index;
    // Fetch looks no further than the burst it has ready, which must not be cut short by the end of the program.
    const most = Math.floor(machine.fetch.bytesAhead() / (INSN_BYTES * distance));
    let n = from.index;
    const end = from.index + most * distance;
    while (n < end && n + distance < classes.length && classes[n] === classes[n + distance]) n++;
    return Math.min(most, Math.floor((n - from.index) / distance));
  }

  private recurs(here: Origin): boolean {
    const { machine, match, uops } = this;
    match.begin(here);
    machine.settle(here.cycle);
    machine.visit(match);
    if (!match.matches) return false;
    const { uop, uopVersion } = machine.values.state;
    return uopVersion === this.uopVersion || (uops !== null && uop.every((x, n) => x === uops[n]));
  }

  private skip(from: Origin, to: Origin, times: number): number {
    const { machine, happened } = this;
    const [cycles, insns] = [to.cycle - from.cycle, to.index - from.index];
    happened.keep(machine.insns, (insn) => machine.values.acts(insn), machine.onRetire !== null);
    for (let n = 1; n <= times; n++) {
      happened.again(
        machine.insns,
        n * insns,
        n * cycles,
        (insn) => machine.effect(insn),
        machine.onRetire === null ? null : (insn, cycle) => machine.report(insn, cycle),
      );
    }
    machine.left -= times * happened.retirements;
    machine.visit(new StateShift(machine.insns, this.noted, times, cycles, insns));
    this.origin = null;
    this.marks = 0;
    this.patience = 1;
    return times * cycles;
  }
}
