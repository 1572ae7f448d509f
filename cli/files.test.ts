/** What commands do to files: the right thing or one diagnostic, and no file is lost. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Files, ensureBuilt, inFolder, listing, root, vta, vtaCommand } from '../tests/support/cli.js';
import { hasTool } from '../tests/support/tools.js';
import { programFile } from '../tests/errors/artifacts.js';
import { answering } from '../tests/errors/rtl.cases.js';

beforeAll(ensureBuilt, 120_000);

const SOURCE: Files = { 'p.vasm': 'finish\n' };
/** One small result of a command, and how long it is. */
const asm = (output: string, folder: string) => vta(['asm', 'p.vasm', '-o', output], folder);
const GOOD = { status: 0, stderr: '' };
const BYTES = 16;
const model = join(root, 'models/demo/model.tflite');

/** Runs a line of a shell in which $VTA is the command. */
function shell(line: string, folder: string) {
  const env = { ...process.env, VTA: `${process.execPath} ${vtaCommand}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, env });
  return { status, stdout: new Uint8Array(stdout), stderr: stderr.toString() };
}

const errorOf = (stderr: string): string | undefined => /^error (VTA\d+)/.exec(stderr)?.[1];
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === 'win32')('what an output may be', () => {
  test('a symbolic link stays one, and what it points to is written; also where that is not there yet, or behind another link', async () =>
    inFolder({ ...SOURCE, 'real/old.bin': 'old' }, async (folder) => {
      symlinkSync('real/old.bin', join(folder, 'a.bin'));
      symlinkSync('real/new.bin', join(folder, 'b.bin'));
      symlinkSync('b.bin', join(folder, 'c.bin'));
      for (const name of ['a.bin', 'c.bin']) expect(await asm(name, folder)).toMatchObject(GOOD);
      expect([readlinkSync(join(folder, 'a.bin')), readlinkSync(join(folder, 'b.bin'))]).toEqual(['real/old.bin', 'real/new.bin']);
      for (const name of ['real/old.bin', 'real/new.bin']) expect(readFileSync(join(folder, name))).toHaveLength(BYTES);
      expect(listing(folder)).toEqual(['a.bin', 'b.bin', 'c.bin', 'p.vasm', 'real', 'real/new.bin', 'real/old.bin']);
    }));

  test('links in a circle are a diagnostic', async () =>
    inFolder(SOURCE, async (folder) => {
      symlinkSync('b', join(folder, 'a'));
      symlinkSync('a', join(folder, 'b'));
      expect((await asm('a', folder)).stderr).toMatch(/VTA6102: .*circle/);
    }));

  test('all names of a file keep naming one file', async () =>
    inFolder({ ...SOURCE, 'a.bin': 'something that is longer than the result of the command' }, async (folder) => {
      linkSync(join(folder, 'a.bin'), join(folder, 'b.bin'));
      expect(await asm('a.bin', folder)).toMatchObject(GOOD);
      expect(readFileSync(join(folder, 'b.bin'))).toHaveLength(BYTES);
      expect(statSync(join(folder, 'a.bin')).ino).toBe(statSync(join(folder, 'b.bin')).ino);
    }));

  test('the mode of a file that is replaced stays', async () =>
    inFolder({ ...SOURCE, 'a.bin': 'old' }, async (folder) => {
      chmodSync(join(folder, 'a.bin'), 0o640);
      expect(await asm('a.bin', folder)).toMatchObject(GOOD);
      expect(statSync(join(folder, 'a.bin')).mode & 0o777).toBe(0o640);
      expect(readFileSync(join(folder, 'a.bin'))).toHaveLength(BYTES);
    }));

  test('a pipe takes the bytes and stays a pipe', async () =>
    inFolder(SOURCE, async (folder) => {
      expect(shell('mkfifo p && { wc -c < p & $VTA asm p.vasm -o p; wait; }', folder)).toMatchObject({ status: 0, stderr: '' });
      expect(lstatSync(join(folder, 'p')).isFIFO()).toBe(true);
    }));

  test('a device takes the bytes and stays a device', async (context) =>
    inFolder(SOURCE, async (folder) => {
      expect(await asm('/dev/null', folder)).toMatchObject(GOOD);
      const { stderr, status } = await asm('/dev/full', folder);
      expect([status, stderr]).toEqual([1, expect.stringContaining('VTA6102: cannot write /dev/full: no space is left')]);
      for (const name of ['/dev/null', '/dev/full']) expect(lstatSync(name).isCharacterDevice()).toBe(true);
      if (spawnSync('mknod', [join(folder, 'null'), 'c', '1', '3']).status !== 0) context.skip('devices cannot be made here');
      expect(await asm('null', folder)).toMatchObject(GOOD);
      expect(lstatSync(join(folder, 'null')).isCharacterDevice()).toBe(true);
    }));

  test('- and /dev/stdout are standard output; text goes to standard error then', async () =>
    inFolder(SOURCE, async (folder) => {
      expect((await asm('a.bin', folder)).status).toBe(0);
      const file = new Uint8Array(readFileSync(join(folder, 'a.bin')));
      for (const name of ['-', '/dev/stdout', '/dev/fd/1', '>(cat >&2; sleep 0.2) | cat']) {
        const { stdout, stderr } = shell(`$VTA asm p.vasm -o ${name}`, folder);
        expect([...stdout, ...new TextEncoder().encode(stderr)].length, name).toBeGreaterThanOrEqual(BYTES);
        if (!name.startsWith('>')) expect(stdout).toEqual(file);
      }
      const { status, stdout, stderr } = shell(`$VTA compile ${model} -o -`, folder);
      expect([status, stderr]).toEqual([0, expect.stringMatching(/^-: 9 layers on vta/)]);
      writeFileSync(join(folder, 'm.vta'), stdout);
      expect((await vta(['disasm', 'm.vta'], folder)).status).toBe(0);
      expect(shell('$VTA asm p.vasm -o - >> log; cat log', folder).stdout).toHaveLength(BYTES);
    }));

  test('a name may be as long as names can be', async () =>
    inFolder(SOURCE, async (folder) => {
      for (const length of [254, 255]) expect(await asm('n'.repeat(length), folder)).toMatchObject(GOOD);
      expect((await asm('n'.repeat(256), folder)).stderr).toMatch(/VTA6102: .*the name is too long/);
    }));

  test('a folder, a missing folder and a file as a folder are diagnostics; an empty name is no value', async () =>
    inFolder({ ...SOURCE, 'd/x': '' }, async (folder) => {
      for (const name of ['d', 'd/', 'none/', 'none/x', 'p.vasm/x']) {
        const { status, stderr } = await asm(name, folder);
        expect([name, status, errorOf(stderr)]).toEqual([name, 1, 'VTA6102']);
      }
      expect(errorOf((await asm('', folder)).stderr)).toBe('VTA6003');
    }));
});

describe('outputs that would destroy something', () => {
  const files = { 'm.tflite': readFileSync(model), 'p.vta': programFile(['finish']), ...SOURCE };
  const REFUSED: readonly (readonly string[])[] = [
    ['compile', 'm.tflite', '-o', 'm.tflite'],
    ['compile', 'm.tflite', '-o', './d/../m.tflite'],
    ['compile', 'm.tflite', '-o', 'soft'],
    ['compile', 'm.tflite', '-o', 'hard'],
    ['compile', 'soft', '-o', 'm.tflite'],
    ['asm', 'p.vasm', '-o', 'p.vasm'],
    ['asm', 'p.vasm', '--dram', 'p.vta', '-o', 'p.vta'],
    ['run', 'm.vta', '--output', 'm.vta'],
    ['run', 'm.vta', '--input', 'in.npy', '--output', 'in.npy'],
    ['run', 'm.vta', '--output', 'x.npy', '--output', './x.npy'],
    ['run', 'm.vta', '--on', 'cycle', '--output', 'x.svg', '--roofline', 'x.svg'],
    ['run', 'm.vta', '--output', '-', '--output', '-'],
    ['trace', 'p.vta', '-o', 't.html', '-o', 't.html'],
  ];

  test('are refused, and nothing is changed', async () =>
    inFolder({ ...files, 'd/x': '', 'in.npy': readFileSync(join(root, 'models/demo/input_003.npy')) }, async (folder) => {
      expect((await vta(['compile', model, '-o', 'm.vta'], folder)).status).toBe(0);
      symlinkSync('m.tflite', join(folder, 'soft'));
      linkSync(join(folder, 'm.tflite'), join(folder, 'hard'));
      const before = listing(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs, statSync(join(folder, name)).ino]);
      for (const argv of REFUSED) {
        const { status, stderr, stdout } = await vta(argv, folder);
        expect([argv, status, errorOf(stderr), stdout]).toEqual([argv, 1, 'VTA6105', '']);
      }
      expect(listing(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs, statSync(join(folder, name)).ino])).toEqual(before);
    }));
});

describe('permissions', () => {
  /** As somebody who may not do everything, also where the tests run as root. */
  const nobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const works =
    !isRoot || (hasTool('setpriv') && spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', vtaCommand]).status === 1);
  const asNobody = (argv: readonly string[], cwd: string) => {
    const [command, ...rest] = [...nobody, process.execPath, vtaCommand, ...argv];
    const { status, stderr } = spawnSync(command, rest, {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    return { status, stderr };
  };

  test.skipIf(!works)('what may not be written is a diagnostic; what may be is written, also in a folder that may not', async () =>
    inFolder({ ...SOURCE, 'd/mine.bin': 'old old old old old old', 'd/kept.bin': 'kept' }, async (folder) => {
      chmodSync(folder, 0o755);
      chmodSync(join(folder, 'd/mine.bin'), 0o666);
      chmodSync(join(folder, 'd/kept.bin'), 0o444);
      chmodSync(join(folder, 'd'), 0o555);
      expect(asNobody(['asm', 'p.vasm', '-o', 'd/mine.bin'], folder)).toEqual(GOOD);
      expect(readFileSync(join(folder, 'd/mine.bin'))).toHaveLength(BYTES);
      for (const name of ['d/kept.bin', 'd/new.bin']) {
        const { status, stderr } = asNobody(['asm', 'p.vasm', '-o', name], folder);
        expect([name, status, stderr]).toEqual([name, 1, expect.stringMatching(/VTA6102: cannot write .*permission denied/)]);
      }
      expect(readFileSync(join(folder, 'd/kept.bin'), 'utf8')).toBe('kept');
      expect(listing(folder)).toEqual(['d', 'd/kept.bin', 'd/mine.bin', 'p.vasm']);
      chmodSync(join(folder, 'd'), 0o755);
    }),
  );
});

/** Bytes that cannot be compressed. */
function noise(count: number): Uint8Array {
  let x = 1;
  return Uint8Array.from({ length: count }, () => {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    return x >>> 24;
  });
}

/** Runs `use` in a folder of a disk of 64 KiB. */
async function onSmallDisk(use: (folder: string) => Promise<void>, skip: () => void): Promise<void> {
  await inFolder({}, async (folder) => {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return skip();
    try {
      await use(folder);
    } finally {
      spawnSync('umount', [folder]);
    }
  });
}

describe('a full disk', () => {
  test('is a diagnostic, and the files on it stay as they were', async (context) =>
    onSmallDisk(
      async (folder) => {
        writeFileSync(join(folder, 'p.vasm'), 'finish\n');
        writeFileSync(join(folder, 'a.vta'), 'old');
        linkSync(join(folder, 'a.vta'), join(folder, 'b.vta'));
        writeFileSync(join(folder, 'image.bin'), noise(40 * 1024));
        for (const name of ['new.vta', 'a.vta', 'b.vta']) {
          const { status, stderr } = await vta(['asm', 'p.vasm', '--dram', 'image.bin', '-o', name], folder);
          expect([status, stderr]).toEqual([1, expect.stringContaining(`VTA6102: cannot write ${name}: no space is left on the disk`)]);
        }
        expect(readFileSync(join(folder, 'b.vta'), 'utf8')).toBe('old');
        expect(listing(folder)).toEqual(['a.vta', 'b.vta', 'image.bin', 'p.vasm']);
      },
      () => context.skip('no disk can be mounted here'),
    ));
});

test('a waveform that does not fit on its disk is a diagnostic, not half a waveform', async (context) => {
  const tools: Files = {
    'bin/verilator': '#!/bin/sh\n[ "$1" = --version ] && echo "Verilator 5.006 2023-01-22"\nexit 0\n',
    'bin/make': '#!/bin/sh\ncp "$(dirname "$0")/model" Vvta_top\n',
    // as Verilator does, it writes as much as fits and says nothing
    'bin/model': `#!/bin/sh\n[ -n "$1" ] && yes 2>/dev/null | head -c 1000000 > "$1" 2>/dev/null\nexec "$(dirname "$0")/answer"\n`,
  };
  await inFolder({ ...tools, 'p.vta': programFile(['finish']) }, async (folder) =>
    onSmallDisk(
      async (disk) => {
        writeFileSync(join(folder, 'bin/answer'), answering({ cycles: 25 }), { mode: 0o755 });
        writeFileSync(join(folder, 'bin/model'), tools['bin/model'].toString().replace('$(dirname "$0")', join(folder, 'bin')), {
          mode: 0o755,
        });
        const env = { PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter), VTA_CACHE_DIR: join(folder, 'cache') };
        const { status, stderr } = await vta(['cosim', 'p.vta', '--waveform', join(disk, 'w.fst')], folder, env);
        expect([status, stderr]).toEqual([1, expect.stringMatching(/VTA6102: cannot write .*w\.fst: no space is left on the disk/)]);
        expect(listing(disk)).toEqual([]);
      },
      () => context.skip('no disk can be mounted here'),
    ),
  );
});

