import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt, root } from '../../tests/support/cli.js';
import { programFile } from '../../tests/errors/artifacts.js';
import { cached } from './cache.js';

/** Tools whose Verilator is quick and whose make writes a part of the model, says so, and goes on only when it is told. */
const VERILATOR = '#!/bin/sh\n[ "$1" = --version ] && echo "Verilator 5.006 2023-01-22"\nexit 0\n';
const make = (folder: string): string => `#!/bin/sh
[ -e "${folder}/go" ] && cp "${folder}/model" Vvta_top && exit 0
printf half > Vvta_top
touch "${folder}/halfway"
exec sleep 60
`;
/** A model that dies at once, by which it is known. */
const MODEL = '#!/bin/sh\necho "the whole model" >&2\nexit 3\n';

describe('models whose build is interrupted', () => {
  let folder: string;
  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${folder}/bin:/usr/bin:/bin`, VTA_CACHE_DIR: `${folder}/cache` });
  const vta = () =>
    spawn(process.execPath, [join(root, 'bin/vta'), 'run', `${folder}/p.vta`, '--on', 'rtl'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const file = (name: string, text: string | Uint8Array) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };

  beforeEach(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'vta-cache-'));
    mkdirSync(join(folder, 'bin'));
    file('bin/verilator', VERILATOR);
    file('bin/make', make(folder));
    file('model', MODEL);
    file('p.vta', programFile(['finish']));
  }, 120_000);
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    '%s in the middle of a build: the next run builds it again',
    async (signal) => {
      const first = vta();
      while (!existsSync(join(folder, 'halfway'))) await new Promise((resolve) => setTimeout(resolve, 20));
      const gone = new Promise((resolve) => first.on('close', resolve));
      first.stdout.destroy();
      first.stderr.destroy();
      first.kill(signal);
      await gone;
      expect(readdirSync(join(folder, 'cache')).some((name) => name.includes('.building-'))).toBe(true);

      writeFileSync(join(folder, 'go'), '');
      const second = vta();
      let errors = '';
      second.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      await new Promise((resolve) => second.on('close', resolve));
      expect(errors).toContain('the whole model');
      const left = readdirSync(join(folder, 'cache'));
      expect(left.filter((name) => /building|lock/.test(name))).toEqual([]);
      expect(left).toHaveLength(1);
    },
    120_000,
  );

  test('a lock whose owner is silent is taken over, also if its number belongs to a process', async () => {
    process.env.VTA_CACHE_DIR = `${folder}/cache`;
    try {
      const lock = `${folder}/cache/thing.lock`;
      mkdirSync(lock, { recursive: true });
      writeFileSync(join(lock, 'owner'), String(process.ppid));
      const past = new Date(Date.now() - 60_000);
      utimesSync(lock, past, past);
      const built = await cached('thing', 'a', async (at) => writeFileSync(join(at, 'a'), 'x'));
      expect(built).toBe(join(folder, 'cache', 'thing', 'a'));
    } finally {
      delete process.env.VTA_CACHE_DIR;
    }
  });

  test('a build that fails leaves nothing, and the next one is tried', async () => {
    process.env.VTA_CACHE_DIR = `${folder}/cache`;
    try {
      const broken = cached('thing', 'a', async (at) => {
        writeFileSync(join(at, 'a'), 'half');
        throw new Error('no room');
      });
      await expect(broken).rejects.toThrow('no room');
      expect(readdirSync(join(folder, 'cache'))).toEqual([]);
      await cached('thing', 'a', async (at) => writeFileSync(join(at, 'a'), 'whole'));
      expect(readdirSync(join(folder, 'cache'))).toEqual(['thing']);
    } finally {
      delete process.env.VTA_CACHE_DIR;
    }
  });
});
