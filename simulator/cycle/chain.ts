import type { Entry, EntryChain } from './entry.js';
import { NEVER } from './time.js';
import { CHAIN_DEPTH } from './parameters.js';
import type { Rob } from './rob.js';
import { ASCENDING } from './shape.js';
import type { StateWalk } from './state-walk.js';

/** ALU entries that run as one. */
export class Chain implements EntryChain {
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
