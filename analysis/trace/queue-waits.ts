import { TIMING } from '#isa/spec/timing';
import { ROB_DEPTH } from '#simulator/cycle/parameters';
import { COMPUTE_UNIT, LOAD_UNIT, STORE_UNIT } from '#simulator/cycle/program';
import type { RecordedLaunch } from './launch.js';
import type { SpanList } from './spans.js';

/** Least cycles from one instruction that a unit takes to the next. */
const TURN: Readonly<Record<number, number>> = {
  [LOAD_UNIT]: TIMING.EngineTurn,
  [COMPUTE_UNIT]: TIMING.IssueTurn,
  [STORE_UNIT]: TIMING.EngineTurn,
};

/**
 * The cycles in which the head of a command queue waited for a token: it was there, its turn had come, the reorder buffer had room,
 * and it was not taken. Everything else that happens to an instruction in its queue is waiting for its turn.
 */
export class TokenWaits {
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private next = 0;

  constructor(launch: RecordedLaunch, unit: number) {
    const { queued, accepted, retired } = launch.trace.insns;
    const order = launch.insns.filter((i) => i.unit === unit);
    order.forEach((insn, n) => {
      if (insn.pops === 0) return;
      let from = queued[insn.index];
      if (n > 0 && launch.traits.isSerial) from = Math.max(from, retired[order[n - 1].index] + 1);
      else if (n > 0) from = Math.max(from, accepted[order[n - 1].index] + TURN[unit]);
      if (unit === COMPUTE_UNIT && n >= ROB_DEPTH) from = Math.max(from, retired[order[n - ROB_DEPTH].index] + TIMING.PlaceFree);
      if (from >= accepted[insn.index]) return;
      this.from.push(from);
      this.to.push(accepted[insn.index]);
    });
  }

  /**
   * Fills a unit's time up to and including the cycle in which its next instruction leaves the queue: `queue` until the instruction is
   * there and while it waits for its turn, `token` while the head of the queue waits for one. To be called in program order.
   */
  fill(list: SpanList, launch: RecordedLaunch, insn: number, end: number): void {
    const { queued, accepted } = launch.trace.insns;
    list.wait(Math.min(end, queued[insn]), 'queue', insn);
    const to = Math.min(end, accepted[insn] + 1);
    while (this.next < this.to.length && this.to[this.next] <= list.at) this.next++;
    for (let n = this.next; n < this.to.length && this.from[n] < to; n++) {
      list.wait(Math.min(this.from[n], to), 'queue', insn);
      list.wait(Math.min(this.to[n], to), 'token', insn);
    }
    list.wait(to, 'queue', insn);
  }
}
