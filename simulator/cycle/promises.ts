import { NEVER } from './entry.js';
import type { Machine } from './machine.js';
import { GEMM_WRITE } from './parameters.js';
import { GEMM, LOAD, NEXT, PREV } from './program.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';
import { C2L, C2S } from './tokens.js';

/** timing.md, Promises: the two pointers go ahead of time as far as is known when entries are visible and done. */
export class Promises {
  private loadNext = 0;
  private loadPassed = -1;
  private storeNext = 0;
  private storePassed = -1;

  constructor(
    private readonly machine: Machine,
    private readonly rob: Rob,
  ) {}

  /** To be called when an entry is issued, and when it is known when one is done. */
  advance(): void {
    this.toLoad();
    this.toStore();
  }

  visit(w: StateWalk): void {
    w.plain(this.loadNext - this.rob.head);
    w.plain(this.storeNext - this.rob.head);
    this.loadPassed = w.cycle(this.loadPassed);
    this.storePassed = w.cycle(this.storePassed);
  }

  private toLoad(): void {
    const { rob, machine } = this;
    while (this.loadNext < rob.tail) {
      const { insn, visibleAt, doneAt } = rob.at(this.loadNext);
      // The cycle after the last micro-op issued.
      const read = doneAt - GEMM_WRITE;
      const ready = insn.kind === GEMM && !insn.resets && read > visibleAt ? read : visibleAt;
      if (ready === NEVER) return;
      const t = ready > this.loadPassed ? ready : this.loadPassed + 1;
      this.loadPassed = t;
      this.loadNext++;
      if ((insn.pushes & PREV) === 0) continue;
      machine.tokens.push(C2L, t);
      machine.load.at = Math.min(machine.load.at, t + 1);
    }
  }

  private toStore(): void {
    const { rob, machine } = this;
    while (this.storeNext < rob.tail) {
      const e = rob.at(this.storeNext);
      const { insn, visibleAt, doneAt } = e;
      const ready = insn.kind === LOAD && doneAt > visibleAt ? doneAt : visibleAt;
      if (ready === NEVER) return;
      const t = ready > this.storePassed ? ready : this.storePassed + 1;
      this.storePassed = t;
      const sequence = this.storeNext++;
      if ((insn.pushes & NEXT) === 0) continue;
      e.guardFrom = t + 1;
      rob.lastGuard = sequence;
      machine.tokens.push(C2S, t);
      machine.store.at = Math.min(machine.store.at, t + 1);
    }
  }
}
