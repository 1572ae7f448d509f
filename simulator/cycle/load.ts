import { NEVER } from './time.js';
import { Loader } from './loader.js';
import type { Horizon } from './horizon.js';
import type { CommandPorts, ReadPorts } from './ports.js';
import { LOAD_UNIT, NEXT, type TimingInsn } from './program.js';
import type { StateWalk } from './state-walk.js';
import { C2L } from './tokens.js';

function neverAcc(): never {
  throw new Error('internal error: the load unit does not write ACC');
}

/** What the load unit asks of its surroundings. */
export interface LoadPorts extends CommandPorts, ReadPorts {
  readonly horizon: Horizon;
  wakeFetch(t: number): void;
  /** Does fetch rest, or wait for room in the queue of `unit`? */
  fetchWaitsFor(unit: number): boolean;
}

/** timing.md, Load unit: INP, WGT and PAD_VALUE. */
export class LoadUnit extends Loader {
  /** Next cycle in which something can change. */
  at = NEVER;
  private retired = 0;

  constructor(
    protected override readonly ports: LoadPorts,
    placeholder: TimingInsn,
  ) {
    super(ports, 2, placeholder);
  }

  protected clearAt(): number {
    return 0;
  }
  protected finished(_: number, w: number): void {
    this.ports.wakeFetch(w + 1);
  }
  protected freeUntil(): number {
    return NEVER;
  }
  protected walkAcc(): boolean {
    return neverAcc();
  }
  protected tookAcc(): void {
    neverAcc();
  }

  step(t: number): void {
    this.stream(t);
    // An instruction whose last step is in cycle w retires in w+1.
    if (this.retireAt() <= t) {
      const slot = this.slotOf(this.retired++);
      this.ports.retire(this.insns[slot], t);
    }
    const acceptAt = this.tryAccept(t);
    this.at = Math.min(this.commandAt(), acceptAt, this.retireAt());
  }

  override visit(w: StateWalk): void {
    this.at = w.cycle(this.at);
    w.plain(this.walked - this.retired);
    super.visit(w);
  }
  protected oldestHeld(): number {
    return this.retired;
  }

  /** A cycle before which this unit does nothing that another unit than the read engine notices. */
  effectAt(): number {
    if (this.ports.fetchWaitsFor(LOAD_UNIT) || !this.streaming()) return this.at;
    return Math.min(this.retireAt() + 1, this.lastStepFrom());
  }

  private retireAt(): number {
    return this.retired < this.walked ? this.lastStepOf(this.retired) + 1 : NEVER;
  }

  /** Command engine and walker in cycle t, and in later ones up to the horizon. */
  private stream(t: number): void {
    this.command(t);
    this.walk(t);
    let next = this.commandAt();
    if (next === NEVER) return;
    const others = this.ports.horizon.ofLoad();
    this.train(Math.min(others, this.retireAt()));
    this.walk(t);
    next = this.commandAt();
    while (next < others && next < this.retireAt()) {
      this.command(next);
      this.walk(next);
      next = this.commandAt();
    }
  }

  private tryAccept(t: number): number {
    const { ports } = this;
    const queue = ports.queues[LOAD_UNIT];
    const ready = Math.max(queue.headAt(), this.canAcceptAt());
    if (ready > t) return ready;
    const insn = ports.insns[queue.head()];
    if (insn.pops & NEXT) {
      const seen = ports.tokens.seenAt(C2L, t);
      if (seen > t) return seen;
      ports.tokens.pop(C2L);
    }
    ports.take(LOAD_UNIT, t);
    this.accept(insn, t);
    ports.execute(insn);
    this.walk(t);
    return t + 1;
  }
}
