/** Where built models of the RTL are kept: any folder will do, and one that will not is one diagnostic. The tools are stand-ins, which build in a moment. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { programFile } from '../tests/errors/artifacts.js';
import { ensureBuilt, type Files, inFolder, vta } from '../tests/support/cli.js';

beforeAll(ensureBuilt, 120_000);

const VERILATOR = '#!/bin/sh\n[ "$1" = --version ] && echo "Verilator 5.006 2023-01-22"\nexit 0\n';
/** As make itself, it does not work in a folder with blanks in its path. */
const MAKE = `#!/bin/sh
case "$PWD" in *[!A-Za-z0-9_./-]*) echo "error: cannot build in $PWD"; exit 2;; esac
cp "$(dirname "$0")/model" Vvta_top
`;
/** A model that dies at once, by which it is known. */
const MODEL = '#!/bin/sh\necho "the model itself" >&2\nexit 3\n';
const TOOLS: Files = { 'bin/verilator': VERILATOR, 'bin/make': MAKE, 'bin/model': MODEL, 'p.vta': programFile(['finish']) };

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the program on the RTL; what a built model says of itself is on standard error. */
const rtl = (folder: string, env: Environment) =>
  vta(['run', 'p.vta', '--on', 'rtl'], folder, { PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter), ...env });
const cache = async (folder: string, at: string, ...argv: string[]) => {
  const env = { PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter), VTA_CACHE_DIR: at };
  return JSON.parse((await vta(['cache', ...argv, '--json'], folder, env)).stdout) as {
    entries: { name: string; kind: string; what: string; current: boolean | null }[];
    removed: string[];
    others: number;
    bytes: number;
  };
};

const NOTICE =
  /^building the RTL model of configuration \S+ at 64 bits with Verilator 5\.006, once; it is kept in (.*)\nbuilt the RTL model in \d+ s\n/;

describe.skipIf(process.platform === 'win32')('the cache', () => {
  test('may be missing, and have blanks, = and other signs in its path; a build is announced, once', async () =>
    inFolder(TOOLS, async (folder) => {
      for (const name of ['plain/deep', 'a b/c=d', 'ü$x;y']) {
        const env = { VTA_CACHE_DIR: join(folder, name) };
        const first = await rtl(folder, env);
        expect(NOTICE.exec(first.stderr)?.[1], first.stderr).toBe(join(folder, name));
        expect(first.stderr).toContain('the model itself');
        const second = await rtl(folder, env);
        expect(second.stderr).not.toMatch(/building|built the RTL/);
        expect(second.stderr).toContain('the model itself');
        expect(readdirSync(join(folder, name))).toHaveLength(1);
      }
    }));

  test('is found by VTA_CACHE_DIR, XDG_CACHE_HOME where that is absolute, or HOME', async () =>
    inFolder(TOOLS, async (folder) => {
      const env = { VTA_CACHE_DIR: '', XDG_CACHE_HOME: '', HOME: join(folder, 'home') };
      const place = async (changes: Environment) => NOTICE.exec((await rtl(folder, { ...env, ...changes })).stderr)?.[1];
      expect(await place({ VTA_CACHE_DIR: 'own' })).toBe(join(folder, 'own'));
      expect(await place({ XDG_CACHE_HOME: join(folder, 'xdg') })).toBe(join(folder, 'xdg/vta-stack'));
      expect(await place({ XDG_CACHE_HOME: 'relative' })).toBe(join(folder, 'home/.cache/vta-stack'));
    }));

  test('that cannot be used is one diagnostic, and vta doctor says so', async () =>
    inFolder({ ...TOOLS, file: '' }, async (folder) => {
      for (const [at, home, why] of [
        ['file', folder, 'something else has that name'],
        ['file/below', folder, 'a part of the path is not a folder'],
        ['', '', 'there is no home folder'],
      ] as const) {
        const env = { VTA_CACHE_DIR: at, XDG_CACHE_HOME: '', HOME: home };
        const { status, stderr } = await rtl(folder, env);
        expect([status, stderr.match(/^error VTA\d+: .*/gm)]).toEqual([
          1,
          [expect.stringMatching(new RegExp(`^error VTA5011: .*${why}$`))],
        ]);
        const doctor = JSON.parse((await vta(['doctor', '--json'], folder, env)).stdout) as { cache: { problem: string | null } };
        expect(doctor.cache.problem).toBeTruthy();
      }
    }));

  test('without room is one diagnostic', async (context) =>
    inFolder({ ...TOOLS, 'full/x': '' }, async (folder) => {
      const full = join(folder, 'full');
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full]).status !== 0)
        return context.skip('no disk can be mounted here');
      try {
        const { status, stderr } = await rtl(folder, { VTA_CACHE_DIR: full });
        expect([status, stderr.match(/^error VTA\d+: .*/gm)]).toEqual([
          1,
          [expect.stringMatching(/^error VTA5011: .*no space is left on the disk$/)],
        ]);
        expect(readdirSync(full)).toEqual([]);
      } finally {
        spawnSync('umount', [full]);
      }
    }));
});