describe.skipIf(!existsSync('/dev/full'))('standard output', () => {
  const COMMANDS = ['disasm p.vta', 'run p.vta --json', 'asm p.vasm -o -', '--help', 'explain', 'lint p.vta', 'cosim none.vta --json'];

  test('that is full is one line and exit status 1', async () =>
    inFolder({ 'p.vta': programFile(['finish']), ...SOURCE }, async (folder) => {
      for (const command of COMMANDS) {
        const { status, stderr } = shell(`$VTA ${command} > /dev/full`, folder);
        expect([command, status, stderr]).toEqual([
          command,
          1,
          expect.stringMatching(/error VTA6106: standard output could not be written: no space/),
        ]);
        expect(stderr).not.toMatch(/^ {4}at |node:/m);
      }
      expect(shell('$VTA disasm p.vta > /dev/full', folder).stderr.trim().split('\n')).toHaveLength(1);
    }));

  test('whose reader leaves is no error, and one that is closed is none', async () =>
    inFolder({ 'p.vta': programFile(['finish']), ...SOURCE }, async (folder) => {
      expect(shell('$VTA explain | head -1; echo ${PIPESTATUS[0]}', folder)).toMatchObject({ status: 0, stderr: '' });
      expect(shell(`$VTA compile ${model} -o - 2>/dev/null | head -c 1 | wc -c`, folder)).toMatchObject({ status: 0, stderr: '' });
      expect(shell('$VTA explain >&-', folder)).toMatchObject({ status: 0, stderr: '' });
    }));

  test('a result that cannot be told of on standard error keeps its exit status', async () =>
    inFolder({}, async (folder) => {
      expect(shell('$VTA run none.vta 2> /dev/full', folder).status).toBe(1);
      expect(shell('$VTA run none.vta 2>&-', folder).status).toBe(1);
    }));
});

