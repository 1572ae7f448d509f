/** The memory engine of the core and the memory of its simulation, register by register. One `step` is one cycle. */

/** A burst in a queue. */
interface Command {
  readonly beats: number;
  readonly client: number;
}

const SLOTS = 16;

/** The memory: requests in a queue, a delay counter that starts again when the queue is empty, a beat per cycle. */
class Memory {
  /** R in this cycle: the client that a beat is for, or -1; and whether it is the last of its burst. */
  beatFor = -1;
  get isLast(): boolean {
    return this.beatFor >= 0 && this.length === 0;
  }
  private readonly queue: Command[] = [];
  private counter = 0;
  private reading = false;
  /** Beats of the burst after the one on R. */
  private length = 0;
  /** What the device still sends, and for whom. */
  private toSend = 0;
  private sender = -1;

  constructor(private readonly delay: number) {}

  step(request: Command | null): void {
    const head = this.queue.at(0);
    const isDelayOver = this.counter === this.delay;
    const takes = head !== undefined && !this.reading && isDelayOver;
    const { length, reading } = this;
    if (takes) {
      this.length = head.beats - 1;
      this.reading = head.beats > 1;
      this.toSend = head.beats;
      this.sender = head.client;
      this.queue.shift();
    } else if (reading && this.beatFor >= 0) {
      if (length !== 0) this.length = length - 1;
      if (length === 1) this.reading = false;
    }
    if (head === undefined) this.counter = 0;
    else if (!isDelayOver) this.counter++;
    this.beatFor = this.toSend > 0 ? this.sender : -1;
    if (this.toSend > 0) this.toSend--;
    if (request !== null) this.queue.push(request);
  }
}

/** The read half of the memory engine: a command register per client, in order of priority. */
export class SteppedReadEngine {
  /** Does a client's register take a command in this cycle? */
  readonly isFree: boolean[];
  /** The client that sees a beat in this cycle, or -1. */
  dataFor = -1;
  private readonly commands: (number | null)[];
  private slots = SLOTS;
  private readonly memory: Memory;

  constructor(latency: number, clients: number) {
    this.memory = new Memory(latency - 2);
    this.commands = new Array(clients).fill(null);
    this.isFree = new Array(clients).fill(true);
  }

  /** @param put beats of the command that each client gives in this cycle, 0 where none */
  step(put: readonly number[]): void {
    const { memory, commands } = this;
    const client = commands.findIndex((c) => c !== null);
    const grants = client >= 0 && this.slots > 0 && !memory.isLast;
    const request = grants ? { beats: commands[client]!, client } : null;
    this.dataFor = memory.beatFor;
    if (memory.isLast) this.slots++;
    else if (grants) this.slots--;
    memory.step(request);
    if (grants) commands[client] = null;
    put.forEach((beats, c) => {
      if (beats > 0) commands[c] = beats;
    });
    commands.forEach((c, n) => {
      this.isFree[n] = c === null;
    });
  }
}
