import type { Accounts } from '#analysis/trace/accounts';
import { STATES, UNIT_IDS, UNIT_NAMES } from '#analysis/trace/spans';
import type { Timeline } from '#analysis/trace/timeline';
import { percent, table } from './table.js';

const HEAD = ['unit', ...STATES, 'total', 'busy'];

/** One row per unit: cycles in each state, which add up to the total. */
export const accountsTable = ({ cycles, units }: Accounts): string =>
  table(
    HEAD,
    UNIT_IDS.map((id) => [
      UNIT_NAMES[id],
      ...STATES.map((s) => units[id][s]),
      STATES.reduce((n, s) => n + units[id][s], 0),
      percent(cycles === 0 ? null : units[id].busy / cycles),
    ]),
    [HEAD.length - 1],
  );

const title = (t: Timeline): string => {
  const { launches } = t;
  const { config } = launches[0].launch;
  return `${t.name} on ${t.on}, machine ${config.name}: ${t.cycles.toLocaleString('en-US')} cycles in ${launches.length} launch${launches.length === 1 ? '' : 'es'}`;
};

/** What `vta trace` prints: where the cycles went, of the run or of every layer. */
export function accountsText(t: Timeline, layers: boolean): string {
  const total = `${title(t)}\n\n${accountsTable(t.accounts)}`;
  if (!layers) return total;
  const each = t.launches.map(
    ({ launch, accounts }) => `\n${launch.name}: ${accounts.cycles.toLocaleString('en-US')} cycles\n\n${accountsTable(accounts)}`,
  );
  return total + each.join('');
}

/** The document of `vta trace --json`. */
export const accountsJson = (t: Timeline, files: readonly string[]) => ({
  schema: 1,
  program: t.name,
  config: t.launches[0].launch.config.name,
  on: t.on,
  cycles: t.cycles,
  accounts: t.accounts.units,
  layers: t.launches.map(({ launch, accounts }) => ({ name: launch.name, cycles: accounts.cycles, accounts: accounts.units })),
  files,
});
