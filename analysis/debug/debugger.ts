import { INSN_BYTES } from '#isa/codec/codec';
import type { Unit } from '#isa/spec/tables';
import { type Footprint, SCRATCHPADS, type Scratchpad } from '#simulator/values/footprint';
import { recordedLaunch } from '../trace/launch.js';
import { type Decoded, decodeAt } from '#simulator/values/decode';
import type { Tokens } from '#simulator/values/tokens';
import { type Breakpoint, hits } from './breakpoints.js';
import type { DebugProgram } from './program.js';
import { Replay } from './replay.js';
import { type Moment, momentsOf, tokensAt, tokenTimes } from './schedule.js';

/** What an instruction is at. */
export type Stage = 'to be fetched' | 'queued' | 'in flight' | 'retired';

/** Why the program stands still. */
export type Stop =
  | { readonly kind: 'end' }
  | { readonly kind: 'there' }
  | { readonly kind: 'breakpoint'; readonly breakpoints: readonly Breakpoint[]; readonly moment: Moment | null };

/** Who wrote an element last, by memory; -1 for nobody in this launch. */
type Writers = Readonly<Record<Scratchpad, Int32Array>>;

function decode({ dram, insnAddr, insnCount, config }: DebugProgram): Decoded[] {
  const code = dram.subarray(insnAddr, insnAddr + insnCount * INSN_BYTES);
  return Array.from({ length: insnCount }, (_, i) => decodeAt(code, i * INSN_BYTES, i, config));
}

/**
 * Steps through a launch that the cycle simulator has timed. What it shows is what the instructions that have retired by now have written,
 * and what the units and queues hold after the cycle `now`.
 */
export class Debugger {
  private decoded: readonly Decoded[];
  readonly breakpoints: Breakpoint[] = [];
  private readonly moments: readonly Moment[];
  private readonly times: ReturnType<typeof tokenTimes>;
  private replay: Replay;
  private next = 0;
  private cycle = -1;
  private readonly startedAt: Uint8Array;
  private readonly retiredAt: Uint8Array;
  writers: Writers;
  private numbered = 0;

