import { busyIn, type Span, STATES, type State, UNIT_IDS, type UnitId } from './spans.js';

/** Cycles of one unit by what it did; their sum is the launch's cycles. */
export type Account = Readonly<Record<State, number>>;

/** Where the cycles of a launch (or of several) went, for every unit (docs/reference/accounts.md). */
export interface Accounts {
  /** The cycle register: the sum of every account. */
  readonly cycles: number;
  readonly units: Readonly<Record<UnitId, Account>>;
}

const zero = (): Record<State, number> => Object.fromEntries(STATES.map((s) => [s, 0])) as Record<State, number>;

/** The sums of a unit's spans. */
export function accountOf(spans: readonly Span[]): Account {
  const sum = zero();
  for (const span of spans) {
    if (span.state !== 'busy') {
      sum[span.state] += span.to - span.from;
      continue;
    }
    sum.busy += busyIn(span);
    if (span.waits === null) continue;
    sum.memory += span.waits.memory;
    sum.hazard += span.waits.hazard;
    sum.queue += span.waits.queue;
  }
  return sum;
}

/** The accounts of launches one after the other. */
export function sumAccounts(list: readonly Accounts[]): Accounts {
  const units = Object.fromEntries(
    UNIT_IDS.map((id) => {
      const sum = zero();
      for (const { units: u } of list) for (const s of STATES) sum[s] += u[id][s];
      return [id, sum];
    }),
  ) as Record<UnitId, Account>;
  return { cycles: list.reduce((n, a) => n + a.cycles, 0), units };
}
