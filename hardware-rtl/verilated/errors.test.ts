import { describe, expect, test } from 'vitest';
import type { Device } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { encodeInsn, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { createCycle } from '#simulator/cycle/device';
import { createFunctional } from '#simulator/functional/device';
import { serial, type TestProgram, testProgram, uops } from '../../tests/support/programs.js';
import { failWithRtlError, RTL_ERRORS } from './errors.js';
import type { JobResult } from './protocol.js';
import { isRecovered } from './recovery.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const config = preset('mac64-x');
const finish = insn('FINISH', {});
const one = { y_size: 1, x_size: 1, x_stride: 1 };
const loadUop = insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, ...one });
const loop = { uop_end: 1, iter_out: 1, iter_in: 1 };

/** Code and instruction of a diagnostic, as `VTA1203 at instruction 4`. */
function codeOf(error: unknown): string {
  if (!(error instanceof VtaError)) throw error;
  const at = error.diagnostics[0].where?.at;
  return at === undefined ? error.code : `${error.code} at ${/instruction \d+/.exec(at)?.[0]}`;
}
const diagnosed = (run: () => Promise<unknown>): Promise<string> => run().then(() => 'no error', codeOf);

/** What the driver makes of the registers. */
function rtlDiagnostic(result: JobResult): string {
  if (result.error === 0) return 'no error';
  try {
    return failWithRtlError(result, config, { at: `instruction ${result.errorInsn}` });
  } catch (error) {
    return codeOf(error);
  }
}

/** The simulators give the diagnostic that the driver makes of the RTL's registers. */
async function agreesWithSimulators(result: JobResult, program: TestProgram): Promise<void> {
  const says = (device: Device) => diagnosed(() => device.launch({ ...program, dram: program.dram.slice() }));
  // of a deadlock each machine names one of those that wait, of a lost FINISH the simulators name no instruction
  const wholeProgram = result.error === RTL_ERRORS.deadlock || result.error === RTL_ERRORS.noFinish;
  const part = (text: string) => (wholeProgram ? text.slice(0, 7) : text);
  const rtl = part(rtlDiagnostic(result));
  for (const device of [createFunctional(config), createCycle(config)]) {
    // a full queue is a matter of time, of which the functional machine has none
    if (result.error === RTL_ERRORS.queueFull && device.name === 'functional') continue;
    expect(part(await says(device)), device.name).toBe(rtl);
  }
}

/** The bare RTL, so that it has to find the mistakes by itself. The launch after it runs as after power-up. */
async function launch(
  insns: readonly Insn[],
  { patch = () => undefined, memory = DEFAULT_MEMORY }: { patch?: (program: Uint8Array) => void; memory?: MemorySettings } = {},
): Promise<{ result: JobResult; program: TestProgram }> {
  const program = testProgram(config, insns, { 4096: uops(config, { dst_idx: 5, src_idx: 3, wgt_idx: 2 }) });
  patch(program.dram.subarray(program.insnAddr));
  const model = await bareModel(config);
  const result = await model.run({ ...program, memory, hashes: false });
  expect(await isRecovered(model, config, 64), 'the next launch').toBe(true);
  return { result, program };
}

const { uopDepth, inpDepth, wgtDepth, accDepth } = config;

/** Every field that a unit refuses, alone. */
const REFUSED: readonly (readonly [string, Insn, number])[] = [
  ...(['pop_prev_dep', 'push_prev_dep'] as const).map(
    (flag) => [`Load with ${flag}`, insn('LOAD', { memory_type: 2, [flag]: 1 }), RTL_ERRORS.flags] as const,
  ),
  ...(['pop_next_dep', 'push_next_dep'] as const).map(
    (flag) => [`Store with ${flag}`, insn('STORE', { memory_type: 4, [flag]: 1 }), RTL_ERRORS.flags] as const,
  ),
  ...(['y_pad_0', 'y_pad_1', 'x_pad_0', 'x_pad_1'] as const).map(
    (pad) => [`STORE with ${pad}`, insn('STORE', { memory_type: 4, ...one, [pad]: 1 }), RTL_ERRORS.storePad] as const,
  ),
  ...[0, 1, 2, 3, 5, 6, 7].map(
    (type) => [`STORE of memory type ${type}`, insn('STORE', { memory_type: type, ...one }), RTL_ERRORS.memoryType] as const,
  ),
  ...[4, 7].map((type) => [`LOAD of memory type ${type}`, insn('LOAD', { memory_type: type, ...one }), RTL_ERRORS.memoryType] as const),
  ...[6, 7].map((code) => [`ALU operation ${code}`, insn('ALU', { alu_opcode: code, ...loop }), RTL_ERRORS.aluOp] as const),
];