  constructor(readonly program: DebugProgram) {
    const { insnCount, insnAddr, trace } = program;
    this.decoded = decode(program);
    this.moments = momentsOf(this.insns, trace);
    this.times = tokenTimes(recordedLaunch({ ...program, program: program.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES) }));
    this.replay = new Replay(program);
    this.startedAt = new Uint8Array(insnCount);
    this.retiredAt = new Uint8Array(insnCount);
    this.writers = this.nobody();
  }

  private nobody(): Writers {
    const { before: b, config: c } = this.program;
    const depth = { uop: b.uop.length, inp: c.inpDepth, wgt: c.wgtDepth, acc: c.accDepth };
    return Object.fromEntries(SCRATCHPADS.map((m) => [m, new Int32Array(depth[m]).fill(-1)])) as unknown as Writers;
  }

  get insns(): readonly Decoded[] {
    return this.decoded;
  }
  /** The last cycle that is over (or that the last step is in); -1 before the first. */
  get now(): number {
    return this.cycle;
  }
  get ended(): boolean {
    return this.next === this.moments.length;
  }
  /** Scratchpads and memory as retired instructions left them. */
  get state() {
    return this.replay.shown;
  }
  get dram(): Uint8Array {
    return this.replay.dram;
  }
  /** Tokens after the cycle `now`. */
  get tokens(): Tokens {
    return tokensAt(this.times, this.program.tokens, this.cycle);
  }

  stage(insn: number): Stage {
    if (this.retiredAt[insn] === 1) return 'retired';
    if (this.startedAt[insn] === 1) return 'in flight';
    const { queued } = this.program.trace.insns;
    return queued[insn] <= this.cycle ? 'queued' : 'to be fetched';
  }

  /** Instructions of a unit at a stage, in program order. */
  at(unit: Unit, stage: Stage): Decoded[] {
    return this.insns.filter((d) => d.unit === unit && this.stage(d.index) === stage);
  }

  /** Goes back to the beginning. Breakpoints stay, as if never hit. */
  restart(): void {
    this.replay = new Replay(this.program);
    this.decoded = decode(this.program);
    this.writers = this.nobody();
    this.startedAt.fill(0);
    this.retiredAt.fill(0);
    this.next = 0;
    this.cycle = -1;
    for (const b of this.breakpoints) b.hits = 0;
  }

  addBreakpoint(what: Omit<Breakpoint, 'id' | 'hits'>): Breakpoint {
    const breakpoint = { ...what, id: ++this.numbered, hits: 0 } as Breakpoint;
    this.breakpoints.push(breakpoint);
    return breakpoint;
  }

  /** One moment of the launch; what it touches is known when it retires. */
  private advance(): { readonly moment: Moment; readonly footprint: Footprint | null } {
    const moment = this.moments[this.next++];
    this.cycle = moment.cycle;
    const d = this.insns[moment.insn];
    if (moment.kind === 'start') {
      this.replay.start(d);
      this.startedAt[moment.insn] = 1;
      return { moment, footprint: null };
    }
    const footprint = this.replay.retire(d);
    this.retiredAt[moment.insn] = 1;
    for (const { memory, elements } of footprint.writes) elements.forEach((e) => (this.writers[memory][e] = moment.insn));
    return { moment, footprint };
  }

  /** The breakpoints on the earliest cycle that is after `now` and before `cycle` and has any. */
  private cycleBreakpoints(before: number): readonly Breakpoint[] {
    const due = this.breakpoints.filter((b) => b.on === 'cycle' && b.cycle > this.cycle && b.cycle < before);
    const first = Math.min(...due.map((b) => (b.on === 'cycle' ? b.cycle : 0)));
    return due.filter((b) => b.on === 'cycle' && b.cycle === first);
  }

  private hit(breakpoints: readonly Breakpoint[], moment: Moment | null): Stop {
    for (const b of breakpoints) b.hits++;
    return { kind: 'breakpoint', breakpoints, moment };
  }

  /**
   * Goes on until `until` says so after a moment, until the end of cycle `last`, to a breakpoint, or to the end.
   * @param seen is told every instruction that retires
   */
  private go(last: number, until: (m: Moment) => boolean, seen: (insn: number) => void): Stop {
    for (;;) {
      const upcoming = this.ended ? this.program.trace.cycles : this.moments[this.next].cycle;
      const due = this.cycleBreakpoints(Math.min(upcoming, last + 1));
      if (due.length > 0 && due[0].on === 'cycle') {
        this.cycle = due[0].cycle;
        return this.hit(due, null);
      }
      if (this.ended) return { kind: 'end' };
      if (upcoming > last) {
        this.cycle = last;
        return { kind: 'there' };
      }
      const { moment, footprint } = this.advance();
      if (moment.kind === 'retire') seen(moment.insn);
      const met = this.breakpoints.filter((b) => hits(b, moment, footprint));
      if (met.length > 0) return this.hit(met, moment);
      if (until(moment)) return this.ended ? { kind: 'end' } : { kind: 'there' };
    }
  }

  /** Until `count` more instructions have retired. @returns those that did */
  step(count: number): { readonly stop: Stop; readonly retired: readonly number[] } {
    const retired: number[] = [];
    const stop = this.go(
      Number.POSITIVE_INFINITY,
      () => retired.length >= count,
      (insn) => retired.push(insn),
    );
    return { stop, retired };
  }

  /** To the end of a cycle, which is after `now`. */
  runTo(cycle: number): Stop {
    return this.go(
      cycle,
      () => false,
      () => {},
    );
  }

  continue(): Stop {
    return this.runTo(Number.POSITIVE_INFINITY);
  }
}
