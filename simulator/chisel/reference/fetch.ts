const BATCH = 8;

/** Fetch, register by register. */
export class SteppedFetch {
  private state: 'idle' | 'command' | 'read' | 'drain' = 'command';
  private next = 0;
  private beats = 0;
  private held = 0;

  constructor(private readonly insns: number) {}

  private get batch(): number {
    return Math.min(BATCH, this.insns - this.next);
  }
  get wants(): number {
    return this.state === 'command' ? 2 * this.batch : 0;
  }
  /** The instruction that it offers to its queue in this cycle, or -1. */
  get offers(): number {
    return this.state === 'drain' && this.held > 0 ? this.next : -1;
  }

  step(isFree: boolean, data: boolean, isTaken: boolean): void {
    if (this.state === 'command' && isFree) {
      this.state = 'read';
      this.beats = 0;
    } else if (this.state === 'read' && data) {
      this.beats++;
      if (this.beats === 2 * this.batch) {
        this.held = this.batch;
        this.state = 'drain';
      }
    } else if (this.state === 'drain' && this.held === 0) this.state = this.next < this.insns ? 'command' : 'idle';
    else if (isTaken) {
      this.held--;
      this.next++;
    }
  }
}
