import { type Account, type Accounts, accountOf, sumAccounts } from './accounts.js';
import { type BurstOwners, burstOwners } from './bursts.js';
import { type Flow, tokenFlows } from './flows.js';
import type { RecordedLaunch } from './launch.js';
import { type Span, UNIT_IDS, type UnitId } from './spans.js';
import { unitSpans } from './unit-spans.js';

/** One launch with everything that pictures show of it. */
export interface TimedLaunch {
  readonly launch: RecordedLaunch;
  /** Cycle of the run in which the launch's cycle 0 is. */
  readonly start: number;
  readonly owners: BurstOwners;
  readonly spans: Readonly<Record<UnitId, readonly Span[]>>;
  readonly flows: readonly Flow[];
  readonly accounts: Accounts;
}

/** A run: launches one after the other, each beginning in the cycle in which the one before ended. What the host does between takes no time. */
export interface Timeline {
  readonly name: string;
  /** The machine that ran it. */
  readonly on: string;
  readonly launches: readonly TimedLaunch[];
  /** Sum over the launches. */
  readonly cycles: number;
  readonly accounts: Accounts;
}

export function timedLaunch(launch: RecordedLaunch, start = 0): TimedLaunch {
  const owners = burstOwners(launch);
  const spans = unitSpans(launch, owners);
  const units = Object.fromEntries(UNIT_IDS.map((id) => [id, accountOf(spans[id])])) as Record<UnitId, Account>;
  return { launch, start, owners, spans, flows: tokenFlows(launch), accounts: { cycles: launch.trace.cycles, units } };
}

export function timeline(name: string, on: string, recorded: readonly RecordedLaunch[]): Timeline {
  const launches: TimedLaunch[] = [];
  let cycles = 0;
  for (const launch of recorded) {
    launches.push(timedLaunch(launch, cycles));
    cycles += launch.trace.cycles;
  }
  return { name, on, launches, cycles, accounts: sumAccounts(launches.map((l) => l.accounts)) };
}

/** Where the cycles of one launch went. */
export const cycleAccounts = (launch: RecordedLaunch): Accounts => timedLaunch(launch).accounts;
