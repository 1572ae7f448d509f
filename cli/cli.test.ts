import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PRESET_KEYS } from '#isa/config/presets';
import { main } from './main.js';
import { allMessages } from './message-tables.js';
import { COMMANDS } from './options/table.js';

/** Runs `vta ARGS` in this process. */
async function vta(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const status = await main(args, {
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    interactive: false,
  });
  return { status, ...texts };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vta-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('help', () => {
  test('lists every command', async () => {
    const { status, out, err } = await vta('--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const { name } of COMMANDS) expect(out).toContain(`\n  ${name}`);
  });

  test.each(COMMANDS.map((c) => [c.name, c] as const))('vta %s --help has an example', async (name, spec) => {
    const { status, out } = await vta(name, '--help');
    expect(status).toBe(0);
    expect(out).toContain(spec.examples[0][0]);
  });

  test('without a command it helps, and fails', async () => {
    expect(await vta()).toMatchObject({ status: 1, err: '' });
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await vta('--version')).toEqual({ status: 0, out: `${version}\n`, err: '' });
  });
});

describe('mistakes', () => {
  test.each([
    [['compil'], 'VTA6002', 'did you mean compile?'],
    [['run', 'x.vta', '--jsn'], 'VTA6001', 'did you mean --json?'],
    [['run'], 'VTA6003', 'vta run needs the argument <file>'],
    [['compile', 'x.tflite'], 'VTA6003', '-o, --output <file>'],
    [['compile', 'x.tflite', '-o'], 'VTA6003', '-o, --output <file>'],
    [['run', 'x.vta', '--on', 'cyle'], 'VTA6004', 'did you mean cycle?'],
    [['disasm', 'a', 'b'], 'VTA6005', 'b'],
    [['run', 'no/such.vta'], 'VTA6101', 'no such file or folder'],
    [['compile', 'x.tflite', '-o', 'y.vta', '--config', 'defalt'], 'VTA1006', 'did you mean default?'],
    [['run', 'x.vta', '--on', 'cycle', '--memory', 'widht=64'], 'VTA1301', 'did you mean width?'],
    [['explain', 'VTA9999'], 'VTA6006', 'VTA9999'],
  ])('vta %j is %s', async (args, code, text) => {
    const { status, out, err } = await vta(...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(`error ${code}: `);
    expect(err).toContain(text);
    expect(err).toMatch(/\n {2}why: .+\n {2}do: {2}.+\n/);
  });
});

describe('config', () => {
  test('prints what --config reads back', async () => {
    for (const name of Object.keys(PRESET_KEYS)) {
      const { out } = await vta('config', name);
      const file = join(folder, `${name}.json`);
      writeFileSync(file, out);
      expect(JSON.parse(out)).toEqual(PRESET_KEYS[name]);
      expect((await vta('config', file, '--derived')).out).toEqual((await vta('config', name, '--derived')).out);
    }
  });

  test('lists the presets', async () => {
    const { out } = await vta('config', '--json');
    expect((JSON.parse(out) as { presets: { preset: string }[] }).presets.map((p) => p.preset)).toEqual(Object.keys(PRESET_KEYS));
  });
});

describe('explain', () => {
  test('every message of every package, each code once', async () => {
    const codes = (await allMessages()).map((m) => m.code);
    expect(new Set(codes).size).toBe(codes.length);
    const { out } = await vta('explain');
    for (const code of codes) expect(out).toContain(`${code}  `);
  });

  test('the long form', async () => {
    for (const name of ['VTA1203', 'vta1203', '1203']) {
      const { status, out } = await vta('explain', name);
      expect(status).toBe(0);
      expect(out).toMatch(/^VTA1203: <memory> index <index> is out of range.*\n\n {2}why: .*\n {2}do: {2}.*\n$/);
    }
  });
});

describe('files', () => {
  test('a failed compilation leaves nothing behind', async () => {
    const before = readdirSync(folder);
    const file = join(folder, 'bad.tflite');
    writeFileSync(file, 'not a model');
    expect((await vta('compile', file, '-o', join(folder, 'bad.vta'))).status).toBe(1);
    expect(readdirSync(folder).sort()).toEqual([...before, 'bad.tflite'].sort());
  });

  test('a folder that does not exist is named', async () => {
    const source = join(folder, 'finish.vasm');
    writeFileSync(source, 'finish\n');
    const { status, err } = await vta('asm', source, '-o', join(folder, 'none', 'x.bin'));
    expect(status).toBe(1);
    expect(err).toContain('VTA6102');
  });
});

describe('asm and disasm', () => {
  test('round trip through instructions and through a program', async () => {
    const source = join(folder, 'p.vasm');
    writeFileSync(source, 'finish\n');
    const [bin, program] = [join(folder, 'p.bin'), join(folder, 'p.vta')];
    expect(await vta('asm', source, '-o', bin)).toEqual({ status: 0, out: '', err: '' });
    expect(await vta('asm', source, '-o', program, '--config', 'mac64')).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(bin).toString('hex')).toBe(`03${'00'.repeat(15)}`);
    const text = (await vta('disasm', bin)).out;
    expect(text).toMatch(/finish\n$/i);
    expect((await vta('disasm', program)).out).toContain(text);
  });

  test('a hand-made program runs', async () => {
    const { status, out } = await vta('run', join(folder, 'p.vta'), '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      on: 'functional',
      cycles: null,
      macs: 0,
      outputs: [],
      layers: [{ target: 'vta', instructions: 1 }],
    });
  });

  test('--timing-only has the cycles and no outputs', async () => {
    const cycles = async (...options: string[]) =>
      JSON.parse((await vta('run', join(folder, 'p.vta'), '--on', 'cycle', '--json', ...options)).out) as {
        cycles: number;
        outputs: unknown[];
      };
    const [full, fast] = [await cycles(), await cycles('--timing-only')];
    expect(fast.cycles).toBe(full.cycles);
    expect(fast.outputs).toEqual([]);
  });
});
