import { MAX_TOKENS } from './parameters.js';

/** Channels by number, in the order of the token table of the ISA. */
export const CHANNELS = ['l2c', 'c2l', 'c2s', 's2c'] as const;

/** The four token counters. A token pushed in a cycle is seen in the next; one that is pushed while the counter is full is lost. */
export class TokenCounters {
  private readonly counts: number[];
  private readonly pushed: (number | null)[] = [null, null, null, null];

  /** @param onLost called with the instruction whose token is lost, and the channel */
  constructor(
    initial: readonly number[],
    private readonly onLost: (insn: number, channel: number) => void,
  ) {
    this.counts = [...initial];
  }

  has(channels: readonly number[]): boolean {
    return channels.every((c) => this.counts[c] > 0);
  }
  pop(channels: readonly number[]): void {
    for (const c of channels) this.counts[c]--;
  }
  push(channels: readonly number[], insn: number): void {
    for (const c of channels) this.pushed[c] = insn;
  }

  /** Ends a cycle, in which all units have popped and pushed. */
  commit(): void {
    for (let c = 0; c < this.pushed.length; c++) {
      const insn = this.pushed[c];
      if (insn === null) continue;
      this.pushed[c] = null;
      if (this.counts[c] === MAX_TOKENS) this.onLost(insn, c);
      else this.counts[c]++;
    }
  }
}
