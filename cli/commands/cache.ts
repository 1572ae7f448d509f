import { type CacheEntry, cacheContents, removeEntries, totalBytes } from '#hardware-rtl/verilated/entries';
import type { Run } from '../context.js';
import { bytesText } from '../report/bytes.js';
import { jsonDocument } from '../report/json.js';
import { table } from '../report/table.js';

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

function state({ kind, current, inUse }: CacheEntry): string {
  if (inUse) return 'in use';
  if (kind !== 'model') return 'left behind';
  return current === null ? 'unknown' : current ? 'current' : 'old';
}

const count = (n: number): string => `${n} ${n === 1 ? 'entry' : 'entries'}`;

function listText(folder: string, entries: readonly CacheEntry[], others: number): string {
  const rows = entries.map((e) => [e.name, bytesText(e.bytes), day(e.made), state(e), e.what]);
  const list = rows.length === 0 ? '' : `${table(['entry', 'size', 'made (UTC)', 'design', 'what it is'], rows)}\n`;
  const rest = others === 0 ? '' : `; ${others} other files or folders there are not of vta, and are never removed`;
  return `${list}${folder}: ${count(entries.length)}, ${bytesText(totalBytes(entries))}${rest}\n`;
}

/** `vta cache`: models of the RTL are built when they are needed, so that nothing is lost but time. */
export const run: Run = async (context, _, { clear, old, json }) => {
  const { folder, entries, others } = await cacheContents();
  const chosen = old === true ? entries.filter((e) => e.current !== true) : entries;
  const removed = clear === true ? removeEntries(folder, chosen) : [];
  const left = clear === true ? entries.filter((e) => !removed.includes(e)) : chosen;
  if (json === true) {
    const shown = left.map(({ made, ...e }) => ({ ...e, made: new Date(made).toISOString() }));
    context.out(
      jsonDocument({ schema: 1, folder, bytes: totalBytes(left), entries: shown, others, removed: removed.map(({ name }) => name) }),
    );
  } else if (clear === true) {
    context.out(`removed ${count(removed.length)}, ${bytesText(totalBytes(removed))}\n${listText(folder, left, others)}`);
  } else context.out(listText(folder, left, others));
  return 0;
};
