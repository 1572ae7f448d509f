import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { defineConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { testProgram, uops } from '../../tests/support/programs.js';
import { createFunctional, createFunctionalState, launchFunctional } from './device.js';

/** Every way in which a program can be refused: the code, the text and the place. */

const config = preset('mac64');
const finish = insn('FINISH');
const loadUops = insn('LOAD', { memory_type: 0, dram_base: 0x40, y_size: 1, x_size: 2, x_stride: 2 });
/** Byte addresses of two sets of micro-ops. */
const UOPS = 0x100;
const OTHER = 0x200;
const data = { [UOPS]: uops(config, { dst_idx: 1000, src_idx: 2 }, { dst_idx: 3, src_idx: 1000, wgt_idx: 200 }) };

function refusal(insns: readonly Insn[], change: Partial<Parameters<typeof launchFunctional>[1]> = {}, on = config) {
  try {
    launchFunctional(createFunctionalState(on), { ...testProgram(on, insns, data), ...change });
  } catch (error) {
    expect(error).toBeInstanceOf(VtaError);
    const { code, what, where } = (error as VtaError).diagnostics[0];
    return { code, what, at: where?.at ?? '' };
  }
  throw new Error('was not refused');
}

const inp = (fields: Partial<Insn> = {}) =>
  insn('LOAD', { memory_type: 2, dram_base: 32, y_size: 1, x_size: 4, x_stride: 4, push_next_dep: 1, ...fields });
const wait = (unit: 'prev' | 'next') => insn('FINISH', { [`pop_${unit}_dep`]: 1 });

describe('programs that are refused before they run', () => {
  test.each<[string, () => ReturnType<typeof refusal>, RegExp, RegExp]>([
    ['VTA1206', () => refusal([finish], { insnCount: 0 }), /count is 0/, /^$/],
    ['VTA1206', () => refusal([finish], { insnCount: 1.5 }), /count is 1.5/, /^$/],
    ['VTA1209', () => refusal([finish], { insnAddr: 0x1ff8 }), /address 8184/, /^$/],
    ['VTA1204', () => refusal([finish], { insnCount: 2 }), /8192 \(32 bytes\) is outside the 8208-byte/, /instruction stream/],
    ['VTA1202', () => refusal([loadUops]), /1 instructions ends without FINISH/, /^$/],
    ['VTA1205', () => refusal([insn('LOAD', { memory_type: 7, x_size: 1 }), finish]), /memory type 7/, /^instruction 0: /],
    ['VTA1205', () => refusal([insn('LOAD', { memory_type: 4, x_size: 1 }), finish]), /memory type 4/, /^instruction 0: /],
    ['VTA1205', () => refusal([insn('LOAD', { memory_type: 6, x_size: 1 }), finish]), /6 needs the extension/, /^instruction 0: /],
    ['VTA1205', () => refusal([insn('ALU', { alu_opcode: 7 }), finish]), /ALU operation 7/, /^instruction 0: /],
    ['VTA1205', () => refusal([insn('ALU', { alu_opcode: 5 }), finish]), /5 needs the extension/, /^instruction 0: /],
    ['VTA1205', () => refusal([insn('ALU', { alu_opcode: 6 }), finish], {}, preset('mac64-x')), /ALU operation 6/, /^instruction 0: /],
    [
      'VTA1205',
      () => refusal([finish, insn('STORE', { memory_type: 3, x_size: 1 })].reverse()),
      /STORE of memory type 3/,
      /^instruction 0: store/,
    ],
    [
      'VTA1205',
      () => refusal([insn('STORE', { memory_type: 4, x_size: 1, y_pad_1: 1 }), finish]),
      /STORE with padding/,
      /^instruction 0: store/,
    ],
    [
      'VTA1207',
      () => refusal([inp({ pop_prev_dep: 1 }), wait('prev')]),
      /Load unit has no token queue for pop_prev_dep/,
      /^instruction 0: load.inp/,
    ],
    ['VTA1207', () => refusal([inp({ push_prev_dep: 1 }), wait('prev')]), /Load .* push_prev_dep/, /^instruction 0: /],
    ['VTA1207', () => refusal([finish, insn('STORE', { pop_next_dep: 1 })].reverse()), /Store .* pop_next_dep/, /^instruction 0: /],
    ['VTA1207', () => refusal([finish, insn('STORE', { push_next_dep: 1 })].reverse()), /Store .* push_next_dep/, /^instruction 0: /],
    ['VTA1208', () => refusal([finish, loadUops]), /instruction 1 is still queued/, /^instruction 1: load.uop/],
    ['VTA1208', () => refusal([inp({ push_next_dep: 0 }), finish]), /instruction 0 is still queued/, /^instruction 0: load.inp/],
    [
      'VTA1208',
      () => refusal([insn('STORE', { push_prev_dep: 1 }), insn('STORE', {}), wait('next')]),
      /instruction 1 is/,
      /^instruction 1: store/,
    ],
    [
      'VTA1201',
      () => refusal([inp(), inp({ pop_next_dep: 1 }), wait('prev')]),
      /instruction 1 of load waits for a token from compute/,
      /^instruction 1: /,
    ],
    ['VTA1201', () => refusal([wait('prev')]), /instruction 0 of compute waits for a token from load/, /^instruction 0: finish/],
    ['VTA1201', () => refusal([insn('FINISH', { pop_prev_dep: 1, pop_next_dep: 1 })]), /from load and store/, /^instruction 0: /],
    ['VTA1203', () => refusal([inp({ sram_base: 1021 }), wait('prev')]), /INP index 1024 .* 1024 elements/, /^instruction 0: load.inp/],
    ['VTA1203', () => refusal([inp({ x_pad_1: 15, y_pad_1: 15, y_size: 65000 }), wait('prev')]), /INP index 1235284/, /^instruction 0: /],
    ['VTA1203', () => refusal([insn('GEMM', { uop_bgn: 1023, uop_end: 1025 }), finish]), /UOP index 1024/, /^instruction 0: gemm/],
    [
      'VTA1203',
      () => refusal([insn('STORE', { memory_type: 4, sram_base: 1000, y_size: 5, x_size: 5, push_prev_dep: 1 }), wait('next')]),
      /ACC index 1024/,
      /^instruction 0: /,
    ],
    [
      'VTA1204',
      () => refusal([inp({ dram_base: 1025 }), wait('prev')]),
      /address 8200 \(32 bytes\) is outside the 8224-byte/,
      /^instruction 0: /,
    ],
    ['VTA1204', () => refusal([inp({ y_size: 100, x_stride: 65535 }), wait('prev')]), /address 256 \(51903752 bytes\)/, /^instruction 0: /],
  ])('%s', (code, run, what, at) => {
    const r = run();
    expect(r.code).toBe(code);
    expect(r.what).toMatch(what);
    expect(r.at).toMatch(at);
  });

  test('an opcode without meaning shows its bytes', () => {
    const { dram, insnAddr } = testProgram(config, [finish, finish]);
    dram[insnAddr] = 0xfd;
    const r = refusal([finish], { dram, insnAddr, insnCount: 2 });
    expect(r).toMatchObject({
      code: 'VTA1205',
      what: expect.stringContaining('opcode 5'),
      at: expect.stringContaining('instruction 0: fd0000'),
    });
  });

  test('ACC_8BIT needs 32-bit accumulators', () => {
    const narrow = defineConfig({ ...config.keys, LOG_ACC_WIDTH: 4 });
    expect(refusal([insn('LOAD', { memory_type: 5, x_size: 1 }), finish], {}, narrow).code).toBe('VTA1205');
  });

  test('nothing has changed, and the machine goes on', () => {
    const state = createFunctionalState(config);
    const bad = testProgram(config, [loadUops, insn('LOAD', { memory_type: 7, x_size: 1 }), finish], data);
    expect(() => launchFunctional(state, bad)).toThrow(/VTA1205/);
    expect(state.machine.uop.every((w) => w === 0)).toBe(true);
    expect(launchFunctional(state, testProgram(config, [loadUops, finish], data)).counters).toMatchObject({ insns: 2, uopLoadBytes: 8 });
  });
});

describe('indices that only execution knows', () => {
  const gemm = (fields: Parameters<typeof insn<'GEMM'>>[1]) => refusal([loadUops, insn('GEMM', { uop_end: 2, ...fields }), finish]);
  test.each<[string, Parameters<typeof insn<'GEMM'>>[1], RegExp]>([
    ['ACC', { iter_in: 4, dst_factor_in: 8 }, /ACC index 1024/],
    ['INP', { iter_out: 2, src_factor_out: 24 }, /INP index 1024/],
    ['WGT', { iter_in: 3, wgt_factor_in: 28 }, /WGT index 256/],
  ])('VTA1203 for %s of GEMM', (_, fields, what) => {
    const r = gemm(fields);
    expect(r).toMatchObject({ code: 'VTA1203', at: expect.stringMatching(/^instruction 1: gemm/) });
    expect(r.what).toMatch(what);
  });

  test('VTA1203 for the source of a register ALU, and none beside an immediate or in a reset', () => {
    const alu = (use_imm: number) => [loadUops, insn('ALU', { uop_end: 2, iter_in: 2, src_factor_in: 24, use_imm }), finish];
    expect(refusal(alu(0))).toMatchObject({ code: 'VTA1203', what: expect.stringContaining('ACC index 1024') });
    for (const insns of [
      alu(1),
      [loadUops, insn('GEMM', { uop_end: 2, iter_in: 2, reset_reg: 1, src_factor_in: 1000, wgt_factor_in: 255 }), finish],
    ]) {
      expect(launchFunctional(createFunctionalState(config), testProgram(config, insns, data)).counters.insns).toBe(3);
    }
  });

  test('the scan of micro-ops is made again when they change', () => {
    const good = { [UOPS]: uops(config, { dst_idx: 1 }, { dst_idx: 2 }), [OTHER]: data[UOPS] };
    const reload = insn('LOAD', { ...loadUops, dram_base: 0x80 });
    const gemm = insn('GEMM', { uop_end: 2, iter_in: 4, dst_factor_in: 8 });
    const program = testProgram(config, [loadUops, gemm, reload, gemm, finish], good);
    expect(() => launchFunctional(createFunctionalState(config), program)).toThrow(/VTA1203: ACC index 1024/);
  });
});

describe('what survives a launch', () => {
  test('tokens are left for the next launch until reset', async () => {
    const device = createFunctional(config);
    const push = testProgram(
      config,
      [inp(), inp(), wait('prev')].map((i, n) => (n === 2 ? { ...i, pop_prev_dep: 1 } : i)),
    );
    await expect(device.launch(push)).rejects.toThrow(/VTA1208/);
    const extra = testProgram(config, [insn('LOAD', { push_prev_dep: 1, push_next_dep: 1 }), finish]);
    await device.launch(extra);
    await device.launch(testProgram(config, [inp({ pop_next_dep: 1 }), wait('prev')]));
    await expect(device.launch(testProgram(config, [inp({ pop_next_dep: 1 }), wait('prev')]))).rejects.toThrow(/VTA1201/);
    await device.launch(extra);
    device.reset();
    await expect(device.launch(testProgram(config, [inp({ pop_next_dep: 1 }), wait('prev')]))).rejects.toThrow(/VTA1201/);
  });

  test('retired instructions: each unit in program order, counters without padding', () => {
    const retired: string[] = [];
    const program = testProgram(config, [inp({ x_pad_0: 3 }), loadUops, inp(), insn('LOAD', { pop_prev_dep: 1 }), wait('prev')], data);
    const result = launchFunctional(createFunctionalState(config), {
      ...program,
      onRetire: (r) => retired.push(`${r.unit}${r.insn}@${r.cycle}#${r.hash}`),
    });
    expect(retired).toEqual(['load0@-1#0', 'compute1@-1#0', 'load2@-1#0', 'compute3@-1#0', 'compute4@-1#0']);
    expect(result).toMatchObject({ cycles: null, counters: { insns: 5, inpLoadBytes: 64, uopLoadBytes: 8, gemmOps: 0 } });
  });
});
