import type { DecodedStore } from '../../values/decode.js';

const BEAT = 8;
const BURST = 128;

/** The store path, register by register: the state machines of the store unit, of the memory engine's write half and of the memory. */
export class SteppedStore {
  private unit: 'idle' | 'command' | 'data' | 'read' | 'ack' = 'idle';
  private engine: 'idle' | 'address' | 'data' | 'response' = 'idle';
  private memory: 'idle' | 'address' | 'data' | 'response' = 'idle';
  /** Beats of the bursts that are left, the current one first. */
  private bursts: number[] = [];
  private sent = 0;
  private ofElement = 0;
  private perElement = 2;

  /** The response of the last burst comes in this cycle. */
  get isDone(): boolean {
    return this.unit === 'ack' && this.engine === 'response' && this.memory === 'response' && this.bursts.length === 1;
  }

  step(start: DecodedStore | null): void {
    const { unit, engine, memory } = this;
    const moves = unit === 'data' && engine === 'data' && memory === 'data';
    const isLast = moves && this.sent === this.bursts[0] - 1;
    const answered = engine === 'response' && memory === 'response';
    if (unit === 'idle' && start !== null) this.begin(start);
    else if (unit === 'command' && engine === 'idle') this.unit = 'data';
    else if (moves) this.move(isLast);
    else if (unit === 'read') this.unit = 'data';
    else if (unit === 'ack' && answered) {
      this.bursts.shift();
      this.unit = this.bursts.length > 0 ? 'command' : 'idle';
    }
    if (engine === 'idle' && unit === 'command') this.engine = 'address';
    else if (engine === 'address' && memory === 'address') this.engine = 'data';
    else if (isLast) this.engine = 'response';
    else if (answered) this.engine = 'idle';
    if (memory === 'idle' && engine === 'address') this.memory = 'address';
    else if (memory === 'address' && engine === 'address') this.memory = 'data';
    else if (isLast) this.memory = 'response';
    else if (answered) this.memory = 'idle';
  }

  private move(isLast: boolean): void {
    this.sent++;
    this.ofElement = (this.ofElement + 1) % this.perElement;
    if (isLast) {
      this.unit = 'ack';
      this.sent = 0;
      this.ofElement = 0;
    } else if (this.ofElement === 0) this.unit = 'read';
  }

  private begin(d: DecodedStore): void {
    this.perElement = d.elementBytes / BEAT;
    this.bursts = [];
    for (let row = 0; row < d.insn.y_size; row++) {
      const first = d.address + row * d.rowStride;
      const end = first + d.insn.x_size * d.elementBytes;
      for (let at = first; at < end; at += BEAT) {
        if (at === first || at % BURST === 0) this.bursts.push(0);
        this.bursts[this.bursts.length - 1]++;
      }
    }
    this.unit = 'command';
  }
}