describe.skipIf(process.platform === 'win32')('vta cache', () => {
  /** Two models, one of another design, with what a failed and an interrupted build leave, and things of others. */
  async function filled(folder: string): Promise<string> {
    const at = join(folder, 'the cache');
    await rtl(folder, { VTA_CACHE_DIR: at });
    mkdirSync(join(folder, 'other'));
    for (const name of ['vta_pkg.sv', 'vta_top.sv']) writeFileSync(join(folder, 'other', name), '// another design\n');
    await rtl(folder, { VTA_CACHE_DIR: at, VTA_RTL_DIR: join(folder, 'other') });
    mkdirSync(join(at, 'rtl-x-64-0123456789abcdef.building-999999999-01234567'));
    mkdirSync(join(at, `rtl-x-64-0123456789abcdef.building-${process.pid}-01234567`));
    writeFileSync(join(at, 'failed-rtl-x-64.log'), 'log');
    // none of ours
    mkdirSync(join(at, 'photos-0123456789abcdef'));
    writeFileSync(join(at, 'photos-0123456789abcdef', 'me.jpg'), '');
    writeFileSync(join(at, 'letter.txt'), '');
    symlinkSync('photos-0123456789abcdef', join(at, 'rtl-y-64-0123456789abcdef'));
    return at;
  }

  test('lists what is there, and removes what is its own and not in use', async () =>
    inFolder(TOOLS, async (folder) => {
      const at = await filled(folder);
      const all = await cache(folder, at);
      expect(all.entries.map(({ kind, current }) => `${kind} ${current}`).sort()).toEqual(
        ['log null', 'model false', 'model true', 'unfinished null', 'unfinished null'].sort(),
      );
      expect(all).toMatchObject({ others: 3, removed: [] });
      expect(all.entries.find((e) => e.current)?.what).toMatch(/^configuration \S+ at 64 bits$/);
      const text = await vta(['cache'], folder, { VTA_CACHE_DIR: at });
      expect(text.stdout).toContain(`${at}: 5 entries, `);

      const old = await cache(folder, at, '--old', '--clear');
      expect(old.removed).toHaveLength(3);
      expect(old.entries.map(({ kind, current }) => `${kind} ${current}`).sort()).toEqual(['model true', 'unfinished null']);

      await cache(folder, at, '--clear');
      expect(readdirSync(at).sort()).toEqual(
        [
          'letter.txt',
          'photos-0123456789abcdef',
          `rtl-x-64-0123456789abcdef.building-${process.pid}-01234567`,
          'rtl-y-64-0123456789abcdef',
        ].sort(),
      );
      expect(existsSync(join(at, 'photos-0123456789abcdef', 'me.jpg'))).toBe(true);
    }));

  test('a folder of something else loses nothing', async () =>
    inFolder({ ...TOOLS, 'home/a': 'a', 'home/b/Vvta_top': 'b', 'home/c-0123456789abcdef/x': '' }, async (folder) => {
      expect(await cache(folder, join(folder, 'home'), '--clear')).toMatchObject({ entries: [], removed: [], others: 3 });
      expect(readFileSync(join(folder, 'home/a'), 'utf8')).toBe('a');
      expect(await cache(folder, join(folder, 'none'), '--clear')).toMatchObject({ entries: [], others: 0 });
      expect(existsSync(join(folder, 'none'))).toBe(false);
    }));

  test('vta doctor says where the cache is, and how large', async () =>
    inFolder(TOOLS, async (folder) => {
      const at = join(folder, 'c');
      await rtl(folder, { VTA_CACHE_DIR: at });
      expect((await vta(['doctor'], folder, { VTA_CACHE_DIR: at })).stdout).toContain(`cache of built RTL models: ${at}, 1 entry, `);
    }));
});
