import { type BurstTimes, type InsnTimes, NO_CYCLE, type Trace } from '#isa/arch/trace';

/** Numbers kept per burst: client, beats, handshake, first and last transfer. */
const FIELDS = 5;
const HANDSHAKE = 2;
/** Number of the store unit in BURST_CLIENTS; read clients come before it. */
const STORE_CLIENT = 3;

/** Writes down a launch for {@link Trace}. Machines tell it what happens when they know it, which may be ahead of time. */
export class Recorder {
  readonly insns: InsnTimes;
  /** Reads and writes, each in the order of their handshakes. */
  private readonly reads: number[] = [];
  private readonly writes: number[] = [];

  constructor(insnCount: number) {
    const column = () => new Int32Array(insnCount).fill(NO_CYCLE);
    this.insns = { queued: column(), accepted: column(), started: column(), finished: column(), retired: column() };
  }

  /** An instruction works in cycle t, and perhaps did before. */
  works(insn: number, t: number): void {
    const { started, finished } = this.insns;
    if (started[insn] === NO_CYCLE) started[insn] = t;
    finished[insn] = t;
  }
  /** A burst of a read client, in the order of AR handshakes. */
  read(client: number, beats: number, handshake: number, first: number, last: number): void {
    this.reads.push(client, beats, handshake, first, last);
  }
  /** A burst of the store unit, in the order of AW handshakes. */
  write(beats: number, handshake: number, first: number, last: number): void {
    this.writes.push(STORE_CLIENT, beats, handshake, first, last);
  }

  trace(cycles: number): Trace {
    return { cycles, insns: this.insns, bursts: merged(this.reads, this.writes) };
  }
}

/** Both lists by handshake, a read first where both fall in one cycle. */
function merged(reads: readonly number[], writes: readonly number[]): BurstTimes {
  const count = (reads.length + writes.length) / FIELDS;
  const column = () => new Int32Array(count);
  const out = { count, client: new Uint8Array(count), beats: new Uint16Array(count), handshake: column(), first: column(), last: column() };
  let r = 0;
  let w = 0;
  for (let n = 0; n < count; n++) {
    const fromReads = w === writes.length || (r < reads.length && reads[r + HANDSHAKE] <= writes[w + HANDSHAKE]);
    const list = fromReads ? reads : writes;
    const at = fromReads ? r : w;
    [out.client[n], out.beats[n], out.handshake[n], out.first[n], out.last[n]] = list.slice(at, at + FIELDS);
    if (fromReads) r += FIELDS;
    else w += FIELDS;
  }
  return out;
}
