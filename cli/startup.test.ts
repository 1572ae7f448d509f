import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/** What `vta ARGS` loads, by path in the package (`dist/...`, `node_modules/...`) or by name (`node:...`). */
async function loaded(...argv: readonly string[]): Promise<readonly string[]> {
  const files = { 'p.vta': program(), 'hooks.mjs': HOOKS, 'register.mjs': REGISTER };
  return inFolder(files, async (folder) => {
    const env = { ...process.env, LOADED: join(folder, 'loaded'), HOOKS: pathToFileURL(join(folder, 'hooks.mjs')).href };
    const run = ['--import', pathToFileURL(join(folder, 'register.mjs')).href, vtaCommand, ...argv];
    const { status, stderr } = spawnSync(process.execPath, run, { cwd: folder, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const base = pathToFileURL(root).href;
    return readFileSync(join(folder, 'loaded'), 'utf8')
      .trim()
      .split('\n')
      .map((url) => url.replace(base, ''));
  });
}

/** Modules that a small program does not wait for. */
const needless = (list: readonly string[], ...machines: readonly string[]): string[] =>
  list.filter((url) => {
    if (/^dist\/(compiler|hardware-rtl|runtime\/host)\/|^dist\/simulator\/(fuzz|lint|litmus|debug|advice)\//.test(url)) return true;
    if (machines.some((m) => url.startsWith(`dist/simulator/${m}/`))) return true;
    return url.startsWith('node_modules/') && !url.startsWith('node_modules/commander/');
  });

describe('a command loads what it needs and no more', () => {
  test('vta run on the functional simulator', async () => {
    const list = await loaded('run', 'p.vta');
    expect(list).toContain('dist/simulator/functional/device.js');
    expect(needless(list, 'cycle', 'chisel')).toEqual([]);
    expect(list.length).toBeLessThan(90);
  });

  test('vta run on the cycle simulator', async () => {
    const list = await loaded('run', 'p.vta', '--on', 'cycle', '--no-advice');
    expect(list).toContain('dist/simulator/cycle/device.js');
    expect(needless(list, 'functional', 'chisel')).toEqual([]);
    expect(list.length).toBeLessThan(120);
  });

  test('vta --help loads no command', async () => {
    const list = await loaded('--help');
    expect(list.filter((url) => /^dist\/(cli\/commands|runtime|simulator|compiler)\//.test(url))).toEqual([]);
  });
});
