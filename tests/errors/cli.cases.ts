import { join } from 'node:path';
import { cliMessages } from '#cli/messages';
import { fail } from '#isa/diag/diagnostic';
import { writeNpy } from '#runtime/npy';
import { Log } from '../../tools/mutants/log.js';
import { parseOptions } from '../../tools/mutants/options.js';
import { root } from '../../tools/lib/files.js';
import { fetchModels } from '../../tools/fetch-models.js';
import { denseFile, hostProgram, programFile } from './artifacts.js';
import { type CliCase, configFile, type ErrorCase } from './cases.js';
import { dense } from './tflite-models.js';

const good = { 'p.vta': programFile(['finish']), 'p.vasm': 'finish\n' };

const npy = { 'x.npy': writeNpy({ dtype: 'int8', shape: [1, 2], data: Int8Array.of(1, 2) }) };

/** Runs for some hundred cycles. */
const long = {
  'p.vta': programFile([
    'load.inp sram=0 dram=0 y=0 x=16 stride=16 pad=(15,15,0,0) push_next',
    'load.uop sram=0 dram=0 y=0 x=0 stride=0 pop_prev',
    'finish',
  ]),
};
const damaged = { 'p.vta': good['p.vta'].map((b, i) => (i === 200 ? b ^ 255 : b)) };
const impossible = { 'm.json': configFile({ LOG_BATCH: -1 }), 'm.tflite': dense(), 'p.bin': new Uint8Array(16), ...good };

/** Every command that reads a file, given one that is damaged or impossible. */
const badFiles: readonly CliCase[] = [
  ...['run', 'disasm', 'cosim'].map((command) => ({
    code: 'VTA3104',
    title: `${command}: a damaged program`,
    files: damaged,
    argv: [command, 'p.vta'],
  })),
  {
    code: 'VTA1004',
    title: 'compile: an impossible machine',
    files: impossible,
    argv: ['compile', 'm.tflite', '-o', 'm.vta', '--config', 'm.json'],
  },
  { code: 'VTA1004', title: 'asm: an impossible machine', files: impossible, argv: ['asm', 'p.vasm', '-o', 'p.bin', '--config', 'm.json'] },
  { code: 'VTA1004', title: 'disasm: an impossible machine', files: impossible, argv: ['disasm', 'p.bin', '--config', 'm.json'] },
  {
    code: 'VTA1202',
    title: 'run with JSON: the diagnostic is on standard error',
    files: { 'p.vta': programFile(['load.inp sram=0 dram=0 y=0 x=0 stride=0']) },
    argv: ['run', 'p.vta', '--json'],
  },
];