describe('inputs', () => {
  const TIR = `func add3(x: i8[4, 1, 16], y: i8[4, 1, 16]) {
  alloc acc: i32[4, 1, 16] @acc
  for i in 0..4 { dma acc[i], x[i] }
  for i in 0..4 { alu add acc[i], 3 }
  for i in 0..4 { dma y[i], acc[i] }
}
`;

  test('a tensor program is one whatever its name, and so is a model', async () =>
    inFolder({ 'p.txt': `# a comment\n${TIR}`, 'p.tir': TIR, 'm.tir': readFileSync(model), 'bad.tir': 'nothing' }, async (folder) => {
      for (const name of ['p.txt', 'p.tir', 'm.tir']) expect(await vta(['compile', name, '-o', 'a.vta'], folder)).toMatchObject(GOOD);
      for (const name of ['-', '/dev/stdin', '<(cat p.tir)'])
        expect(shell(`cat p.tir | $VTA compile ${name} -o b.vta`, folder)).toMatchObject({ status: 0, stderr: '' });
      expect((await vta(['compile', 'bad.tir', '-o', 'a.vta'], folder)).stderr).toContain('VTA2201');
    }));

  test('assembly and litmus tests are known by what they hold, too', async () =>
    inFolder({ 'l.txt': readFileSync(join(root, 'tests/litmus/deadlock-load-compute.litmus')), ...SOURCE }, async (folder) => {
      expect(shell('cat p.vasm | $VTA lint -', folder)).toMatchObject({ status: 0, stderr: '' });
      expect((await vta(['lint', 'l.txt'], folder)).stdout).toContain('deadlock');
      expect(shell('cat p.vasm | $VTA asm - -o x.vta --dram /dev/stdin', folder).stderr).toContain('standard input was read already');
    }));
});

