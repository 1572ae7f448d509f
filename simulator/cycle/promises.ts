import { NEVER } from './time.js';
import { GEMM_WRITE } from './parameters.js';
import type { WakePorts } from './ports.js';
import { GEMM, LOAD, LOAD_UNIT, NEXT, PREV, STORE_UNIT } from './program.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';
import type { StoreGuard } from './store-guard.js';
import { C2L, C2S, type TokenCounters } from './tokens.js';

/** What promises ask of their surroundings. */
export interface PromisePorts extends Pick<WakePorts, 'wake'> {
  readonly tokens: TokenCounters;
}

/** timing.md, Promises: the two pointers go ahead of time as far as is known when entries are visible and done. */
export class Promises {
  private loadNext = 0;
  private loadPassed = -1;
  private storeNext = 0;
  private storePassed = -1;

  constructor(
    private readonly ports: PromisePorts,
    private readonly rob: Rob,
    private readonly guard: StoreGuard,
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
    const { rob, ports } = this;
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
      ports.tokens.push(C2L, t);
      ports.wake(LOAD_UNIT, t + 1);
    }
  }

  private toStore(): void {
    const { rob, ports } = this;
    while (this.storeNext < rob.tail) {
      const { insn, visibleAt, doneAt } = rob.at(this.storeNext);
      const ready = insn.kind === LOAD && doneAt > visibleAt ? doneAt : visibleAt;
      if (ready === NEVER) return;
      const t = ready > this.storePassed ? ready : this.storePassed + 1;
      this.storePassed = t;
      const sequence = this.storeNext++;
      if ((insn.pushes & NEXT) === 0) continue;
      this.guard.pushed(sequence, t + 1);
      ports.tokens.push(C2S, t);
      ports.wake(STORE_UNIT, t + 1);
    }
  }
}
