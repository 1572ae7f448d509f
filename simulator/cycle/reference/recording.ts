import { BURST_CLIENTS, type BurstTimes, type InsnTimes, NO_CYCLE, type Trace } from '#isa/arch/trace';

/** One burst: the number of its client in BURST_CLIENTS, its beats, and the cycles of timing.md, Trace. */
interface Burst {
  readonly client: number;
  readonly beats: number;
  readonly handshake: number;
  readonly first: number;
  readonly last: number;
}

/** timing.md, Trace: what is written down of a launch. */
export class Recording {
  readonly insns: InsnTimes;
  private readonly reads: Burst[] = [];
  private readonly writes: Burst[] = [];

  constructor(insnCount: number) {
    const column = () => new Int32Array(insnCount).fill(NO_CYCLE);
    this.insns = { queued: column(), accepted: column(), started: column(), finished: column(), retired: column() };
  }

  /** An instruction takes a step in cycle t: the first one is *started*, the last one *finished*. */
  step(insn: number, t: number): void {
    if (this.insns.started[insn] === NO_CYCLE) this.insns.started[insn] = t;
    this.insns.finished[insn] = t;
  }
  read(client: number, beats: number, handshake: number, first: number, last: number): void {
    this.reads.push({ client, beats, handshake, first, last });
  }
  write(beats: number, handshake: number, first: number, last: number): void {
    this.writes.push({ client: BURST_CLIENTS.indexOf('store'), beats, handshake, first, last });
  }

  /** "Bursts are listed by handshake, a read before a write of the same cycle." */
  trace(cycles: number): Trace {
    const all = [...this.reads, ...this.writes].sort((a, b) => a.handshake - b.handshake);
    const column = (value: (b: Burst) => number) => Int32Array.from(all, value);
    const bursts: BurstTimes = {
      count: all.length,
      client: Uint8Array.from(all, (b) => b.client),
      beats: Uint16Array.from(all, (b) => b.beats),
      handshake: column((b) => b.handshake),
      first: column((b) => b.first),
      last: column((b) => b.last),
    };
    return { cycles, insns: this.insns, bursts };
  }
}
