import { AXI_CHANNELS } from '#isa/arch/memory';
import { Bursts } from './bursts.js';
import { NEVER } from './time.js';
import type { Horizon } from './horizon.js';
import { firstReady } from './memory.js';
import { ringMask, STORE_BEATS, STORE_BURSTS, STORE_INSNS } from './parameters.js';
import type { CommandPorts } from './ports.js';
import { NOP, PREV, STORE_UNIT, type TimingInsn } from './program.js';
import type { StateWalk } from './state-walk.js';
import { Steady } from './steady.js';
import type { StoreGuard } from './store-guard.js';
import { C2S } from './tokens.js';

const SLOTS = 16;
const MASK = SLOTS - 1;
const BEAT_MASK = ringMask(STORE_BEATS);
const BURST_MASK = ringMask(STORE_BURSTS);

/** What {@link moveRing} moves. */
const before = new Float64Array(Math.max(STORE_BEATS, STORE_BURSTS));

/** The newest times of a ring whose next place is `next`, `cycles` later and `count` places on. @returns the next place */
function moveRing(ring: Float64Array, next: number, count: number, cycles: number): number {
  const mask = ring.length - 1;
  for (let n = 0; n <= mask; n++) before[n] = ring[(next + n) & mask];
  for (let n = 0; n <= mask; n++) ring[(next + count + n) & mask] = before[n] + cycles;
  return (next + count) & mask;
}

/** What the store unit asks of its surroundings. */
export interface StorePorts extends CommandPorts {
  readonly horizon: Horizon;
  /** Does fetch wait for room in the queue of `unit`? */
  fetchBlockedBy(unit: number): boolean;
}

/** timing.md, Store. A burst that goes to the AW register decides the times of all its beats. */
export class StoreUnit {
  /** Next cycle in which something can change. */
  at = NEVER;
  /** The burst at hand waits for something of compute that has not begun. */
  blocked = false;
  /** Beats transferred. */
  beats = 0;
  private accepted = 0;
  private retired = 0;
  private readonly insns: TimingInsn[];
  /** {@link NEVER} while the command engine is at work on the instruction. */
  private readonly retireAt = new Float64Array(SLOTS);
  private readonly splitter: Bursts;
  /** The newest instruction: the command engine is active, from which cycle on the burst at hand may go. */
  private active = false;
  private activeFrom = 0;
  private commandAt = NEVER;
  private idleAt = 0;
  /** First cycle in which the completion queue has room for it. */
  private room = 0;
  /** AW handshake of the newest burst; reading of the last beat of the newest bursts; W transfers of the newest beats. */
  private awFreeAt = 0;
  private readonly lastReads = new Float64Array(STORE_BURSTS).fill(-1);
  private bursts = 0;
  private readonly transfers = new Float64Array(STORE_BEATS).fill(-1);
  /** Where the next one goes. */
  private nextTransfer = 0;
  private lastRead = -1;
  private lastTransfer = -NEVER;
  private lastResponse = -1;
  private readonly steady = new Steady();

  constructor(
    private readonly ports: StorePorts,
    private readonly guard: StoreGuard,
    placeholder: TimingInsn,
  ) {
    this.insns = new Array(SLOTS).fill(placeholder);
    this.splitter = new Bursts(ports.p, ports.p.storeBurstBytes, placeholder);
  }

  step(t: number): void {
    if (this.nextRetire() <= t) {
      const slot = this.retired++ & MASK;
      this.ports.retire(this.insns[slot], t);
    }
    if (this.blocked && t > this.activeFrom) this.activeFrom = t;
    this.commandAt = this.command(t);
    if (!this.active && this.tryAccept(t)) this.commandAt = this.command(t);
    this.at = Math.min(this.commandAt, this.acceptAt(t), this.nextRetire());
  }

  /** A cycle before which this unit does nothing that another one notices. */
  effectAt(): number {
    const { ports } = this;
    if (ports.fetchBlockedBy(STORE_UNIT)) return this.at;
    // A retirement is noticed in the cycle after. Of the instruction at work at least the beats that are not requested are to be transferred.
    const retire = this.nextRetire() + 1;
    if (!this.active) return Math.min(retire, this.at);
    const from = this.blocked ? ports.horizon.ofBlockedStore() : this.commandAt;
    return Math.min(retire, from + this.splitter.beatsAhead() * ports.p.interval);
  }

