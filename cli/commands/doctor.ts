import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, cacheProblem } from '#hardware-rtl/verilated/cache';
import { cacheContents, totalBytes } from '#hardware-rtl/verilated/entries';
import type { Run } from '../context.js';
import { readJson } from '../io/files.js';
import { packageRoot } from '../io/package-root.js';
import { bytesText } from '../report/bytes.js';
import { jsonDocument } from '../report/json.js';

/** A row of tools/versions.json. */
interface Tool {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly minimum: string | null;
  readonly tested: string;
  readonly use: string;
  readonly get: string;
}

interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'old' | 'missing';
  readonly version: string | null;
  readonly minimum: string | null;
  readonly tested: string;
  readonly use: string;
  readonly get: string;
}

/** `5.006` and `12.2.0` compare number by number. */
function older(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((v) => v.split('.').map(Number));
  const at = b.findIndex((n, i) => (a[i] ?? 0) !== n);
  return at >= 0 && (a[at] ?? 0) < b[at];
}

function examine(tool: Tool): Finding {
  const { command, args, ...rest } = tool;
  const result = spawnSync(command, [...args], { encoding: 'utf8', timeout: 20_000 });
  if (result.status !== 0) return { ...rest, status: 'missing', version: null };
  const version = /\d+(\.\d+)+/.exec(result.stdout)?.[0] ?? null;
  const old = version !== null && tool.minimum !== null && older(version, tool.minimum);
  return { ...rest, status: old ? 'old' : 'ok', version };
}

function node(range: { readonly minimum: string; readonly tested: string }): Finding {
  const version = process.versions.node;
  const get = 'https://nodejs.org, or a version manager';
  return { ...range, name: 'Node.js', status: older(version, range.minimum) ? 'old' : 'ok', version, use: 'runs everything', get };
}

function line(f: Finding): string {
  const [mark, found] =
    f.status === 'ok' ? ['ok     ', f.version ?? 'found'] : f.status === 'old' ? ['old    ', `${f.version}`] : ['missing', ''];
  const head = `${mark}  ${f.name.padEnd(13)} ${found.padEnd(9)} ${f.use}\n`;
  if (f.status === 'ok') return head;
  const need = f.minimum === null ? '' : ` (${f.minimum} or newer)`;
  return `${head}         to get it${need}: ${f.get}\n`;
}

interface Cache {
  readonly folder: string | null;
  readonly bytes: number;
  readonly entries: number;
  /** Why it cannot be used, or null. */
  readonly problem: string | null;
}

async function examineCache(): Promise<Cache> {
  const problem = cacheProblem();
  if (problem !== null) {
    let folder: string | null = null;
    try {
      folder = cacheFolder();
    } catch {
      // there is none, which is the problem
    }
    return { folder, bytes: 0, entries: 0, problem };
  }
  const { folder, entries } = await cacheContents();
  return { folder, bytes: totalBytes(entries), entries: entries.length, problem };
}

const cacheLine = ({ folder, bytes, entries, problem }: Cache): string =>
  problem === null
    ? `cache of built RTL models: ${folder}, ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${bytesText(bytes)} (see vta cache)\n`
    : `cache of built RTL models: ${folder ?? 'none'} cannot be used: ${problem}\n         to get one: set VTA_CACHE_DIR to a folder that can be written\n`;

/** `vta doctor`: exits 1 only where nothing at all would work. */
export const run: Run = async (context, _, { json }) => {
  const versions = readJson(join(packageRoot(), 'tools', 'versions.json')) as { node: { minimum: string; tested: string }; system: Tool[] };
  const findings = [node(versions.node), ...versions.system.map(examine)];
  const rtl = findings.filter((f) => ['Verilator', 'C++ compiler', 'make'].includes(f.name)).every((f) => f.status === 'ok');
  const cache = await examineCache();
  if (json === true) {
    context.out(jsonDocument({ schema: 1, machines: { functional: true, cycle: true, rtl }, tools: findings, cache }));
  } else {
    context.out(findings.map(line).join(''));
    context.out(`\nmachines: functional yes, cycle yes, rtl ${rtl ? 'yes' : 'no (everything else works without it)'}\n`);
    context.out(cacheLine(cache));
  }
  return findings[0].status === 'ok' ? 0 : 1;
};
