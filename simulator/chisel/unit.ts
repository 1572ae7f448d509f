import { NEVER } from './parameters.js';
import { CommandQueue } from './queue.js';

/** One of the three units: idle, or at one instruction, which stays the head of its queue until it is done. */
export class Unit {
  readonly queue = new CommandQueue();
  /** First cycle in which the next instruction can start. */
  idleFrom = 0;
  isBusy = false;
  /** Cycle in which the current instruction is done; {@link NEVER} where that is not known yet. */
  doneAt = NEVER;
  /** Of the current instruction. */
  hash = 0;

  start(doneAt: number, hash: number): void {
    this.isBusy = true;
    this.doneAt = doneAt;
    this.hash = hash;
  }

  finish(): void {
    this.isBusy = false;
    this.idleFrom = this.doneAt + 1;
    this.doneAt = NEVER;
    this.queue.remove();
  }
}