describe('paths with = and blanks', () => {
  const input = readFileSync(join(root, 'models/demo/input_003.npy'));
  test('are paths; NAME= is a name where the program has it', async () =>
    inFolder({ 'run=3/in.npy': input, 'a=b.npy': input, 'with blank/in.npy': input }, async (folder) => {
      expect((await vta(['compile', model, '-o', 'with blank/m=1.vta'], folder)).status).toBe(0);
      const run = (...argv: string[]) => vta(['run', 'with blank/m=1.vta', ...argv], folder);
      const [wanted] = [await run('-i', 'with blank/in.npy')];
      expect(wanted.status).toBe(0);
      const report = (r: { stdout: string }) => r.stdout.split('\n').filter((l) => !l.includes('.npy'));
      const { inputs } = JSON.parse((await run('--json')).stdout) as { inputs?: readonly { readonly name: string }[] };
      const name = inputs?.[0].name ?? 'picture';
      for (const given of ['run=3/in.npy', './run=3/in.npy', 'a=b.npy', `${name}=run=3/in.npy`, `${name}=a=b.npy`])
        expect([given, report(await run('-i', given))]).toEqual([given, report(wanted)]);
      for (const given of ['run=3/out.npy', './o=1.npy', join(folder, 'o=2.npy')])
        expect([given, await run('-o', given)]).toMatchObject([given, GOOD]);
      expect(listing(folder).filter((f) => /o(ut)?(=.)?\.npy$/.test(f))).toEqual(['o=1.npy', 'o=2.npy', 'run=3/out.npy']);
      for (const argv of [
        ['-i', 'wrong=a.npy'],
        ['-o', 'wrong=a.npy'],
      ])
        expect((await run(...argv)).stderr).toMatch(/VTA3107: .*named wrong\b/);
    }));
});

test('names of dumps are names of files, whatever the layers are called', async () =>
  inFolder({}, async (folder) => {
    mkdirSync(join(folder, 'd'));
    expect((await vta(['compile', model, '-o', 'm.vta', '--dump', 'd'], folder)).status).toBe(0);
    expect(listing(join(folder, 'd')).filter((name) => !/^[\w.-]+$/.test(name))).toEqual([]);
  }));

test('a folder for failing programs that cannot be is refused before the first program runs', async () =>
  inFolder({ f: '' }, async (folder) => {
    const { status, stderr, stdout } = await vta(['fuzz', '--on', 'functional', '--count', '1', '--out', 'f/x'], folder);
    expect([status, errorOf(stderr), stdout]).toEqual([1, 'VTA6102', '']);
  }));
