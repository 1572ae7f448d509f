import { AXI_CHANNELS, type MemorySettings, stalls } from '#isa/arch/memory';
import { TIMING } from '#isa/spec/timing';
import type { Recording } from './recording.js';
import { Register, RegisteredQueue } from './register.js';

interface ReadBurst {
  readonly client: number;
  readonly beats: number;
  readonly handshake: number;
  first: number;
  left: number;
  /** Cycle of the next beat's offer; -1 while an earlier burst is served. */
  offer: number;
}

/** A client's request register, and its buffer's visible beats. */
export class ReadClient {
  readonly request = new Register(0);
  readonly beats = new Register(0);
}

/** timing.md, Memory and Read engine, cycle by cycle. */
export class ReadEngine {
  readonly clients = [new ReadClient(), new ReadClient(), new ReadClient()];
  private readonly ar = new Register<{ client: number; beats: number } | null>(null);
  private readonly outstanding = new Register(0);
  private readonly bursts: ReadBurst[] = [];
  private lastTransfer = -Infinity;

  constructor(
    private readonly memory: MemorySettings,
    private readonly recording: Recording | null,
  ) {}

  /** @returns the client granted in this cycle, or -1 */
  tick(t: number): number {
    const handshaken = this.ar.now !== null && !stalls(this.memory, AXI_CHANNELS.AR, t);
    if (handshaken) this.accept(t, this.ar.now!.client, this.ar.now!.beats);
    this.transfer(t);
    if (handshaken) this.ar.next = null;
    const free = this.ar.now === null || handshaken;
    if (!free || this.outstanding.now >= TIMING.ReadBursts) return -1;
    const client = this.clients.findIndex((c) => c.request.now > 0);
    if (client < 0) return -1;
    this.ar.next = { client, beats: this.clients[client].request.now };
    this.clients[client].request.next = 0;
    this.outstanding.next++;
    return client;
  }

  private accept(t: number, client: number, beats: number): void {
    const busy = this.bursts.length > 0;
    const offer = busy ? -1 : Math.max(t + this.memory.latency, this.lastTransfer + this.memory.interval);
    this.bursts.push({ client, beats, handshake: t, first: -1, left: beats, offer });
  }

  private transfer(t: number): void {
    const head = this.bursts[0];
    if (head === undefined || head.offer > t || stalls(this.memory, AXI_CHANNELS.R, t)) return;
    this.clients[head.client].beats.next++;
    if (head.left === head.beats) head.first = t;
    head.left--;
    head.offer = t + this.memory.interval;
    if (head.left > 0) return;
    this.bursts.shift();
    this.recording?.read(head.client, head.beats, head.handshake, head.first, t);
    this.outstanding.next--;
    this.lastTransfer = t;
    if (this.bursts.length > 0) this.bursts[0].offer = t + this.memory.interval;
  }

  commit(): void {
    for (const c of this.clients) {
      c.request.commit();
      c.beats.commit();
    }
    this.ar.commit();
    this.outstanding.commit();
  }
}

interface WriteBurst {
  readonly insn: number;
  readonly beats: number;
  handshake: number;
  first: number;
  left: number;
}

/** The write half: AW register, store data engine, W buffer and B responses. */
export class WriteEngine {
  private readonly aw = new Register<WriteBurst | null>(null);
  private readonly engine = new RegisteredQueue<WriteBurst>();
  private readonly buffer = new RegisteredQueue<{ burst: WriteBurst; from: number; last: boolean }>();
  private readonly responses: number[] = [];
  private lastW = -Infinity;
  private lastB = -Infinity;
  /** Bursts put into AW whose last beat is not read; B transfers so far. */
  readonly waiting = new Register(0);
  readonly responded = new Register(0);

  constructor(
    private readonly memory: MemorySettings,
    private readonly recording: Recording | null,
  ) {}

  /** May a burst be put into the AW register in this cycle? Call after {@link tick}. */
  awFree = false;
  put(insn: number, beats: number): void {
    this.aw.next = { insn, beats, handshake: -1, first: -1, left: beats };
    this.waiting.next++;
  }

  tick(t: number): void {
    const { memory } = this;
    const addressed = this.aw.now !== null && !stalls(memory, AXI_CHANNELS.AW, t) ? this.aw.now : null;
    this.awFree = this.aw.now === null || addressed !== null;
    if (addressed !== null) {
      addressed.handshake = t;
      this.recording?.step(addressed.insn, t);
      this.engine.put(addressed, t);
      this.aw.next = null;
    }
    this.read(t);
    const beat = this.buffer.head(t);
    if (beat !== undefined && beat.from <= t && t >= this.lastW + memory.interval && !stalls(memory, AXI_CHANNELS.W, t)) {
      this.buffer.take();
      this.lastW = t;
      this.transferred(beat.burst, beat.last, t);
    }
    if (this.responses.length > 0 && this.responses[0] <= t && t > this.lastB && !stalls(memory, AXI_CHANNELS.B, t)) {
      this.responses.shift();
      this.lastB = t;
      this.responded.next++;
    }
  }

  private transferred(burst: WriteBurst, last: boolean, t: number): void {
    if (burst.first < 0) burst.first = t;
    this.recording?.step(burst.insn, t);
    if (!last) return;
    this.recording?.write(burst.beats, burst.handshake, burst.first, t);
    this.responses.push(t + 1);
  }

  private read(t: number): void {
    const burst = this.engine.head(t);
    if (burst === undefined || this.buffer.size.now >= TIMING.StoreBeats) return;
    burst.left--;
    this.buffer.put({ burst, from: t + 2, last: burst.left === 0 }, t);
    if (burst.left > 0) return;
    this.engine.take();
    this.waiting.next--;
  }

  commit(): void {
    for (const r of [this.aw, this.waiting, this.responded, this.engine.size, this.buffer.size]) r.commit();
  }
}
