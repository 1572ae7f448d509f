import { AXI_CHANNELS } from '#isa/arch/memory';
import { NEVER } from './entry.js';
import type { Machine } from './machine.js';
import { firstReady } from './memory.js';
import { beatsOf, burstEnd, STORE_BEATS, STORE_BURSTS, STORE_INSNS } from './parameters.js';
import { NOP, PREV, STORE_UNIT, type TimingInsn } from './program.js';
import { C2S } from './tokens.js';

const SLOTS = 16;
const MASK = SLOTS - 1;

/** timing.md, Store: nothing a store waits for depends on other units once it is accepted, so accepting decides everything. */
export class StoreUnit {
  /** Next cycle in which something can change. */
  at = NEVER;
  /** Beats transferred. */
  beats = 0;
  private accepted = 0;
  private retired = 0;
  private readonly insns: TimingInsn[];
  private readonly hashes = new Float64Array(SLOTS);
  private readonly retireAt = new Float64Array(SLOTS);
  private idleAt = 0;
  /** AW handshake of the newest burst; reading of the last beat of the newest bursts; W transfers of the newest beats. */
  private awFreeAt = 0;
  private readonly lastReads = new Float64Array(STORE_BURSTS).fill(-1);
  private bursts = 0;
  private readonly transfers = new Float64Array(STORE_BEATS).fill(-1);
  private lastRead = -1;
  private lastTransfer = -NEVER;
  private lastResponse = -1;

  constructor(
    private readonly machine: Machine,
    placeholder: TimingInsn,
  ) {
    this.insns = new Array(SLOTS).fill(placeholder);
  }

  step(t: number): void {
    if (this.retired < this.accepted && this.retireAt[this.retired & MASK] <= t) {
      const slot = this.retired++ & MASK;
      this.machine.retire(this.insns[slot], t, this.hashes[slot]);
    }
    const acceptAt = this.tryAccept(t);
    const retireAt = this.retired < this.accepted ? this.retireAt[this.retired & MASK] : NEVER;
    this.at = Math.min(acceptAt, retireAt);
  }

  private tryAccept(t: number): number {
    const { machine } = this;
    const queue = machine.queues[STORE_UNIT];
    const ready = Math.max(queue.headAt(), this.idleAt);
    if (ready > t) return ready;
    const insn = machine.insns[queue.head()];
    if (insn.pops & PREV) {
      const seen = machine.tokens.seenAt(C2S, t);
      if (seen > t) return seen;
      machine.tokens.pop(C2S);
    }
    machine.take(STORE_UNIT, t);
    const slot = this.accepted & MASK;
    this.insns[slot] = insn;
    this.hashes[slot] = machine.values.execute(insn);
    this.schedule(insn, t + 1, slot);
    this.accepted++;
    return this.idleAt;
  }

  /** Command engine, data engine and completion of an instruction active from cycle `from` on. */
  private schedule(insn: TimingInsn, from: number, slot: number): void {
    const { burstBytes } = this.machine.p;
    // The completion queue holds fewer than STORE_INSNS.
    const room = this.accepted < STORE_INSNS ? 0 : this.retireAt[(this.accepted - STORE_INSNS) & MASK] + 1;
    const { recorder } = this.machine;
    let e = from - 1;
    if (insn.kind === NOP) e = Math.max(from, room);
    for (let row = 0; row < insn.rows; row++) {
      const start = insn.address + row * insn.rowStride;
      const end = start + insn.rowBytes;
      for (let at = start; at < end; ) {
        const to = burstEnd(at, end, burstBytes);
        const last = to === end && row + 1 === insn.rows;
        e = Math.max(e + 1, this.awFreeAt, this.lastReads[this.bursts % STORE_BURSTS] + 1, last ? room : 0);
        this.burst(e, beatsOf(at, to, this.machine.p.beatBytes));
        if (recorder !== null && row === 0 && at === start) recorder.insns.started[insn.index] = this.awFreeAt;
        at = to;
      }
    }
    if (recorder !== null && insn.kind !== NOP) recorder.insns.finished[insn.index] = this.lastTransfer;
    this.idleAt = e + 1;
    const before = this.accepted === 0 ? -1 : this.retireAt[(this.accepted - 1) & MASK];
    this.retireAt[slot] = Math.max(e + 1, this.lastResponse + 1, before + 1);
  }

  /** A burst put into the AW register in cycle e. */
  private burst(e: number, beats: number): void {
    const { memory, interval } = this.machine.p;
    const handshake = firstReady(memory, AXI_CHANNELS.AW, e + 1);
    this.awFreeAt = handshake;
    let read = Math.max(this.lastRead, handshake);
    let transfer = this.lastTransfer;
    let first = NEVER;
    // Without stalls, W goes at its interval from the first beat on and reading is held back by the buffer at most.
    const single = memory.stall > 0 ? beats : Math.min(beats, STORE_BEATS);
    for (let n = 0; n < single; n++) {
      const slot = (this.beats + n) % STORE_BEATS;
      read = Math.max(read + 1, this.transfers[slot] + 1);
      transfer = firstReady(memory, AXI_CHANNELS.W, Math.max(read + 2, transfer + interval));
      this.transfers[slot] = transfer;
      if (n === 0) first = transfer;
    }
    if (beats > single) {
      const more = beats - single;
      read = Math.max(read + more, transfer + (more - STORE_BEATS) * interval + 1);
      transfer += more * interval;
      for (let n = 0; n < STORE_BEATS; n++) this.transfers[(this.beats + beats - 1 - n) % STORE_BEATS] = transfer - n * interval;
    }
    this.machine.recorder?.write(beats, handshake, first, transfer);
    this.beats += beats;
    this.lastRead = read;
    this.lastTransfer = transfer;
    this.lastReads[this.bursts++ % STORE_BURSTS] = read;
    this.lastResponse = firstReady(memory, AXI_CHANNELS.B, Math.max(transfer + 1, this.lastResponse + 1));
  }
}
