import type { Alu } from './alu.js';
import { type Entry, NEVER } from './entry.js';
import { CHAIN_DEPTH } from './parameters.js';
import { ALU } from './program.js';
import type { Rob } from './rob.js';
import { ASCENDING } from './shape.js';
import type { StateWalk } from './state-walk.js';

/** Chains somebody may still ask for: one that is built, one in the sequencer, those in the pipeline. */
const CHAINS = 16;

/** ALU entries that run as one. */
export class Chain {
  readonly members: Entry[] = [];
  /** First cycle in which it is closed; cycle in which it starts if it is open then. */
  closedFrom = NEVER;
  startBy = NEVER;
  startedAt = NEVER;
  private leading: Entry | null = null;

  begin(first: Entry, t: number): void {
    this.members.length = 0;
    this.members.push(first);
    this.leading = first;
    first.chain = this;
    this.closedFrom = first.chainable ? NEVER : t + 1;
    this.startBy = t + Math.floor(first.insn.steps / 4);
    this.startedAt = NEVER;
  }

  /** The member whose vectors these are: the one with a register operand, or the first. */
  get lead(): Entry {
    if (this.leading === null) throw new Error('internal error: a chain without members');
    return this.leading;
  }
  get ascends(): boolean {
    return this.lead.shape === ASCENDING;
  }

  /** Of an entry that is scanned. */
  fits(x: Entry): boolean {
    const [first] = this.members;
    if (!x.chainable || x.writeLow !== first.writeLow || x.writeHigh !== first.writeHigh) return false;
    if (x.insn.readsSource && this.lead.insn.readsSource) return false;
    return this.members.length < 2 || !x.insn.shifts;
  }

  join(x: Entry, t: number): void {
    this.members.push(x);
    x.chain = this;
    if (x.insn.readsSource) this.leading = x;
    if (this.members.length === CHAIN_DEPTH) this.closedFrom = t + 1;
  }

  /** While no member is done. */
  visit(w: StateWalk, rob: Rob): void {
    this.closedFrom = w.cycle(this.closedFrom);
    this.startBy = w.cycle(this.startBy);
    this.startedAt = w.cycle(this.startedAt);
    w.plain(rob.position(this.lead));
    w.plain(this.members.length);
    for (const e of this.members) w.plain(rob.position(e));
  }

  done(at: number): void {
    for (const e of this.members) e.doneAt = at;
  }
}

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