  /** Where memory does not stall. */
  visit(w: StateWalk): void {
    const { accepted } = this;
    this.at = w.cycle(this.at);
    this.activeFrom = w.cycle(this.activeFrom);
    this.commandAt = w.cycle(this.commandAt);
    this.idleAt = w.cycle(this.idleAt);
    this.room = w.cycle(this.room);
    this.awFreeAt = w.cycle(this.awFreeAt);
    this.lastRead = w.cycle(this.lastRead);
    this.lastTransfer = w.cycle(this.lastTransfer);
    this.lastResponse = w.cycle(this.lastResponse);
    this.beats = w.total(this.beats);
    w.plain(this.blocked);
    w.plain(this.active);
    if (this.active) this.splitter.visit(w);
    for (let n = 0; n < STORE_BURSTS; n++) {
      const slot = (this.bursts + n) & BURST_MASK;
      this.lastReads[slot] = w.cycle(this.lastReads[slot]);
    }
    for (let n = 0; n < STORE_BEATS; n++) {
      const slot = (this.nextTransfer + n) & BEAT_MASK;
      this.transfers[slot] = w.cycle(this.transfers[slot]);
    }
    w.plain(accepted - this.retired);
    for (let n = 1; n <= SLOTS; n++) {
      const slot = (accepted - n) & MASK;
      this.retireAt[slot] = w.cycle(this.retireAt[slot]);
      if (accepted - n >= this.retired) this.insns[slot] = w.insn(this.insns[slot]);
    }
  }

  private nextRetire(): number {
    return this.retired < this.accepted ? this.retireAt[this.retired & MASK] : NEVER;
  }

  /** First cycle from t on in which the head of the queue can be accepted, as far as known. */
  private acceptAt(t: number): number {
    const { ports } = this;
    const queue = ports.queues[STORE_UNIT];
    if (this.active || queue.size === 0) return NEVER;
    const ready = Math.max(t, queue.headAt(), this.idleAt);
    return ports.insns[queue.head()].pops & PREV ? ports.tokens.seenAt(C2S, ready) : ready;
  }

  private tryAccept(t: number): boolean {
    if (this.acceptAt(t) > t) return false;
    const { ports } = this;
    const insn = ports.insns[ports.queues[STORE_UNIT].head()];
    if (insn.pops & PREV) ports.tokens.pop(C2S);
    ports.take(STORE_UNIT, t);
    const slot = this.accepted & MASK;
    this.insns[slot] = insn;
    ports.execute(insn);
    this.retireAt[slot] = NEVER;
    // The completion queue holds fewer than STORE_INSNS.
    this.room = this.accepted < STORE_INSNS ? 0 : this.retireAt[(this.accepted - STORE_INSNS) & MASK] + 1;
    this.accepted++;
    if (insn.kind === NOP) {
      this.complete(Math.max(t + 1, this.room));
      return true;
    }
    this.active = true;
    this.activeFrom = t + 1;
    this.splitter.start(insn);
    return true;
  }

  /** The command engine in cycle t, and in later ones up to the horizon. @returns when it can go on */
  private command(t: number): number {
    this.blocked = false;
    if (!this.active) return NEVER;
    const { splitter, guard, ports } = this;
    const { recorder } = ports;
    const insn = this.insns[(this.accepted - 1) & MASK];
    const steadily = recorder === null && ports.p.memory.stall === 0;
    // A token of its own wakes compute in the cycle after.
    const horizon = Math.min(ports.horizon.ofStore(), this.nextRetire() + 1);
    while (this.active) {
      // Its own pace, whatever it waits for.
      const own = Math.max(this.awFreeAt, this.lastReads[this.bursts & BURST_MASK] + 1);
      const free = Math.max(this.activeFrom, own);
      const e = splitter.isLast ? Math.max(free, this.room) : free;
      if (e > t && e >= horizon) return e;
      if (steadily && e === own && this.steady.reaches(splitter.beats, e, STORE_BURSTS) && this.skip(insn, e, horizon)) continue;
      const clearAt = guard.clearAt(splitter.firstElement(), splitter.lastElement(), e, horizon);
      if (clearAt > e) {
        this.blocked = clearAt === NEVER;
        this.activeFrom = this.blocked ? e : clearAt;
        if (this.blocked) return NEVER;
        continue;
      }
      this.burst(e, splitter.beats);
      if (steadily) this.steady.note(splitter.beats, e, this.lastTransfer, this.lastRead);
      this.activeFrom = e + 1;
      recorder?.works(insn.index, this.awFreeAt);
      recorder?.works(insn.index, this.lastTransfer);
      if (!splitter.next()) this.complete(e);
    }
    return NEVER;
  }

