import { TIMING } from '#isa/spec/timing';
import type { Entry } from './entry.js';
import { stepsOf } from './insn.js';
import { isClear } from './hazards.js';

/** ALU entries that run as one. */
export class Chain {
  readonly members: Entry[];
  /** First cycle in which it is closed. */
  closedFrom: number;

  constructor(
    first: Entry,
    /** Cycle in which the first member began it. */
    readonly begun: number,
  ) {
    this.members = [first];
    this.closedFrom = first.chainable ? Infinity : begun + 1;
  }

  /** The member whose vectors these are. */
  get lead(): Entry {
    return this.members.find((e) => e.insn.readsSource) ?? this.members[0];
  }
  get ascends(): boolean {
    return this.lead.ascending;
  }

  /** timing.md, ALU, *Chains*, "x *fits* if": of an entry that is scanned. */
  fits(x: Entry): boolean {
    const [first] = this.members;
    if (!x.chainable || x.writes?.low !== first.writes?.low || x.writes?.high !== first.writes?.high) return false;
    if (x.insn.readsSource && this.members.some((e) => e.insn.readsSource)) return false;
    return this.members.length < 2 || x.insn.operation !== 'SHR';
  }
}

/** timing.md, Chains, cycle by cycle: the chain that is being built. */
export class ChainBuilder {
  private building: Chain | null = null;

  /** @returns the chain that starts in this cycle, or null */
  tick(t: number, rob: readonly Entry[], sequencerFree: boolean): Chain | null {
    const at = rob.findIndex((e) => e.insn.kind === 'alu' && !e.started);
    const x = at >= 0 && rob[at].visibleAt <= t ? rob[at] : null;
    const starting = sequencerFree && this.building !== null && this.ready(this.building, x, t) ? this.building : null;
    if (starting !== null) this.building = null;
    if (x !== null) this.look(x, isClear(x, rob.slice(0, at), t), t);
    return starting;
  }

  private ready(chain: Chain, x: Entry | null, t: number): boolean {
    const { loops } = chain.members[0].insn;
    return chain.closedFrom <= t || x === null || t >= chain.begun + Math.floor(stepsOf(loops!) / 4);
  }

  private look(x: Entry, clear: boolean, t: number): void {
    const scanned = x.scannedAt <= t;
    const chain = this.building;
    if (chain === null) {
      if (!clear || (x.simple && !scanned)) return;
      this.building = new Chain(x, t);
      x.started = true;
    } else if (chain.closedFrom > t) {
      if (!x.simple || (scanned && !chain.fits(x))) chain.closedFrom = t + 1;
      else if (scanned && clear) {
        chain.members.push(x);
        x.started = true;
        if (chain.members.length === TIMING.ChainDepth) chain.closedFrom = t + 1;
      }
    }
  }
}