/** A LOAD or STORE of `rows` by 3 elements that ends `more` elements behind the last one of its buffer. */
const block =
  (op: 'LOAD' | 'STORE', memory_type: number, depth: number) =>
  (more: number): Insn =>
    insn(op, { memory_type, sram_base: depth - 6 + more, y_size: 2, x_size: 3, x_stride: 3 });
/** Indices that start at that of the micro-op (dst 5, src 3, wgt 2) and end at `last + more`. */
const reach =
  (op: 'GEMM' | 'ALU', operand: 'dst' | 'src' | 'wgt', depth: number, fields: object = {}) =>
  (more: number): Insn =>
    insn(op, { ...loop, iter_out: 2, [`${operand}_factor_out`]: depth - 1 - { dst: 5, src: 3, wgt: 2 }[operand] + more, ...fields });

/** What reaches the last element of its buffer, or `more` beyond it. */
const REACHES: readonly (readonly [string, (more: number) => Insn, error: number, depth: number])[] = [
  ['LOAD of UOP', block('LOAD', 0, uopDepth), RTL_ERRORS.uopRange, uopDepth],
  ['LOAD of WGT', block('LOAD', 1, wgtDepth), RTL_ERRORS.wgtRange, wgtDepth],
  ['LOAD of INP', block('LOAD', 2, inpDepth), RTL_ERRORS.inpRange, inpDepth],
  ['LOAD of ACC', block('LOAD', 3, accDepth), RTL_ERRORS.accRange, accDepth],
  ['LOAD of ACC_8BIT', block('LOAD', 5, accDepth), RTL_ERRORS.accRange, accDepth],
  ['STORE', block('STORE', 4, accDepth), RTL_ERRORS.accRange, accDepth],
  [
    'micro-ops of GEMM',
    (more) => insn('GEMM', { ...loop, uop_bgn: uopDepth - 1, uop_end: uopDepth + more }),
    RTL_ERRORS.uopRange,
    uopDepth,
  ],
  ['micro-ops of ALU', (more) => insn('ALU', { ...loop, uop_bgn: uopDepth - 1, uop_end: uopDepth + more }), RTL_ERRORS.uopRange, uopDepth],
  ['dst of GEMM', reach('GEMM', 'dst', accDepth), RTL_ERRORS.accRange, accDepth],
  ['dst of a reset', reach('GEMM', 'dst', accDepth, { reset_reg: 1 }), RTL_ERRORS.accRange, accDepth],
  ['src of GEMM', reach('GEMM', 'src', inpDepth), RTL_ERRORS.inpRange, inpDepth],
  ['wgt of GEMM', reach('GEMM', 'wgt', wgtDepth), RTL_ERRORS.wgtRange, wgtDepth],
  ['dst of ALU', reach('ALU', 'dst', accDepth, { use_imm: 1 }), RTL_ERRORS.accRange, accDepth],
  ['src of ALU', reach('ALU', 'src', accDepth), RTL_ERRORS.accRange, accDepth],
  ['src of RQ with an immediate', reach('ALU', 'src', accDepth, { alu_opcode: 5, use_imm: 1 }), RTL_ERRORS.accRange, accDepth],
];

