import type { Alu } from './alu.js';
import { Chain } from './chain.js';
import type { Entry } from './entry.js';
import { ALU } from './program.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';
import { NEVER } from './time.js';

/** Chains that may still be asked for: one that is built, one in the sequencer, those in the pipeline. */
const CHAINS = 16;

/** timing.md, Chains: builds one chain at a time, ahead of the sequencer. */
export class ChainBuilder {
  private readonly chains = Array.from({ length: CHAINS }, () => new Chain());
  private begun = 0;
  private building: Chain | null = null;
  /** The next entry to look at: everything before is in a chain or of another kind, or retired. */
  private next = 0;

  constructor(
    private readonly rob: Rob,
    private readonly alu: Alu,
  ) {}

  /** @returns when something can be done next, as far as known */
  step(t: number): number {
    const { rob } = this;
    if (this.next < rob.head) this.next = rob.head;
    while (this.next < rob.tail && rob.at(this.next).insn.kind !== ALU) this.next++;
    const x = this.next < rob.tail ? rob.at(this.next) : null;
    const visible = x !== null && x.visibleAt <= t;
    const { building, alu } = this;
    if (building !== null && alu.free && (!visible || building.closedFrom <= t || t >= building.startBy)) {
      this.building = null;
      alu.start(building, t);
    }
    if (x === null) return NEVER;
    if (!visible) return x.visibleAt;
    return this.building === null ? this.begin(x, t) : this.extend(this.building, x, t);
  }

  visit(w: StateWalk): void {
    w.plain(Math.max(0, this.next - this.rob.head));
    w.plain(this.building !== null);
    this.building?.visit(w, this.rob);
  }

  private begin(x: Entry, t: number): number {
    const clearAt = this.rob.clearAt(this.next);
    const ready = x.insn.simple && x.scannedAt > clearAt ? x.scannedAt : clearAt;
    if (ready > t) return ready;
    this.next++;
    this.building = this.chains[this.begun++ % CHAINS];
    this.building.begin(x, t);
    return t + 1;
  }

  private extend(chain: Chain, x: Entry, t: number): number {
    if (chain.closedFrom <= t) return NEVER;
    const startAt = this.alu.free ? chain.startBy : NEVER;
    if (x.insn.simple && x.scannedAt > t) return Math.min(startAt, x.scannedAt);
    if (!x.insn.simple || !chain.fits(x)) {
      chain.closedFrom = t + 1;
      return t + 1;
    }
    const ready = this.rob.clearAt(this.next);
    if (ready > t) return Math.min(startAt, ready);
    this.next++;
    chain.join(x, t);
    return t + 1;
  }
}