  /**
   * Bursts have followed each other at one distance, and so would those from the one at hand on, which can go in cycle e: as many as are like it and before
   * `horizon`, if all are clear. @returns whether there are any
   */
  private skip(insn: TimingInsn, e: number, horizon: number): boolean {
    const { splitter, steady } = this;
    const { period } = steady;
    const { beats } = splitter;
    if (e >= horizon || this.lastResponse !== this.lastTransfer + 1) return false;
    const top = this.guard.clearUpTo(splitter.firstElement(), insn.sramBase + insn.rows * insn.columns - 1, e);
    const count = splitter.skip(beats, Math.min(Math.floor((horizon - 1 - e) / period) + 1, splitter.within(top)), true);
    if (count === 0) return false;
    const cycles = count * period;
    this.activeFrom += cycles;
    this.awFreeAt += cycles;
    this.lastRead += cycles;
    this.lastTransfer += cycles;
    this.lastResponse += cycles;
    steady.moved(cycles);
    this.beats += count * beats;
    this.nextTransfer = moveRing(this.transfers, this.nextTransfer, count * beats, cycles);
    this.bursts = moveRing(this.lastReads, this.bursts & BURST_MASK, count, cycles);
    return true;
  }

  /** The instruction enters the completion queue in cycle e; all its bursts are known. */
  private complete(e: number): void {
    this.active = false;
    this.idleAt = e + 1;
    const before = this.accepted === 1 ? -1 : this.retireAt[(this.accepted - 2) & MASK];
    this.retireAt[(this.accepted - 1) & MASK] = Math.max(e + 1, this.lastResponse + 1, before + 1);
  }

  /** A burst put into the AW register in cycle e. */
  private burst(e: number, beats: number): void {
    const { memory, interval } = this.ports.p;
    const handshake = firstReady(memory, AXI_CHANNELS.AW, e + 1);
    this.awFreeAt = handshake;
    let read = Math.max(this.lastRead, handshake);
    let transfer = this.lastTransfer;
    let first = NEVER;
    // Without stalls, W goes at its interval from the first beat on and reading is held back by the buffer at most.
    const single = memory.stall > 0 ? beats : Math.min(beats, STORE_BEATS);
    for (let n = 0; n < single; n++) {
      const slot = (this.nextTransfer + n) & BEAT_MASK;
      read = Math.max(read + 1, this.transfers[slot] + 1);
      transfer = firstReady(memory, AXI_CHANNELS.W, Math.max(read + 2, transfer + interval));
      this.transfers[slot] = transfer;
      if (n === 0) first = transfer;
    }
    if (beats > single) {
      const more = beats - single;
      read = Math.max(read + more, transfer + (more - STORE_BEATS) * interval + 1);
      transfer += more * interval;
      for (let n = 0; n < STORE_BEATS; n++) this.transfers[(this.nextTransfer + beats - 1 - n) & BEAT_MASK] = transfer - n * interval;
    }
    this.ports.recorder?.write(beats, handshake, first, transfer);
    this.beats += beats;
    this.nextTransfer = (this.nextTransfer + beats) & BEAT_MASK;
    this.lastRead = read;
    this.lastTransfer = transfer;
    this.lastReads[this.bursts++ & BURST_MASK] = read;
    this.lastResponse = firstReady(memory, AXI_CHANNELS.B, Math.max(transfer + 1, this.lastResponse + 1));
  }
}
