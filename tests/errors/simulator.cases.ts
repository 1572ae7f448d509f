import { COMMAND_QUEUE_DEPTH } from '#simulator/cycle/parameters';
import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Files } from '../support/cli.js';
import { programFile } from './artifacts.js';
import type { CliCase, ErrorCase } from './cases.js';

const machine = preset('default');
const size = 4096;
const code = encodeProgram([insn('FINISH')], machine);

function image(): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(code, 1024);
  return bytes;
}

const description = {
  format: 'vta-golden-1',
  name: 'v',
  config: machine.keys,
  insn_addr: 1024,
  insn_count: 1,
  dram_size: size,
};

const json = (changes: Readonly<Record<string, unknown>> = {}): string => JSON.stringify({ ...description, ...changes });

/** A golden vector of one FINISH, with files replaced. */
function vector(title: string, errorCode: string, changes: Files): CliCase {
  const files: Record<string, string | Uint8Array> = {
    'v/vector.json': json(),
    'v/program.bin': code,
    'v/dram_in.bin': image(),
    'v/dram_out.bin': image(),
  };
  return { code: errorCode, title, files: { ...files, ...changes }, argv: ['run-vector', 'v'] };
}

/** A vector whose program waits for ever. */
function stuckVector(): CliCase {
  const stuck = encodeProgram([insn('FINISH', { pop_next_dep: 1 })], machine);
  const memory = image();
  memory.set(stuck, 1024);
  return vector('a vector whose program waits for ever', 'VTA1201', { 'v/program.bin': stuck, 'v/dram_in.bin': memory });
}

function without(name: string, title: string, errorCode: string): CliCase {
  const { files, ...rest } = vector(title, errorCode, {});
  return { ...rest, files: Object.fromEntries(Object.entries(files ?? {}).filter(([file]) => file !== name)) };
}

/** Compute waits for a load that fetch cannot reach, because Compute's queue is full. */
function crowdedQueue(): CliCase {
  const gemm = 'gemm uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)';
  const filler = Array<string>(COMMAND_QUEUE_DEPTH).fill(gemm);
  const lines = [`${gemm} pop_prev`, ...filler, 'load.inp sram=0 dram=256 y=1 x=1 stride=1 push_next', 'finish'];
  return {
    code: 'VTA4050',
    title: 'a token behind a full queue',
    files: { 'p.vta': programFile(lines) },
    argv: ['run', 'p.vta', '--on', 'cycle'],
  };
}

/** A program that the original core cannot run, with its timing asked for. */
function original(title: string, code: string, lines: readonly string[], more: readonly string[] = [], config = 'default'): CliCase {
  return {
    code,
    title: `the original's timing: ${title}`,
    files: { 'p.vta': programFile([...lines, 'finish'], config) },
    argv: ['run', 'p.vta', '--on', 'cycle', '--timing', 'vta-chisel', ...more],
  };
}

const nop = (pop: string) => `load.uop sram=0 dram=0 y=0 x=0 stride=0 ${pop}`;
const TOKENS = 256;
const manyTokens = [
  ...Array<string>(TOKENS).fill('load.inp sram=0 dram=0 y=0 x=0 stride=0 push_next'),
  ...Array<string>(TOKENS).fill(nop('pop_prev')),
];

const originalCases: readonly CliCase[] = [
  original('another machine', 'VTA4060', [], [], 'mac64'),
  original('another bus', 'VTA4061', [], ['--memory', 'width=128']),
  original('a latency of one cycle', 'VTA4061', [], ['--memory', 'latency=1']),
  original('bytes into accumulators', 'VTA4062', ['load.acc_8bit sram=0 dram=256 y=1 x=1 stride=1']),
  original('a multiplication', 'VTA4062', ['alu.mul imm=3 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)']),
  original('a nop of a type that it does not know', 'VTA4062', ['load.acc_8bit sram=0 dram=0 y=0 x=0 stride=0']),
  original('a loop that executes nothing', 'VTA4063', ['alu.add imm=3 uop=[0,1) iter=0x1 dst+=(0,0) src+=(0,0)']),
  original('a load without rows', 'VTA4063', ['load.acc sram=0 dram=256 y=0 x=1 stride=1']),
  original('data at address 0', 'VTA4064', ['load.acc sram=0 dram=0 y=1 x=1 stride=1']),
  original('a token too many', 'VTA4065', manyTokens),
];

/** A litmus test that cannot be judged. */
const litmus = (title: string, code: string, text: string): CliCase => ({
  code,
  title,
  files: { 't.litmus': text },
  argv: ['litmus', 't.litmus'],
});

/** 40 stores that race with 40 additions: far too many interleavings. */
const CROWD = [
  '.show y 0x3000 int8 40',
  '.expect always y=0',
  '.uop dst=0 src=0',
  'load.uop sram=0 dram=0x400 y=1 x=1 stride=1 push_next',
  ...Array.from(
    { length: 40 },
    (_, i) => `store.out sram=0 dram=${0x3000 + i} y=1 x=1 stride=1${i === 0 ? ' pop_prev' : i === 39 ? ' push_prev' : ''}`,
  ),
  ...Array<string>(40).fill('alu.add imm=1 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)'),
  'finish pop_next',
].join('\n');

export const simulatorCases: readonly ErrorCase[] = [
  litmus('a litmus directive that does not exist', 'VTA4101', '.shw y 0x3000 int8\nfinish\n'),
  litmus('a litmus verdict that is none', 'VTA4101', '.expect allways y=5\nfinish\n'),
  litmus('litmus data outside memory', 'VTA4101', '.data 0x9000 int8 1\nfinish\n'),
  litmus('a litmus test without a verdict', 'VTA4102', 'finish\n'),
  litmus('a litmus test that looks at nothing', 'VTA4102', '.expect always y=5\nfinish\n'),
  litmus('a litmus test with too many interleavings', 'VTA4103', CROWD),
  litmus('a litmus test with a mistake in its assembly', 'VTA1103', '.expect refused VTA1202\nfinnish\n'),
  vector('a vector description that is a list', 'VTA4001', { 'v/vector.json': '[]' }),
  vector('a vector without insn_count', 'VTA4002', { 'v/vector.json': json({ insn_count: undefined }) }),
  vector('a vector of another format', 'VTA4002', { 'v/vector.json': json({ format: 'vta-golden-9' }) }),
  vector('a vector with an impossible configuration', 'VTA1004', { 'v/vector.json': json({ config: { ...machine.keys, LOG_BATCH: -1 } }) }),
  without('v/dram_out.bin', 'a vector without its result', 'VTA4003'),
  vector('a vector with half an image', 'VTA4004', { 'v/dram_in.bin': image().subarray(0, 2048) }),
  vector('a vector whose program begins at an odd address', 'VTA4005', { 'v/vector.json': json({ insn_addr: 1032 }) }),
  vector('a vector whose program is not the one in its image', 'VTA4006', { 'v/program.bin': code.map((b) => b ^ 128) }),
  without('v/vector.json', 'a folder that is no vector', 'VTA6104'),
  vector('a vector description that is no JSON', 'VTA6103', { 'v/vector.json': '{ "format": ' }),
  stuckVector(),
  ...originalCases,
  crowdedQueue(),
  { code: 'VTA6101', title: 'a vector folder that does not exist', argv: ['run-vector', 'nowhere'] },
];