export const cliCases: readonly ErrorCase[] = [
  ...badFiles,
  { code: 'VTA6001', title: 'an option that does not exist', argv: ['run', 'p.vta', '--om', 'cycle'] },
  { code: 'VTA6002', title: 'a command that does not exist', argv: ['comple', 'm.tflite'] },
  { code: 'VTA6003', title: 'a command without its argument', argv: ['run'] },
  { code: 'VTA6003', title: 'a command without its option', argv: ['compile', 'm.tflite'] },
  { code: 'VTA6003', title: 'an option without its value', argv: ['compile', 'm.tflite', '-o'] },
  { code: 'VTA6004', title: 'a machine that does not exist', files: good, argv: ['run', 'p.vta', '--on', 'fpga'] },
  {
    code: 'VTA6004',
    title: 'a number that is none',
    argv: ['compile', 'm.tflite', '-o', 'm.vta', '--bisect', 'few'],
    files: { 'm.tflite': dense() },
  },
  { code: 'VTA6003', title: 'an option whose value is empty', files: good, argv: ['cosim', 'p.vta', '--launch', ''] },
  { code: 'VTA6004', title: 'no thread at all', files: good, argv: ['cosim', 'p.vta', '--jobs', '0'] },
  { code: 'VTA6004', title: 'a seed that is not whole', argv: ['fuzz', '--on', 'functional', '--seed', '1.5'] },
  { code: 'VTA6004', title: 'a count below zero', argv: ['fuzz', '--on', 'functional', '--count=-1'] },
  { code: 'VTA6004', title: 'no program at all', argv: ['fuzz', '--on', 'functional', '--count', '0'] },
  { code: 'VTA6004', title: 'a cycle that is no number', files: good, argv: ['why', 'p.vta', '--path', '--from', 'NaN'] },
  { code: 'VTA6005', title: 'an argument too many', argv: ['doctor', 'now'] },
  { code: 'VTA6005', title: 'a second program', files: good, argv: ['run', 'p.vta', 'q.vta', '--on', 'cycle'] },
  { code: 'VTA6006', title: 'a code that does not exist', argv: ['explain', 'VTA9999'] },
  { code: 'VTA6007', title: 'a launch that the program does not have', files: good, argv: ['cosim', 'p.vta', '--launch', 'q'] },
  { code: 'VTA6008', title: 'one waveform of two programs', files: good, argv: ['cosim', 'p.vta', 'p.vta', '--waveform', 'w.fst'] },
  { code: 'VTA6020', title: 'a trace file of no known kind', files: good, argv: ['trace', 'p.vta', '-o', 'p.txt'] },
  {
    code: 'VTA6021',
    title: 'a window behind the end',
    files: good,
    argv: ['trace', 'p.vta', '-o', 'p.vcd', '--from', '5', '--to', '99999'],
  },
  {
    code: 'VTA6021',
    title: 'a window that ends before it begins',
    files: good,
    argv: ['trace', 'p.vta', '-o', 'p.vcd', '--from', '9', '--to', '8'],
  },
  { code: 'VTA6021', title: 'why: a window behind the end', files: good, argv: ['why', 'p.vta', '--path', '--from', '99999'] },
  {
    code: 'VTA6021',
    title: 'why: a window that ends before it begins',
    files: good,
    argv: ['why', 'p.vta', '--path', '--from', '9', '--to', '8'],
  },
  { code: 'VTA6020', title: 'a waveform of no known kind', files: good, argv: ['cosim', 'p.vta', '--waveform', 'p.svg'] },
  { code: 'VTA6012', title: 'a machine that is given twice', files: good, argv: ['run', 'p.vta', '--on', 'cycle', '--on', 'functional'] },
  { code: 'VTA6012', title: 'an option under both of its names', argv: ['fuzz', '--out', 'a', '-o', 'b'] },
  {
    code: 'VTA6013',
    title: 'an input that is given twice',
    files: { 'p.vta': hostProgram({}), ...npy },
    argv: ['run', 'p.vta', '--input', 'x.npy', '--input', 'x=x.npy'],
  },
  { code: 'VTA6014', title: 'run-vector without a vector', files: good, argv: ['run-vector', 'p.vta'] },
  { code: 'VTA6014', title: 'cosim without a program', files: good, argv: ['cosim', 'p.vasm', 'p.vasm'] },
  { code: 'VTA6020', title: 'a wave file of no known kind', files: good, argv: ['wave', 'p.vta', '-o', 'p.png'] },
  { code: 'VTA6021', title: 'a diagram behind the end', files: good, argv: ['wave', 'p.vta', '-o', 'p.svg', '--from', '5000'] },
  { code: 'VTA6023', title: 'a diagram too wide to read', files: long, argv: ['wave', 'p.vta', '-o', 'p.svg', '--to', '300'] },
  { code: 'VTA6022', title: 'a trace of host operators', files: { 'p.vta': hostProgram({}) }, argv: ['trace', 'p.vta'] },
  { code: 'VTA6102', title: 'a trace in a folder that is not there', files: good, argv: ['trace', 'p.vta', '-o', 'no/where.pftrace'] },
  { code: 'VTA6009', title: 'a timing of a machine that has none', files: good, argv: ['run', 'p.vta', '--timing', 'vta-chisel'] },
  {
    code: 'VTA6009',
    title: 'a timing of the RTL that is not its own',
    files: good,
    argv: ['run-vector', 'v', '--on', 'rtl', '--timing', 'vta-chisel'],
  },
  { code: 'VTA6009', title: 'timing only of a machine without time', files: good, argv: ['run', 'p.vta', '--timing-only'] },
  {
    code: 'VTA4051',
    title: 'timing only of a program that stores its micro-ops',
    files: {
      'p.vta': programFile([
        'load.uop sram=0 dram=0 y=0 x=0 stride=0 push_next',
        'store.out sram=0 dram=0 y=1 x=1 stride=1 pop_prev push_prev',
        'load.uop sram=0 dram=0 y=1 x=1 stride=1 pop_next',
        'finish',
      ]),
    },
    argv: ['run', 'p.vta', '--on', 'cycle', '--timing-only'],
  },
  {
    code: 'VTA6009',
    title: 'outputs of a run without values',
    files: good,
    argv: ['run', 'p.vta', '--on', 'cycle', '--timing-only', '--output', 'y.npy'],
  },
  { code: 'VTA6004', title: 'a timing that does not exist', files: good, argv: ['run', 'p.vta', '--on', 'cycle', '--timing', 'vta'] },
  { code: 'VTA6009', title: 'a roofline of a machine without time', files: good, argv: ['run', 'p.vta', '--roofline', 'r.svg'] },
  {
    code: 'VTA6010',
    title: 'a roofline of a program without multiplications',
    files: good,
    argv: ['run', 'p.vta', '--on', 'cycle', '--roofline', 'r.svg'],
  },
  ...['run', 'disasm'].map((command) => ({
    code: 'VTA6101',
    title: `${command}: a file that does not exist`,
    argv: [command, 'none.vta'],
  })),
  { code: 'VTA6101', title: 'compile: a file that does not exist', argv: ['compile', 'none.tflite', '-o', 'm.vta'] },
  { code: 'VTA6101', title: 'asm: a file that does not exist', argv: ['asm', 'none.vasm', '-o', 'p.bin'] },
  { code: 'VTA6101', title: 'cosim: a program that does not exist', argv: ['cosim', 'none.vta'] },
  { code: 'VTA6101', title: 'a folder for a file', files: { 'd/x': '' }, argv: ['run', 'd'] },
  {
    code: 'VTA6101',
    title: 'a configuration that does not exist',
    files: good,
    argv: ['asm', 'p.vasm', '-o', 'p.bin', '--config', 'none.json'],
  },
  { code: 'VTA6101', title: 'an input that does not exist', files: good, argv: ['asm', 'p.vasm', '-o', 'p.vta', '--dram', 'none.bin'] },
  { code: 'VTA6102', title: 'a result in a folder that does not exist', files: good, argv: ['asm', 'p.vasm', '-o', join('none', 'p.bin')] },
  { code: 'VTA6105', title: 'a program that would replace its source', files: good, argv: ['asm', 'p.vasm', '-o', 'p.vasm'] },
  {
    code: 'VTA6105',
    title: 'two outputs of one name',
    files: good,
    argv: ['trace', 'p.vta', '-o', 't.vcd', '-o', 't.vcd'],
  },
  {
    code: 'VTA6106',
    title: 'standard output on a full disk',
    why: 'it takes a standard output of another kind (cli/files.test.ts)',
    call: () => fail(cliMessages.VTA6106, { reason: 'no space is left on the disk' }),
  },
  { code: 'VTA6102', title: 'a waveform in a folder that is not there', files: good, argv: ['cosim', 'p.vta', '--waveform', 'no/w.fst'] },
  { code: 'VTA6103', title: 'a configuration that is no JSON', files: { 'm.json': '{ LOG_BLOCK: 4 }' }, argv: ['config', 'm.json'] },
  { code: 'VTA6101', title: 'debug: a program that does not exist', argv: ['debug', 'none.vta', '-c', 'info'] },
  { code: 'VTA6101', title: 'debug: a script that does not exist', files: good, argv: ['debug', 'p.vta', '--script', 'none.txt'] },
  { code: 'VTA6007', title: 'debug: a layer that does not exist', files: good, argv: ['debug', 'p.vta', '--launch', 'q', '-c', 'info'] },
  { code: 'VTA4111', title: 'debug: a command that does not exist', files: good, argv: ['debug', 'p.vta', '-c', 'stap'] },
  { code: 'VTA4112', title: 'debug: a command with a word too many', files: good, argv: ['debug', 'p.vta', '-c', 'where now'] },
  {
    code: 'VTA4113',
    title: 'debug: a breakpoint on an instruction that is not there',
    files: good,
    argv: ['debug', 'p.vta', '-c', 'break insn 1'],
  },
  { code: 'VTA4114', title: 'debug: a cycle that is over', files: good, argv: ['debug', 'p.vta', '-c', 'step', '-c', 'cycle 0'] },
  { code: 'VTA6004', title: 'lint: a rule that does not exist', files: good, argv: ['lint', 'p.vta', '--ignore', 'rase'] },
  { code: 'VTA6101', title: 'lint: a program that does not exist', argv: ['lint', 'none.vta'] },
  { code: 'VTA1102', title: 'lint: half an instruction', files: { 'p.bin': new Uint8Array(24) }, argv: ['lint', 'p.bin'] },
  { code: 'VTA1103', title: 'lint: assembly with a mistake', files: { 'p.vasm': 'finnish\n' }, argv: ['lint', 'p.vasm'] },
  { code: 'VTA6104', title: 'lint: a folder that is no vector', files: { 'd/x': '' }, argv: ['lint', 'd'] },
  { code: 'VTA6004', title: 'fuzz: a machine that does not exist', argv: ['fuzz', '--on', 'functional,rlt'] },
  { code: 'VTA6004', title: 'fuzz: a count that is none', argv: ['fuzz', '--on', 'functional', '--count', 'many'] },
  { code: 'VTA6601', title: 'fuzz: a file with a model', files: { 'm.vta': denseFile() }, argv: ['fuzz', 'm.vta', '--on', 'functional'] },
  {
    code: 'VTA7001',
    title: 'npm run models without a network',
    why: 'it is a command of npm, not of vta',
    call: () => fetchModels({ base: 'http://127.0.0.1:1', into: 'never' }),
  },
  {
    code: 'VTA7002',
    title: 'npm run mutants in an area that does not exist',
    why: 'it is a command of npm, not of vta',
    call: () => parseOptions(['--only', 'cycles']),
  },
  {
    code: 'VTA7003',
    title: 'npm run mutants that goes on with something else',
    why: 'it is a command of npm, not of vta',
    call: () => new Log(join(root, 'package.json'), { seed: 1, count: 2, only: ['cycle'] }, true),
  },
];
