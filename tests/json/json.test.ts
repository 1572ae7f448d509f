/** Every `--json` output is held against its schema in docs/reference/schema by an independent validator. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/options/table';
import { preset } from '#isa/config/presets';
import { programFile } from '../errors/artifacts.js';
import { dense } from '../errors/tflite-models.js';
import { ensureBuilt, root, vta } from '../support/cli.js';
import { hasTool } from '../support/tools.js';

const FOLDER = join(root, 'docs', 'reference', 'schema');
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
const names = readdirSync(FOLDER).map((f) => f.replace('.schema.json', ''));
const validators = new Map<string, ValidateFunction>(
  names.map((name) => [name, ajv.compile(JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), 'utf8')))]),
);

const RACE = [
  'load.inp sram=0x0 dram=0x10 y=1 x=1 stride=1 push_next',
  'load.uop sram=0x0 dram=0x10 y=1 x=1 stride=1',
  'gemm uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)',
  'finish pop_prev',
];
const DEADLOCK = ['load.uop sram=0x0 dram=0x0 y=0 x=0 stride=0 pop_prev', 'finish'];

const vector = (name: string, broken: boolean) => {
  const program = new Uint8Array(16);
  program[0] = broken ? 7 : 3;
  const json = { format: 'vta-golden-1', name, config: preset('default').keys, insn_addr: 0, insn_count: 1, dram_size: 16 };
  return {
    [`${name}/vector.json`]: JSON.stringify(json),
    [`${name}/program.bin`]: program,
    [`${name}/dram_in.bin`]: program,
    [`${name}/dram_out.bin`]: program,
  };
};

const files = {
  'lstm.tflite': dense({ operator: { op: 'LSTM', options: undefined } }),
  'race.vta': programFile(RACE),
  'deadlock.vta': programFile(DEADLOCK),
  't.litmus': readFileSync(join(root, 'tests/litmus/deadlock-load-compute.litmus')),
  'r.litmus': readFileSync(join(root, 'tests/litmus/load-then-gemm-no-token.litmus')),
  ...vector('good', false),
  ...vector('bad', true),
};
const model = join(root, 'models/demo/model.tflite');
const compile = ['compile', model, '-o', 'm.vta', '--config', 'default-x'];

interface Case {
  readonly argv: readonly string[];
  readonly rtl?: boolean;
}

const CASES: readonly Case[] = [
  { argv: [...compile, '--explain', '--timing'] },
  { argv: ['compile', 'lstm.tflite', '-o', 'l.vta'] },
  { argv: ['run', 'm.vta'] },
  { argv: ['run', 'm.vta', '--on', 'cycle'] },
  { argv: ['run', 'm.vta', '--on', 'cycle', '--no-advice'] },
  { argv: ['run', 'm.vta', '--on', 'cycle', '--memory', 'width=512,latency=1'] },
  { argv: ['run', 'race.vta', '--on', 'cycle', '--timing', 'vta-chisel'] },
  { argv: ['why', 'm.vta', '--path', '--to', '300'] },
  { argv: ['why', 'race.vta'] },
  { argv: ['run-vector', 'good', 'bad'] },
  { argv: ['run-vector', 'good', 'bad', '--on', 'cycle'] },
  { argv: ['cosim', 'good', 'bad'], rtl: true },
  { argv: ['trace', 'm.vta', '-o', 't.pftrace'] },
  { argv: ['lint', 'race.vta', 'deadlock.vta'] },
  { argv: ['litmus', 't.litmus', 'r.litmus'] },
  { argv: ['fuzz', '--count', '3', '--on', 'functional,cycle'] },
  { argv: ['fuzz', '--count', '2', '--on', 'functional', '--stats'] },
  { argv: ['config'] },
  { argv: ['config', 'mac64'] },
  { argv: ['config', 'mac64', '--derived'] },
  { argv: ['passes'] },
  { argv: ['explain'] },
  { argv: ['explain', 'VTA1203'] },
  { argv: ['doctor'] },
  { argv: ['cache'] },
  { argv: ['cache', '--old'] },
];

/** One document, or one for each line. */
const documents = (stdout: string): unknown[] => {
  try {
    return [JSON.parse(stdout)];
  } catch {
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
};

const folder = mkdtempSync(join(tmpdir(), 'vta-json-'));
beforeAll(async () => {
  ensureBuilt();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  expect(await vta(compile, folder)).toMatchObject({ status: 0 });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Verilator builds the RTL where no earlier run has left it. */
const PATIENCE = 240_000;

describe('real outputs are valid', () => {
  for (const { argv, rtl } of CASES) {
    test.skipIf(rtl === true && !hasTool('verilator'))(`vta ${argv.join(' ').replace(root, '')}`, { timeout: PATIENCE }, async () => {
      const { stdout, stderr } = await vta([...argv, '--json'], folder, {}, PATIENCE);
      const validate = validators.get(argv[0])!;
      expect(stdout, stderr).not.toBe('');
      for (const document of documents(stdout)) expect(validate(document) ? [] : validate.errors).toEqual([]);
    });
  }
});

test('every command with --json has a schema and a case, and no schema is left over', () => {
  const commands = COMMANDS.filter((c) => c.options.some((o) => o.flags === '--json')).map((c) => c.name);
  expect([...names].sort()).toEqual([...commands].sort());
  expect([...new Set(CASES.map((c) => c.argv[0]))].sort()).toEqual([...commands].sort());
});

test('a schema refuses what is not its form', () => {
  const run = validators.get('run')!;
  expect(run({ schema: 1 })).toBe(false);
  expect(validators.get('passes')!({ schema: 2, passes: [] })).toBe(false);
  expect(validators.get('passes')!({ schema: 1, passes: [], more: 1 })).toBe(false);
  expect(validators.get('passes')!({ schema: 1, passes: [] })).toBe(true);
});
