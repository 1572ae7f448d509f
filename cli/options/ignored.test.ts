/** No option is ignored: every command is run with and without each of its options. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVerilator } from '#hardware-rtl/verilated/verilator';
import { encodeArtifact } from '#runtime/artifact/encode';
import { writeNpy } from '#runtime/npy';
import { compiled, programFile } from '../../tests/errors/artifacts.js';
import { dense } from '../../tests/errors/tflite-models.js';
import { preset } from '#isa/config/presets';
import { assemble } from '#isa/asm/assemble';
import { main } from '../main.js';
import { type CommandSpec, longFlag, type OptionSpec } from './spec.js';
import { COMMANDS } from './table.js';
import { RULES } from './together.js';

const hasVerilator = (await findVerilator()).found;
const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'vta-ignored-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const LINES = [
  'load.uop sram=0 dram=0x40 y=1 x=1 stride=1',
  'load.inp sram=0 dram=0x10 y=2 x=3 stride=4 push_next',
  'load.wgt sram=0 dram=0x2 y=1 x=2 stride=2 push_next',
  'gemm uop=[0,1) iter=1x4 dst+=(0,1) src+=(0,1) wgt+=(0,0) pop_prev',
  'alu.add imm=1 uop=[0,1) iter=1x4 dst+=(0,1) src+=(0,0) pop_prev push_next',
  'store.out sram=0 dram=0x20 y=1 x=4 stride=4 pop_prev push_prev',
  'finish pop_next',
];
const TIR = `func add3(x: i8[4, 1, 16], y: i8[4, 1, 16]) {
  alloc acc: i32[4, 1, 16] @acc
  for i in 0..4 { dma acc[i], x[i] }
  for i in 0..4 { alu add acc[i], 3 }
  for i in 0..4 { dma y[i], acc[i] }
}
`;

beforeAll(() => {
  const { bytes } = assemble(LINES.join('\n'), preset('default'), 'p.vasm');
  const vector = { format: 'vta-golden-1', name: 'v', config: preset('default').keys, insn_addr: 0, insn_count: 1, dram_size: 16 };
  const finish = new Uint8Array(16).fill(3, 0, 1);
  const files: Record<string, string | Uint8Array> = {
    'p.vta': programFile(LINES),
    'p.vasm': LINES.join('\n'),
    'p.bin': bytes,
    'image.bin': new Uint8Array(8192).fill(1),
    'm.tflite': dense(),
    'm.vta': encodeArtifact(compiled(dense())),
    'm.npy': writeNpy({ dtype: 'int8', shape: [1, 4], data: Int8Array.of(9, 9, 9, 9) }),
    'p.tir': TIR,
    's.txt': 's.split(s.i, 2)\n',
    'debug.txt': 'step\n',
    't.litmus': readFileSync(join(root, 'tests/litmus/load-then-gemm-no-token.litmus')),
    'v/vector.json': JSON.stringify(vector),
    'v/program.bin': finish,
    'v/dram_in.bin': finish,
    'v/dram_out.bin': finish,
    'cache/failed-rtl-1x16_i8w8a32_15_15_18_17-64.log': 'it failed\n',
  };
  for (const name of ['v', 'cache']) mkdirSync(join(home, name));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content);
});

/** `vta cache` looks at a cache of this test. The models of the others are kept where they always are. */
async function cached<T>(command: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.VTA_CACHE_DIR;
  if (command === 'cache') process.env.VTA_CACHE_DIR = join(home, 'cache');
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.VTA_CACHE_DIR;
    else process.env.VTA_CACHE_DIR = before;
  }
}

/** Everything a command leaves behind that can be seen. `@` in a word is a new folder, `%` the folder of the inputs. */
async function outcome(argv: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(home, 'out-'));
  const texts = { out: '', err: '' };
  const place = (word: string) => word.replace('@', `${folder}/`).replace('%', `${home}/`);
  const context = { out: (t: string) => void (texts.out += t), err: (t: string) => void (texts.err += t), interactive: false };
  const status = await cached(argv[0], () => main(argv.map(place), context));
  const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    );
  expect(status, texts.err).not.toBe(2);
  const text = [String(status), texts.out, texts.err, ...written].join('\n');
  return text.replaceAll(folder, '@').replace(/\d+\.\d s\b|"seconds": [\d.]+/g, 'some time');
}

