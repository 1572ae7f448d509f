import { BURST_CLIENTS, NO_CYCLE, type Trace } from '#isa/arch/trace';

/** Two traces differ first here. */
export interface TraceDifference {
  /** What happened at different times, of an instruction or of a burst. */
  readonly what: string;
  readonly insn: number | null;
  /** The earlier of the two times. */
  readonly cycle: number;
  readonly values: readonly [string, string];
}

const COLUMNS = ['queued', 'accepted', 'started', 'finished', 'retired'] as const;
const BURST_COLUMNS = ['client', 'beats', 'handshake', 'first', 'last'] as const;

const time = (what: string, cycle: number): string => (cycle === NO_CYCLE ? `never ${what}` : `${what} in ${cycle}`);
const earlier = (a: number, b: number): number => (a === NO_CYCLE ? b : b === NO_CYCLE ? a : Math.min(a, b));

/** Of all that differs between two traces of one program, what comes first in time; null if nothing does. */
export function firstTraceDifference(a: Trace, b: Trace): TraceDifference | null {
  const found = [...insnDifferences(a, b), ...burstDifference(a, b)];
  return found.reduce<TraceDifference | null>((best, d) => (best === null || d.cycle < best.cycle ? d : best), null);
}

function* insnDifferences(a: Trace, b: Trace): Iterable<TraceDifference> {
  for (const column of COLUMNS) {
    const [left, right] = [a.insns[column], b.insns[column]];
    for (let insn = 0; insn < Math.max(left.length, right.length); insn++) {
      const [x, y] = [left[insn] ?? NO_CYCLE, right[insn] ?? NO_CYCLE];
      if (x !== y) yield { what: column, insn, cycle: earlier(x, y), values: [time(column, x), time(column, y)] };
    }
  }
}

/** The first burst that is not the same: all behind it may only be shifted. */
function* burstDifference(a: Trace, b: Trace): Iterable<TraceDifference> {
  for (let n = 0; n < Math.max(a.bursts.count, b.bursts.count); n++) {
    const column = BURST_COLUMNS.find((c) => a.bursts[c][n] !== b.bursts[c][n]);
    if (column === undefined) continue;
    const cycle = earlier(a.bursts.handshake[n] ?? NO_CYCLE, b.bursts.handshake[n] ?? NO_CYCLE);
    yield { what: 'burst', insn: null, cycle, values: [burstText(a, n), burstText(b, n)] };
    return;
  }
}

function burstText({ bursts: t }: Trace, n: number): string {
  if (n >= t.count) return `no burst ${n}`;
  return `burst ${n}: ${BURST_CLIENTS[t.client[n]]}, ${t.beats[n]} beats, address in ${t.handshake[n]}, data ${t.first[n]} to ${t.last[n]}`;
}
