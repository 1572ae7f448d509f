import type { Entry } from '../entry.js';
import { GEMM_WRITE } from '../parameters.js';
import { GEMM, LOAD, NEXT, PREV } from '../program.js';
import { Register } from './register.js';

/** timing.md, Promises, cycle by cycle: two pointers over the entries of compute in program order. */
export class PlainPromises {
  /** Position in the program of the newest instruction that has pushed a c2s token. */
  readonly guard = new Register(-1);
  private readonly toLoad: Entry[] = [];
  private readonly toStore: Entry[] = [];

  constructor(
    private readonly c2l: Register<number>,
    private readonly c2s: Register<number>,
  ) {}

  put(entry: Entry): void {
    this.toLoad.push(entry);
    this.toStore.push(entry);
  }

  tick(t: number): void {
    const load = this.toLoad[0];
    if (load !== undefined && load.visibleAt <= t && (load.insn.kind !== GEMM || load.insn.resets || load.doneAt - GEMM_WRITE <= t)) {
      this.toLoad.shift();
      if (load.insn.pushes & PREV) this.c2l.next++;
    }
    const store = this.toStore[0];
    if (store !== undefined && store.visibleAt <= t && (store.insn.kind !== LOAD || store.doneAt <= t)) {
      this.toStore.shift();
      if ((store.insn.pushes & NEXT) === 0) return;
      this.c2s.next++;
      this.guard.next = store.insn.index;
    }
  }

  commit(): void {
    this.guard.commit();
  }
}