/** Values that differ from the default, by `command option` or by option. */
const VALUES: Readonly<Record<string, string>> = {
  '--bisect': '0',
  '--command': 'step',
  '--config': 'mac64',
  '--count': '3',
  '--dram': '%image.bin',
  '--dump': '@dump',
  '--from': '5',
  '--ignore': 'race',
  '--input': '%m.npy',
  '--jobs': '2',
  '--launch': 'p',
  '--losses': '1',
  '--memory': 'latency=99',
  '--on': 'cycle',
  '--output': '@o.vta',
  'why --on': 'rtl',
  'trace --on': 'rtl',
  'wave --on': 'rtl',
  'fuzz --output': '@crashers',
  'run --output': '@o.npy',
  'trace --output': '@o.html',
  'wave --output': '@o.svg',
  '--roofline': '@r.svg',
  '--rounding': 'single',
  '--rtl-configs': '3',
  '--schedule': '%s.txt',
  '--script': '%debug.txt',
  '--seed': '2',
  '--skip': 'fold-constants',
  '--timing': 'vta-chisel',
  '--to': '20',
  '--waveform': '@w.svg',
};

/** Command lines to which each option of the command is added; several of one command, for different kinds of input and machines. */
const BASES: readonly (readonly string[])[] = [
  ['compile', '%m.tflite', '-o', '@m.vta'],
  ['compile', '%m.tflite', '-o', '@m.vta', '--json'],
  ['compile', '%p.tir', '-o', '@p.vta'],
  ['run', '%p.vta'],
  ['run', '%m.vta', '--json'],
  ['run', '%m.vta', '--on', 'cycle'],
  ['run', '%p.vta', '--on', 'cycle', '--timing-only'],
  ['run', '%p.vta', '--on', 'cycle', '--timing', 'vta-chisel'],
  ['why', '%p.vta'],
  ['why', '%p.vta', '--path'],
  ['why', '%p.vasm', '--json', '--path'],
  ['run-vector', '%v'],
  ['run-vector', '%v', '--on', 'cycle'],
  ['trace', '%p.vta'],
  ['trace', '%p.vta', '-o', '@t.vcd'],
  ['trace', '%p.bin', '--json'],
  ['wave', '%p.vta', '-o', '@w.svg'],
  ['wave', '%p.vasm', '-o', '@w.json'],
  ['fuzz', '--count', '2', '--on', 'functional'],
  ['fuzz', '--count', '2', '--on', 'functional,cycle', '--json'],
  ['fuzz', '%p.vta', '--on', 'functional,cycle'],
  ['lint', '%p.vta'],
  ['lint', '%t.litmus', '%p.vasm'],
  ['lint', '%p.vasm', '--json'],
  ['debug', '%p.vta', '-c', 'info'],
  ['debug', '%p.vasm', '-c', 'info', '-c', 'continue', '-c', 'where'],
  ['litmus', '%t.litmus'],
  ['asm', '%p.vasm', '-o', '@p.vta'],
  ['asm', '%p.vasm', '-o', '@p.bin'],
  ['disasm', '%p.bin'],
  ['disasm', '%p.vta'],
  ['config'],
  ['config', 'mac64'],
  ['passes'],
  ['explain'],
  ['explain', 'VTA1203'],
  ['doctor'],
  ['cache'],
];
const RTL_BASES: readonly (readonly string[])[] = [
  ['cosim', '%v'],
  ['cosim', '%p.vta', '--json'],
];

/** Options that change nothing that can be seen in one of the cases, and should not. */
const EXPECTED: Readonly<Record<string, string>> = {
  '--jobs': 'results are the same with every number of threads',
  'fuzz --output': 'only a failing program is written',
  'compile --explain': 'JSON always has the placements',
  'trace --layers': 'JSON always has the layers',
  'lint --all': 'there is one finding of each rule; JSON has all',
  'lint --strict': 'the exit status is that of an error already, or there is no warning',
  'lint --ignore': 'the rule is broken by none of the programs',
  'run --no-advice': 'there is no advice without time, nor with the timing of another core',
  '--launch': 'the program has this launch alone',
  'config --json': 'the published form is JSON',
  'compile --bisect': 'no optional pass changes this model',
  'compile --skip': 'the pass changes nothing in this model',
};