/** What an instruction does not use may have any value. */
const UNUSED: readonly (readonly [string, Insn])[] = [
  [
    'inputs and weights of a reset',
    insn('GEMM', { ...loop, iter_out: 2, reset_reg: 1, src_factor_out: inpDepth - 1, wgt_factor_out: wgtDepth - 1 }),
  ],
  [
    'the second operand of an ALU operation with an immediate',
    insn('ALU', { ...loop, iter_out: 2, use_imm: 1, src_factor_out: accDepth - 1 }),
  ],
  [
    'micro-ops of GEMM loops that are empty',
    insn('GEMM', { iter_out: 0, iter_in: 1, uop_end: uopDepth + 1, dst_factor_out: accDepth - 1 }),
  ],
  ['micro-ops of ALU loops that are empty', insn('ALU', { iter_out: 1, iter_in: 0, uop_end: uopDepth + 1, dst_factor_out: accDepth - 1 })],
  ['fields of a LOAD without columns', insn('LOAD', { memory_type: 7, sram_base: 0xffff, y_size: 0xffff, y_pad_0: 15 })],
  ['fields of a STORE without columns', insn('STORE', { memory_type: 2, sram_base: 0xffff, y_size: 0xffff, y_pad_0: 15 })],
  ['the place of a STORE without rows', insn('STORE', { memory_type: 4, sram_base: 0xffff, x_size: 1 })],
];

