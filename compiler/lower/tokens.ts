import { insn } from '#isa/codec/codec';
import type { Insn } from '#isa/spec/instructions';
import { type Unit, UNITS } from '#isa/spec/tables';
import type { MachineOp, Region } from './machine-op.js';

/** An instruction with its tokens, and the DRAM buffer it addresses (-1: none). */
export interface Linked {
  readonly insn: Insn;
  readonly buffer: number;
}

interface Earlier extends Region {
  readonly write: boolean;
  readonly unit: number;
  readonly at: number;
}

interface Placed {
  readonly op: MachineOp;
  popPrev: boolean;
  popNext: boolean;
  pushPrev: boolean;
  pushNext: boolean;
}

const COMPUTE = UNITS.indexOf('compute');
const NONE = -1;

/**
 * Inserts dependency tokens from what the instructions read and write, and FINISH.
 *
 * Program order is the order in which results must appear to happen. Instructions of one unit run in order; for each
 * pair on different units that touch the same elements (one of them writing) the later must wait for the earlier. Every
 * instruction knows how far each other unit has come because of the waits so far (a vector clock), and a token is added only
 * where that is not far enough. On each channel both pushes and pops are then in strictly increasing program order, so
 * the k-th pop takes the k-th push, tokens balance, and executing in program order never blocks: no deadlock.
 * Load and Store have no channel between them: their conflicts pass through a synchronising compute instruction.
 */
export function insertTokens(ops: readonly MachineOp[]): Linked[] {
  const pass = new TokenPass(sharedMemories(ops));
  for (const op of ops) pass.add(op);
  pass.finish();
  return pass.out.map(({ op, popPrev, popNext, pushPrev, pushNext }) => ({
    insn: { ...op.insn, pop_prev_dep: +popPrev, pop_next_dep: +popNext, push_prev_dep: +pushPrev, push_next_dep: +pushNext },
    buffer: op.buffer,
  }));
}

const unitOp = (unit: Unit, body: Insn): MachineOp => ({ insn: body, unit, reads: [], writes: [], buffer: -1, kernel: -1 });

/** Memories in which conflicts between units can happen: one unit writes and another one accesses them. */
function sharedMemories(ops: readonly MachineOp[]): ReadonlySet<string> {
  const users = new Map<string, Set<Unit>>();
  const written = new Set<string>();
  for (const op of ops) {
    for (const r of [...op.reads, ...op.writes]) users.set(r.memory, (users.get(r.memory) ?? new Set()).add(op.unit));
    for (const r of op.writes) written.add(r.memory);
  }
  return new Set([...written].filter((m) => (users.get(m) as Set<Unit>).size > 1));
}

class TokenPass {
  readonly out: Placed[] = [];
  private readonly touched = new Map<string, Earlier[]>();
  /** clocks[i][u]: last instruction of unit u that is certainly complete when instruction i completes. */
  private readonly clocks: number[][] = [];
  /** The same when the next instruction of a unit begins. */
  private readonly known: number[][] = UNITS.map(() => UNITS.map(() => NONE));
  private readonly last: number[] = UNITS.map(() => NONE);

  constructor(private readonly shared: ReadonlySet<string>) {}

  add(op: MachineOp): void {
    const unit = UNITS.indexOf(op.unit);
    const need = this.conflicts(op, unit);
    this.relay(unit, need);
    this.place(op, unit, need);
    this.remember(op, unit, this.out.length - 1);
  }

  /** FINISH waits for the last instruction of Load and of Store. */
  finish(): void {
    this.place(unitOp('compute', insn('FINISH')), COMPUTE, [...this.last]);
  }

  private conflicts(op: MachineOp, unit: number): number[] {
    const need = UNITS.map(() => NONE);
    const scan = (regions: readonly Region[], write: boolean) => {
      for (const r of regions) {
        for (const e of this.touched.get(r.memory) ?? []) {
          if (e.unit !== unit && (write || e.write) && e.lo < r.hi && r.lo < e.hi) need[e.unit] = Math.max(need[e.unit], e.at);
        }
      }
    };
    scan(op.reads, false);
    scan(op.writes, true);
    return need;
  }

  /** Load waiting for Store, or Store for Load: a compute instruction that does nothing waits, then passes the token on. */
  private relay(unit: number, need: number[]): void {
    const far = unit === COMPUTE ? NONE : UNITS.length - 1 - unit;
    if (far === NONE || need[far] <= this.known[unit][far]) return;
    const through = UNITS.map((_, u) => (u === far ? need[far] : NONE));
    this.place(unitOp('compute', insn('LOAD')), COMPUTE, through);
    need[COMPUTE] = Math.max(need[COMPUTE], this.out.length - 1);
  }

  private place(op: MachineOp, unit: number, need: readonly number[]): void {
    const placed: Placed = { op, popPrev: false, popNext: false, pushPrev: false, pushNext: false };
    for (const other of [unit - 1, unit + 1]) {
      if (need[other] === undefined || need[other] <= this.known[unit][other]) continue;
      const from = this.out[need[other]];
      if (other < unit) {
        from.pushNext = true;
        placed.popPrev = true;
      } else {
        from.pushPrev = true;
        placed.popNext = true;
      }
      const clock = this.clocks[need[other]];
      this.known[unit] = this.known[unit].map((k, u) => Math.max(k, clock[u]));
    }
    const at = this.out.length;
    this.out.push(placed);
    this.known[unit][unit] = at;
    this.clocks.push([...this.known[unit]]);
    this.last[unit] = at;
  }

  /** Adds the accesses of an instruction and drops those of its unit that they make redundant. */
  private remember(op: MachineOp, unit: number, at: number): void {
    const note = (r: Region, write: boolean) => {
      if (!this.shared.has(r.memory)) return;
      const before = this.touched.get(r.memory) ?? [];
      const covered = (e: Earlier) => e.unit === unit && e.lo >= r.lo && e.hi <= r.hi && (write || !e.write);
      this.touched.set(r.memory, [...before.filter((e) => !covered(e)), { ...r, write, unit, at }]);
    };
    for (const r of op.reads) note(r, false);
    for (const r of op.writes) note(r, true);
  }
}