const used = new Set<string>();

async function walk(base: readonly string[], spec: CommandSpec): Promise<string[]> {
  const plain = await outcome(base);
  const ignored: string[] = [];
  // the RTL has to be built, and cosim always runs it
  const isRtl = (o: OptionSpec) => VALUES[`${spec.name} ${longFlag(o.flags)}`] === 'rtl';
  const isThere = (o: OptionSpec) => o.repeat !== true && base.some((word) => o.flags.split(/[ ,]+/).includes(word));
  for (const option of spec.options.filter((o) => !isThere(o) && (hasVerilator || !isRtl(o)))) {
    const flag = longFlag(option.flags);
    const name = `${spec.name} ${flag}`;
    const value = VALUES[name] ?? VALUES[flag];
    if (option.flags.includes('<')) expect(value, `a value for ${name}`).toBeDefined();
    const more = option.flags.includes('<') ? [flag, value] : [flag];
    if ((await outcome([...base, ...more])) !== plain) continue;
    const key = [name, flag].find((k) => EXPECTED[k] !== undefined);
    if (key === undefined) ignored.push([...base, ...more].join(' '));
    else used.add(key);
  }
  return ignored;
}

const specOf = (base: readonly string[]): CommandSpec => COMMANDS.find((c) => c.name === base[0])!;

describe('every option of every command changes something, or is refused', () => {
  test.each(BASES.map((b) => [b.join(' '), b] as const))(
    'vta %s',
    async (_, base) => expect(await walk(base, specOf(base))).toEqual([]),
    1_800_000,
  );
  test.skipIf(!hasVerilator).each(RTL_BASES.map((b) => [b.join(' '), b] as const))(
    'vta %s (needs Verilator)',
    async (_, base) => expect(await walk(base, specOf(base))).toEqual([]),
    1_800_000,
  );

  test('no command and no expectation is left over', () => {
    const walked = [...BASES, ...RTL_BASES].map((b) => b[0]);
    expect([...new Set(walked)].sort()).toEqual(COMMANDS.map((c) => c.name).sort());
    expect(Object.keys(EXPECTED).filter((key) => !used.has(key))).toEqual([]);
  });
});

