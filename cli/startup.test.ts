import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { encodeArtifact } from '#runtime/artifact/encode';
import { rawArtifact } from '#runtime/artifact/raw';
import { ensureBuilt, inFolder, root, vtaCommand } from '../tests/support/cli.js';

beforeAll(ensureBuilt, 120_000);

/** Notes the address of every module that is loaded, in the file LOADED. */
const HOOKS = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}`;
const REGISTER = "import { register } from 'node:module'; register(process.env.HOOKS);";

const config = preset('default');
function program(): Uint8Array {
  const code = encodeProgram([insn('FINISH')], config);
  const dram = new Uint8Array(4096 + code.length);
  dram.set(code, 4096);
  return encodeArtifact(rawArtifact({ name: 'p', config, dram, insnAddr: 4096, insnCount: 1 }));
}

interface Loaded {
  /** Files of the package that were read, without those that Node has itself. */
  readonly files: number;
  /** The sources they were made from, by path in the package (`cli/main.ts`, `node_modules/...`). */
  readonly sources: readonly string[];
}

/** The bundler names every source in front of its code. */
const sourcesIn = (url: string): string[] =>
  [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ (\S+\.(?:[cm]?js|ts))$/gm)].map((m) => m[1]);

/** What `vta ARGS` loads. */
async function loaded(...argv: readonly string[]): Promise<Loaded> {
  const files = { 'p.vta': program(), 'hooks.mjs': HOOKS, 'register.mjs': REGISTER };
  return inFolder(files, async (folder) => {
    const env = { ...process.env, LOADED: join(folder, 'loaded'), HOOKS: pathToFileURL(join(folder, 'hooks.mjs')).href };
    const run = ['--import', pathToFileURL(join(folder, 'register.mjs')).href, vtaCommand, ...argv];
    const { status, stderr } = spawnSync(process.execPath, run, { cwd: folder, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const base = pathToFileURL(root).href;
    const urls = readFileSync(join(folder, 'loaded'), 'utf8')
      .trim()
      .split('\n')
      .filter((url) => url.startsWith(base) && !url.endsWith('tools/fresh.mjs')); // which only a checkout has
    const sources = urls.flatMap((url) => (url.startsWith(`${base}dist/`) ? sourcesIn(url) : [url.replace(base, '')]));
    return { files: urls.length, sources };
  });
}

/** Modules that a small program does not wait for. */
const needless = ({ sources }: Loaded, ...machines: readonly string[]): string[] =>
  sources.filter((path) => {
    if (/^(compiler|hardware-rtl|runtime\/host)\/|^simulator\/(fuzz|lint|litmus|debug|advice|trace)\//.test(path)) return true;
    if (/^cli\/commands\//.test(path) && path !== 'cli/commands/run.ts') return true;
    if (machines.some((m) => path.startsWith(`simulator/${m}/`))) return true;
    return path.startsWith('node_modules/') && !path.startsWith('node_modules/commander/');
  });

describe('a command loads what it needs and no more', () => {
  test('vta run on the functional simulator', async () => {
    const list = await loaded('run', 'p.vta');
    expect(list.sources).toContain('simulator/functional/device.ts');
    expect(needless(list, 'cycle', 'chisel')).toEqual([]);
    expect(list.files).toBeLessThan(7);
  });

  test('vta run on the cycle simulator', async () => {
    const list = await loaded('run', 'p.vta', '--on', 'cycle', '--no-advice');
    expect(list.sources).toContain('simulator/cycle/device.ts');
    expect(needless(list, 'functional', 'chisel')).toEqual([]);
    expect(list.files).toBeLessThan(7);
  });

  test('vta run on the cycle simulator, with advice', async () => {
    const list = await loaded('run', 'p.vta', '--on', 'cycle');
    expect(list.sources).toContain('analysis/advice/advisor.ts');
    expect(needless(list, 'functional').filter((path) => !/^simulator\/(advice|trace)\//.test(path))).toEqual([]);
    expect(list.files).toBeLessThan(8);
  });

  test('vta --help loads no command', async () => {
    const list = await loaded('--help');
    expect(list.sources).toContain('cli/main.ts');
    expect(list.sources.filter((path) => /^(cli\/commands|runtime|simulator|compiler|hardware-rtl)\//.test(path))).toEqual([]);
    expect(list.files).toBe(3);
  });
});
