import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';
import { programFile } from './artifacts.js';
import { type CliCase, configFile, type ErrorCase, programCases } from './cases.js';

const configCase = (code: string, title: string, content: string): CliCase => ({
  code,
  title,
  files: { 'm.json': content },
  argv: ['config', 'm.json'],
});

const configurations: readonly CliCase[] = [
  configCase('VTA1001', 'a configuration that is a list', '[1, 2]'),
  configCase('VTA1001', 'a configuration that is a number', '3'),
  configCase('VTA1002', 'a configuration without LOG_BLOCK', configFile({ LOG_BLOCK: undefined })),
  configCase('VTA1003', 'a misspelt key', configFile({ LOG_BLOK: 4 })),
  configCase('VTA1004', 'a block of 2^99', configFile({ LOG_BLOCK: 99 })),
  configCase('VTA1004', 'half a block', configFile({ LOG_BLOCK: 3.5 })),
  configCase('VTA1004', 'a text for a number', configFile({ LOG_BATCH: '0' })),
  configCase('VTA1004', 'a number for a text', configFile({ TARGET: 7 })),
  configCase('VTA1005', 'indices that do not fit an instruction', configFile({ LOG_UOP_BUFF_SIZE: 24, LOG_ACC_BUFF_SIZE: 24 })),
  { code: 'VTA1006', title: 'a preset that does not exist', argv: ['config', 'defualt'] },
  {
    code: 'VTA1006',
    title: 'compile for a preset that does not exist',
    files: { 'm.tflite': 'x' },
    argv: ['compile', 'm.tflite', '-o', 'm.vta', '--config', 'mac63'],
  },
];

const asmCase = (code: string, title: string, line: string): CliCase => ({
  code,
  title,
  files: { 'p.vasm': `${line}\nfinish\n` },
  argv: ['asm', 'p.vasm', '-o', 'p.bin'],
});

const assembly: readonly CliCase[] = [
  asmCase('VTA1101', 'an immediate of 17 bits', 'alu.add imm=40000 uop=[0,1)'),
  { code: 'VTA1102', title: 'half an instruction', files: { 'p.bin': new Uint8Array(24) }, argv: ['disasm', 'p.bin'] },
  asmCase('VTA1103', 'an unknown instruction', 'gem uop=[0,1)'),
  asmCase('VTA1104', 'an unknown operand', 'gemm uop=[0,1) iters=1x1'),
  asmCase('VTA1105', 'a range that is not closed', 'gemm uop=[0,1'),
  asmCase('VTA1106', 'an operand twice', 'gemm uop=[0,1) uop=[0,1)'),
  asmCase('VTA1107', 'a missing operand', 'gemm reset'),
  asmCase('VTA1108', 'the extension where it is off', 'alu.rq zero=1 hi=127 uop=[0,1)'),
  asmCase('VTA1109', 'reserved bits that are not reserved', 'finish reserved=0x1'),
];

const gemm = 'gemm uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)';

const programs: readonly CliCase[] = [
  ...programCases('VTA1201', 'a token that nobody pushes', [`${gemm} pop_prev`, 'finish']),
  ...programCases('VTA1201', 'two units that wait for each other', [
    'load.inp sram=0 dram=64 y=1 x=1 stride=1 pop_next push_next',
    `${gemm} pop_prev push_prev`,
    'finish',
  ]),
  ...programCases('VTA1202', 'no FINISH', [gemm]),
  ...programCases('VTA1203', 'a load beyond the input buffer', [
    'load.inp sram=2047 dram=256 y=1 x=2 stride=2 push_next',
    'finish pop_prev',
  ]),
  ...programCases('VTA1203', 'accumulators beyond the buffer', [
    'gemm reset uop=[0,1) iter=2x1024 dst+=(2047,1) src+=(0,0) wgt+=(0,0)',
    'finish',
  ]),
  ...programCases('VTA1204', 'a load from beyond the memory', [
    'load.inp sram=0 dram=0x7fffffff y=1 x=1 stride=1 push_next',
    'finish pop_prev',
  ]),
  ...programCases('VTA1205', 'an opcode without a meaning', ['.word 0x00000000000000000000000000000007', 'finish']),
  ...programCases('VTA1205', 'an ALU operation without a meaning', ['alu.op6 uop=[0,1)', 'finish']),
  ...programCases('VTA1205', 'a memory type without a meaning', ['load.type7 sram=0 dram=1 y=1 x=1 stride=1', 'finish']),
  ...programCases('VTA1207', 'a token to the unit before the first', ['load.inp sram=0 dram=256 y=1 x=1 stride=1 push_prev', 'finish']),
  ...programCases('VTA1208', 'work after FINISH', ['finish', gemm]),
  ...programCases('VTA1208', 'FINISH that does not wait for a load', ['load.inp sram=0 dram=256 y=1 x=1 stride=1', 'finish']),
];

const machine = preset('default');

/** Launches the functional machine on an image that holds FINISH at byte 0. */
function launch(insnAddr: number, insnCount: number): Promise<unknown> {
  const dram = new Uint8Array(4096);
  dram.set(encodeProgram([insn('FINISH')], machine));
  return createFunctional(machine).launch({ dram, insnAddr, insnCount });
}

const aligned = 'files with an address that is not aligned are refused before they run';

const launches: readonly ErrorCase[] = [{ code: 'VTA1209', title: 'a launch at an odd address', why: aligned, call: () => launch(8, 1) }];

const memoryCase = (code: string, setting: string): CliCase => ({
  code,
  title: `--memory ${setting}`,
  files: { 'p.vta': programFile(['finish']) },
  argv: ['run', 'p.vta', '--on', 'cycle', '--memory', setting],
});

const memory: readonly CliCase[] = [
  memoryCase('VTA1301', 'wdth=128'),
  memoryCase('VTA1301', 'width'),
  memoryCase('VTA1301', 'width=64,'),
  memoryCase('VTA1301', 'toString=1'),
  memoryCase('VTA1303', 'width=64,latency=3,width=128'),
  memoryCase('VTA1302', 'width=100'),
  memoryCase('VTA1302', 'latency=0'),
];

export const isaCases: readonly ErrorCase[] = [...configurations, ...assembly, ...programs, ...launches, ...memory];
