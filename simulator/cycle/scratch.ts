import { Entry } from './entry.js';
import { SEGMENTS, Segment } from './gemm.js';
import { ROB_DEPTH } from './parameters.js';
import { COMPUTE_UNIT, LOAD_UNIT, STORE_UNIT, type TimingInsn } from './program.js';
import { QueueSlots } from './queue.js';
import { ClientTimes } from './read-client.js';

/**
 * Memory that a launch uses and leaves behind: making it anew costs more than a short program takes. Launches of one device follow each other and
 * can share it, since nothing in it is read that the same launch has not written.
 */
export class Scratch {
  readonly queues: readonly QueueSlots[];
  readonly clients: readonly ClientTimes[];
  readonly entries: readonly Entry[];
  readonly segments: readonly Segment[];

  /** @param placeholder any instruction */
  constructor(placeholder: TimingInsn) {
    this.queues = [LOAD_UNIT, COMPUTE_UNIT, STORE_UNIT].map(() => new QueueSlots());
    this.clients = [0, 1, 2].map(() => new ClientTimes());
    this.entries = Array.from({ length: ROB_DEPTH }, () => new Entry(placeholder));
    this.segments = Array.from({ length: SEGMENTS }, () => new Segment());
  }
}