describe('the table of options that go together', () => {
  test('names options that exist', () => {
    for (const { commands, option } of RULES) {
      for (const name of commands) {
        const spec = COMMANDS.find((c) => c.name === name)!;
        expect(
          spec.options.map((o) => longFlag(o.flags)),
          `vta ${name}`,
        ).toContain(option);
      }
    }
  });

  /** A command line that breaks each row, by `command option`. */
  const BROKEN: Readonly<Record<string, readonly string[]>> = {
    'run --memory': ['run', '%p.vta'],
    'run-vector --memory': ['run-vector', '%v'],
    'fuzz --memory': ['fuzz', '--count', '1', '--on', 'functional'],
    'run --timing': ['run', '%p.vta'],
    'run-vector --timing': ['run-vector', '%v', '--on', 'rtl'],
    'trace --timing': ['trace', '%p.vta', '--on', 'rtl'],
    'wave --timing': ['wave', '%p.vta', '--on', 'rtl', '-o', '@w.svg'],
    'run --timing-only': ['run', '%p.vta'],
    'run --input': ['run', '%m.vta', '--on', 'cycle', '--timing-only'],
    'run --output': ['run', '%m.vta', '--on', 'cycle', '--timing-only'],
    'run --roofline': ['run', '%m.vta'],
    'why --from': ['why', '%p.vta'],
    'why --to': ['why', '%p.vta'],
    'cosim --from': ['cosim', '%p.vta'],
    'cosim --to': ['cosim', '%p.vta'],
    'trace --from': ['trace', '%p.vta', '-o', '@t.html'],
    'trace --to': ['trace', '%p.vta'],
    'cosim --launch': ['cosim', '%v'],
    'why --config': ['why', '%p.vta'],
    'why --dram': ['why', '%v'],
    'trace --config': ['trace', '%p.vta'],
    'trace --dram': ['trace', '%t.litmus'],
    'wave --config': ['wave', '%p.vta', '-o', '@w.svg'],
    'wave --dram': ['wave', '%p.vta', '-o', '@w.svg'],
    'lint --config': ['lint', '%p.vta', '%t.litmus'],
    'lint --dram': ['lint', '%v'],
    'debug --config': ['debug', '%p.vta', '-c', 'info'],
    'debug --dram': ['debug', '%p.vta', '-c', 'info'],
    'disasm --config': ['disasm', '%p.vta'],
    'fuzz --seed': ['fuzz', '%p.vta'],
    'fuzz --count': ['fuzz', '%p.vta'],
    'fuzz --config': ['fuzz', '%p.vta'],
    'fuzz --rtl-configs': ['fuzz', '--on', 'functional,cycle', '--count', '1'],
    'fuzz --illegal': ['fuzz', '%p.vta'],
    'asm --dram': ['asm', '%p.vasm', '-o', '@p.bin'],
    'config --derived': ['config'],
    'compile --schedule': ['compile', '%m.tflite', '-o', '@m.vta'],
    'compile --exact': ['compile', '%p.tir', '-o', '@m.vta'],
    'compile --rounding': ['compile', '%p.tir', '-o', '@m.vta'],
    'compile --dump': ['compile', '%p.tir', '-o', '@m.vta'],
    'compile --skip': ['compile', '%p.tir', '-o', '@m.vta'],
    'compile --bisect': ['compile', '%p.tir', '-o', '@m.vta'],
  };
  const rows = [...new Set(RULES.flatMap(({ commands, option }) => commands.map((c) => `${c} ${option}`)))];

  test.each(rows)('%s', async (name) => {
    const [command, option] = name.split(' ');
    const takesValue = specOf([command]).options.some((o) => longFlag(o.flags) === option && o.flags.includes('<'));
    const text = await outcome([...BROKEN[name], option, ...(takesValue ? [VALUES[name] ?? VALUES[option]] : [])]);
    expect(text).toMatch(new RegExp(`^1\\n\\nerror VTA6009: vta ${command}: ${option} would have no effect: it needs `));
  });

  test('each has a case, and each case a row', () => expect(Object.keys(BROKEN).sort()).toEqual([...rows].sort()));
});

describe('names', () => {
  test('an option means the same in every command that has it', () => {
    /** What may differ: which values make sense where. */
    const SAME = ['--from', '--memory', '--json', '--jobs', '--timing', '--dram', '--config', '--launch', '--on', '--output', '--to'];
    const forms = new Map<string, Set<string>>();
    for (const { options } of COMMANDS) {
      for (const o of options) {
        const flag = longFlag(o.flags);
        const kind = o.flags.includes('<') ? 'a value' : 'a switch';
        forms.set(flag, (forms.get(flag) ?? new Set()).add(kind));
        if (flag === '--output') expect(o.flags).toMatch(/^-o, --output </);
      }
    }
    for (const flag of SAME) expect(forms.has(flag), flag).toBe(true);
    for (const [flag, kinds] of forms) expect([...kinds], flag).toHaveLength(1);
    const meanings = (flag: string) => COMMANDS.flatMap((c) => c.options.filter((o) => longFlag(o.flags) === flag));
    for (const flag of ['--from', '--timing', '--jobs', '--json']) expect(new Set(meanings(flag).map((o) => o.help)).size, flag).toBe(1);
    for (const flag of ['--from', '--to', '--timing', '--jobs']) expect(new Set(meanings(flag).map((o) => o.default)).size, flag).toBe(1);
  });

  test('older names work, and are not offered as names of their own', async () => {
    const older = COMMANDS.flatMap((c) =>
      c.options.flatMap((o) => (o.older === undefined ? [] : [[c.name, longFlag(o.flags), longFlag(o.older)]])),
    );
    expect(older).toEqual([
      ['compile', '--times', '--timing'],
      ['fuzz', '--output', '--out'],
    ]);
    const times = async (flag: string) =>
      (await outcome(['compile', '%m.tflite', '-o', '@m.vta', flag])).replace(/\d+/g, '').replace(/ +/g, ' ');
    expect(await times('--timing')).toBe(await times('--times'));
    expect(await outcome(['compile', '--help'])).toContain('(older name: --timing)');
  });
});
