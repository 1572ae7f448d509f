import type { Decoded } from '../values/decode.js';
import type { Recorder } from '../cycle/recorder.js';
import { Fetch } from './fetch.js';
import { Loader, NARROW, WIDE } from './loader.js';
import { NEVER, PIPELINE_CYCLES } from './parameters.js';
import { type ChiselInsn, COMPUTE_UNIT, LOAD_UNIT } from './program.js';
import { ReadEngine } from './read-engine.js';
import { storeTimes } from './store.js';
import { TokenCounters } from './tokens.js';
import { Unit } from './unit.js';

/** What the machine tells and asks outside. */
export interface Outside {
  /** Executes an instruction, in the cycle in which it starts. @returns its write hash */
  readonly execute: (insn: ChiselInsn) => number;
  readonly onRetire: ((insn: ChiselInsn, cycle: number, hash: number) => void) | null;
  /** A token was lost because its counter was full. */
  readonly onLostToken: (insn: ChiselInsn, channel: number) => void;
  readonly recorder: Recorder | null;
}

/** Numbers of compute, load and store in BURST_CLIENTS (isa/arch/trace.ts). */
const BURSTS = { fetch: 0, compute: 1, load: 2 } as const;

/** Cycles in which GEMM or ALU take operands: an ALU instruction with a register operand reads twice. */
function operandCycles(d: Decoded): number {
  if (d.kind === 'gemm') return d.steps;
  return d.kind === 'alu' ? d.steps * (d.insn.use_imm ? 1 : 2) : 0;
}

/**
 * One launch of the published core, from cycle 0: the first cycle in which the launch bit reads 1. Units tell each other everything through
 * registers: what happens in a cycle is seen in the next.
 */
export class Machine {
  /** The cycle register: the cycle in which FINISH executed. */
  cycles = -1;
  readonly units: readonly Unit[] = [new Unit(), new Unit(), new Unit()];
  readonly fetch: Fetch;
  private readonly tokens: TokenCounters;
  private readonly read: ReadEngine;
  private readonly loaders: Readonly<Record<'UOP' | 'INP' | 'WGT' | 'ACC', Loader>>;
  private left: number;

  constructor(
    latency: number,
    readonly insns: readonly ChiselInsn[],
    tokens: readonly number[],
    private readonly outside: Outside,
  ) {
    this.left = insns.length;
    this.tokens = new TokenCounters(tokens, (insn, channel) => outside.onLostToken(insns[insn], channel));
    const { recorder } = outside;
    this.fetch = new Fetch(
      insns.map((insn) => this.units[insn.unit].queue),
      this.recordReads(BURSTS.fetch),
      (insn, seenFrom) => {
        if (recorder !== null) recorder.insns.queued[insn] = seenFrom;
      },
    );
    const loader = (kind: typeof NARROW, unit: number, client: number): Loader =>
      new Loader(kind, this.recordReads(client), (first, last, done) => this.loaded(unit, first, last, done));
    this.loaders = {
      UOP: loader(WIDE, COMPUTE_UNIT, BURSTS.compute),
      INP: loader(NARROW, LOAD_UNIT, BURSTS.load),
      WGT: loader(NARROW, LOAD_UNIT, BURSTS.load),
      ACC: loader(NARROW, COMPUTE_UNIT, BURSTS.compute),
    };
    const { UOP, INP, WGT, ACC } = this.loaders;
    this.read = new ReadEngine(latency, [this.fetch, UOP, INP, WGT, ACC]);
  }

  private recordReads(client: number): (beats: number, handshake: number, first: number, last: number) => void {
    return (beats, handshake, first, last) => this.outside.recorder?.read(client, beats, handshake, first, last);
  }

  /**
   * Runs until every instruction is done, visiting only cycles in which something happens.
   * @returns whether they all are; if not, nothing can ever happen again
   */
  run(): boolean {
    const { units, read, fetch, tokens } = this;
    let t = -1;
    while (this.left > 0) {
      const readAt = read.at();
      const next = Math.min(readAt, fetch.at, this.unitAt(units[0]), this.unitAt(units[1]), this.unitAt(units[2]));
      if (next === NEVER) return false;
      // What became possible by this cycle is seen in the next.
      t = Math.max(t + 1, next);
      if (readAt <= t) read.step(t);
      if (fetch.at <= t) fetch.step(t);
      for (const unit of units) {
        if (unit.doneAt === t) this.finish(unit, t);
        else if (!unit.isBusy && this.unitAt(unit) <= t) this.start(unit, t);
      }
      tokens.commit();
    }
    return true;
  }

  /** The next cycle in which a unit starts or ends an instruction, as far as known. */
  private unitAt(unit: Unit): number {
    if (unit.isBusy) return unit.doneAt;
    const at = Math.max(unit.idleFrom, unit.queue.headAt());
    return at === NEVER || !this.tokens.has(this.insns[unit.queue.head()].pops) ? NEVER : at;
  }

  private start(unit: Unit, s: number): void {
    const insn = this.insns[unit.queue.head()];
    this.tokens.pop(insn.pops);
    const { recorder } = this.outside;
    if (recorder !== null) recorder.insns.accepted[insn.decoded.index] = s;
    unit.start(this.begin(insn.decoded, s), this.outside.execute(insn));
  }

  /** @returns the cycle in which the instruction is done; {@link NEVER} if a loader will tell */
  private begin(d: Decoded, s: number): number {
    switch (d.kind) {
      case 'load':
        this.loaders[d.memory === 'ACC_8BIT' ? 'ACC' : d.memory].begin(d, s);
        return NEVER;
      case 'gemm':
      case 'alu': {
        const cycles = operandCycles(d);
        this.works(d.index, s + 2, s + 1 + cycles);
        return s + cycles + PIPELINE_CYCLES - 1;
      }
      case 'store': {
        const times = storeTimes(d, s, (beats, handshake, first, last) => this.outside.recorder?.write(beats, handshake, first, last));
        this.works(d.index, times.first, times.last);
        return times.done;
      }
      default:
        return s + 1;
    }
  }

  /** A loader knows the end of its instruction, the head of the unit's queue. */
  private loaded(unit: number, first: number, last: number, done: number): void {
    const { queue } = this.units[unit];
    this.works(queue.head(), first, last);
    this.units[unit].doneAt = done;
  }

  private works(insn: number, first: number, last: number): void {
    this.outside.recorder?.works(insn, first);
    this.outside.recorder?.works(insn, last);
  }

  private finish(unit: Unit, t: number): void {
    const index = unit.queue.head();
    const insn = this.insns[index];
    unit.finish();
    this.left--;
    this.fetch.removed(unit.queue, t);
    this.tokens.push(insn.pushes, index);
    if (insn.decoded.kind === 'finish') this.cycles = t;
    const { recorder, onRetire } = this.outside;
    if (recorder !== null) recorder.insns.retired[index] = t;
    onRetire?.(insn, t, unit.hash);
  }
}
