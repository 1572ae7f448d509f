import { TIMING } from '#isa/spec/timing';
import type { Entry } from './entry.js';
import { Register } from './register.js';

/** timing.md, Promises, cycle by cycle: two pointers over the entries of compute in program order. */
export class Promises {
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
    if (load !== undefined && load.visibleAt <= t && this.hasReadOperands(load, t)) {
      this.toLoad.shift();
      if (load.insn.pushesPrev) this.c2l.next++;
    }
    const store = this.toStore[0];
    if (store !== undefined && store.visibleAt <= t && (store.insn.kind !== 'load' || store.doneAt <= t)) {
      this.toStore.shift();
      if (!store.insn.pushesNext) return;
      this.c2s.next++;
      this.guard.next = store.insn.index;
    }
  }

  /** "if a gemm without reset, has issued its last step in an earlier cycle": done is `GemmWrite` + 1 after that step. */
  private hasReadOperands({ insn, doneAt }: Entry, t: number): boolean {
    if (insn.kind !== 'gemm' || insn.resets) return true;
    const lastIssue = doneAt - TIMING.GemmWrite - 1;
    return lastIssue < t;
  }

  commit(): void {
    this.guard.commit();
  }
}
