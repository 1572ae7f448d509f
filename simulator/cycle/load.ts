import { NEVER } from './entry.js';
import { Loader } from './loader.js';
import type { Machine } from './machine.js';
import { LOAD_UNIT, NEXT, type TimingInsn } from './program.js';
import type { StateWalk } from './state-walk.js';
import { C2L } from './tokens.js';

function neverAcc(): never {
  throw new Error('internal error: the load unit does not write ACC');
}

/** timing.md, Load unit: INP, WGT and PAD_VALUE. */
export class LoadUnit extends Loader {
  /** Next cycle in which something can change. */
  at = NEVER;
  private retired = 0;

  constructor(machine: Machine, placeholder: TimingInsn) {
    super(machine, 2, placeholder);
  }

  protected clearAt(): number {
    return 0;
  }
  protected finished(_: number, w: number): void {
    this.machine.fetch.wake(w + 1);
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
      this.machine.retire(this.insns[slot], t);
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

  /** A cycle before which this unit does nothing that another one but those of the read engine notices. */
  effectAt(): number {
    const { fetch } = this.machine;
    if (fetch.resting || fetch.blockedBy === LOAD_UNIT || !this.streaming()) return this.at;
    return Math.min(this.retireAt() + 1, this.lastStepFrom());
  }

  private retireAt(): number {
    return this.retired < this.walked ? this.lastStepOf(this.retired) + 1 : NEVER;
  }

  /** Command engine and walker in cycle t, and in later ones as long as nobody else can do anything before. */
  private stream(t: number): void {
    this.command(t);
    this.walk(t);
    let next = this.commandAt();
    if (next === NEVER) return;
    const others = this.machine.othersThanLoad();
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
    const { machine } = this;
    const queue = machine.queues[LOAD_UNIT];
    const ready = Math.max(queue.headAt(), this.canAcceptAt());
    if (ready > t) return ready;
    const insn = machine.insns[queue.head()];
    if (insn.pops & NEXT) {
      const seen = machine.tokens.seenAt(C2L, t);
      if (seen > t) return seen;
      machine.tokens.pop(C2L);
    }
    machine.take(LOAD_UNIT, t);
    this.accept(insn, t);
    machine.execute(insn);
    this.walk(t);
    return t + 1;
  }
}