const beyond = 0x100000;
/** Mistakes that are met while something is under way that will fail later. */
const slow: MemorySettings = { ...DEFAULT_MEMORY, latency: 150 };
const wrong = insn('ALU', { alu_opcode: 7, ...loop });
const FIRST: readonly (readonly [string, readonly Insn[], number, MemorySettings])[] = [
  ['a load of INP', [insn('LOAD', { memory_type: 2, dram_base: beyond, ...one }), wrong, finish], 1, slow],
  ['a load of ACC', [insn('LOAD', { memory_type: 3, dram_base: beyond, ...one }), wrong, finish], 1, slow],
  ['a load of UOP', [insn('LOAD', { memory_type: 0, dram_base: beyond, ...one }), wrong, finish], 1, slow],
  [
    'a store',
    [insn('STORE', { memory_type: 4, dram_base: beyond, ...one, x_size: 64 }), wrong, finish],
    1,
    { ...DEFAULT_MEMORY, interval: 20 },
  ],
];
const CASES: readonly (readonly [string, readonly Insn[], Partial<JobResult>])[] = [
  ['ALU operation 7', [finish, insn('ALU', { alu_opcode: 7, ...loop })], { error: RTL_ERRORS.aluOp, errorInsn: 1 }],
  [
    'LOAD outside memory',
    [insn('LOAD', { memory_type: 2, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.read, errorInsn: 0, failedAddress: 0x800000 },
  ],
  [
    'LOAD of ACC outside memory',
    [insn('LOAD', { memory_type: 3, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.read, errorInsn: 0, failedAddress: 0x2000000 },
  ],
  [
    'STORE outside memory',
    [insn('STORE', { memory_type: 4, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.write, errorInsn: 0, failedAddress: 0x800000 },
  ],
  [
    'a mistake that a hundred instructions are behind',
    [
      insn('STORE', { memory_type: 3, ...one }),
      ...Array.from({ length: 100 }, (_, i) => insn('LOAD', { memory_type: i % 3, ...one })),
      finish,
    ],
    { error: RTL_ERRORS.memoryType, errorInsn: 0 },
  ],
  [
    'a token that never comes',
    [insn('LOAD', { pop_prev_dep: 1 }), finish],
    { error: RTL_ERRORS.deadlock, errorInsn: 0, errorValue: 0b0010 },
  ],
  [
    'three units that wait for each other',
    [
      insn('LOAD', { memory_type: 2 }),
      insn('STORE', { memory_type: 4, pop_prev_dep: 1 }),
      insn('LOAD', { pop_next_dep: 1 }),
      insn('LOAD', { memory_type: 1, pop_next_dep: 1 }),
      finish,
    ],
    { error: RTL_ERRORS.deadlock, errorInsn: 1, errorValue: 0b1101 },
  ],
  ['no FINISH', [insn('LOAD', { memory_type: 2 }), loadUop], { error: RTL_ERRORS.noFinish, errorInsn: 1 }],
  [
    'tokens behind a full queue',
    [
      insn('LOAD', { memory_type: 2, pop_next_dep: 1 }),
      ...Array.from({ length: 512 }, () => insn('LOAD', { memory_type: 2 })),
      insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
      insn('LOAD', { push_prev_dep: 1 }),
      insn('FINISH', { pop_prev_dep: 1 }),
    ],
    { error: RTL_ERRORS.queueFull, errorInsn: 512, errorValue: 0b001_0001 },
  ],
];

describe.skipIf(!hasVerilator)('mistakes that the RTL itself reports (needs Verilator)', () => {
  test.each(CASES)(
    '%s',
    async (_, insns, want) => {
      const { result, program } = await launch(insns);
      expect(result).toMatchObject({ finished: true, ...want });
      await agreesWithSimulators(result, program);
    },
    BUILD_TIMEOUT,
  );

  test.each(REFUSED)(
    'refused: %s',
    async (_, refused, error) => {
      const { result, program } = await launch([insn('LOAD', {}), refused, finish]);
      expect(result).toMatchObject({ finished: true, error, errorInsn: 1 });
      await agreesWithSimulators(result, program);
    },
    BUILD_TIMEOUT,
  );

  test.each(REACHES)(
    '%s reaches the last element and no further',
    async (_, make, error, depth) => {
      const inside = await launch(serial([loadUop, make(0), finish]));
      expect(inside.result).toMatchObject({ finished: true, error: 0 });
      await agreesWithSimulators(inside.result, inside.program);
      const outside = await launch(serial([loadUop, make(1), finish]));
      expect(outside.result).toMatchObject({ finished: true, error, errorInsn: 1, errorValue: depth });
      await agreesWithSimulators(outside.result, outside.program);
    },
    BUILD_TIMEOUT,
  );

  test.each(UNUSED)(
    'not used, not refused: %s',
    async (_, good) => {
      const { result, program } = await launch(serial([loadUop, good, finish]));
      expect(result).toMatchObject({ finished: true, error: 0 });
      await agreesWithSimulators(result, program);
    },
    BUILD_TIMEOUT,
  );

  test('a LOAD of 2^32 elements is not one of none', async () => {
    const size = { y_size: 0xffff, x_size: 0xffff, y_pad_0: 1, x_pad_0: 1 };
    for (const [memory_type, error] of [
      [2, RTL_ERRORS.inpRange],
      [3, RTL_ERRORS.accRange],
    ]) {
      const { result, program } = await launch([insn('LOAD', { memory_type, ...size }), finish]);
      expect(result).toMatchObject({ finished: true, error, errorInsn: 0, errorValue: 0xffffffff });
      await agreesWithSimulators(result, program);
    }
  });

  test.each(FIRST)(
    'the first mistake stays recorded when %s under way fails later',
    async (_, insns, errorInsn, memory) => {
      const { result } = await launch(insns, { memory });
      expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.aluOp, errorInsn });
      expect(result.failedAddress, 'the access failed too').not.toBeNull();
    },
    BUILD_TIMEOUT,
  );

  test('undefined opcode', async () => {
    const patch = (bytes: Uint8Array) => {
      bytes[16] = encodeInsn(finish, config)[0] | 7;
    };
    const { result, program } = await launch([insn('LOAD', {}), finish], { patch });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.opcode, errorInsn: 1 });
    await agreesWithSimulators(result, program);
  });

  test('instructions outside memory', async () => {
    const model = await bareModel(config);
    const { dram, insnAddr } = testProgram(config, [insn('LOAD', {})]);
    const result = await model.run({ dram, insnAddr, insnCount: 8, memory: DEFAULT_MEMORY, hashes: false });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.fetch, errorInsn: 1, failedAddress: dram.length });
  });

  test('no instructions', async () => {
    const model = await bareModel(config);
    const result = await model.run({ ...testProgram(config, []), memory: DEFAULT_MEMORY, hashes: false });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.noFinish, errorInsn: 0xffffffff });
  });

  test('a program that waits for memory only is not taken for stuck', async () => {
    const load = insn('LOAD', { memory_type: 2, dram_base: 0, ...one });
    const gemm = insn('GEMM', { ...loop });
    const store = insn('STORE', { memory_type: 4, dram_base: 0x100, ...one });
    const model = await bareModel(config);
    const program = testProgram(config, serial([load, loadUop, gemm, store, load, gemm, store, finish]));
    const memory = { ...DEFAULT_MEMORY, latency: 3000, interval: 40, stall: 250 };
    expect(await model.run({ ...program, memory, hashes: false })).toMatchObject({ finished: true, error: 0 });
  });
});
