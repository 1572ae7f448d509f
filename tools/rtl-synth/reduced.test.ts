import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { ALU_OPS } from '#isa/spec/tables';
import { createFunctional } from '#simulator/functional/device';
import { compareMachines } from '#fuzz/compare';
import type { FuzzCase } from '#fuzz/case';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { Random } from '#fuzz/random';
import { serial, testProgram, uops } from '../../tests/support/programs.js';
import { createRtl, type RtlDevice } from '#hardware-rtl/verilated/device';
import { BUILD_TIMEOUT, hasVerilator } from '#hardware-rtl/verilated/testing';
import { REDUCED, REDUCED_CONSTANTS, REDUCED_WIDTH, reducedRtl, withConstants } from './reduced.js';

test('constants are replaced where the package has them, and nowhere else', () => {
  expect(withConstants('  localparam int unsigned RobDepth          = 32;\n', { RobDepth: 1 })).toContain('RobDepth          = 1;');
  expect(() => withConstants('', { RobDepth: 1 })).toThrow('vta_core_pkg has no number RobDepth');
  const [constants] = reducedRtl().filter(({ path }) => path.endsWith('vta_core_pkg.sv'));
  for (const [name, value] of Object.entries(REDUCED_CONSTANTS)) expect(constants.text).toMatch(new RegExp(`${name}\\s*= ${value};`));
});

const MEMORIES: readonly MemorySettings[] = [
  DEFAULT_MEMORY,
  { ...DEFAULT_MEMORY, latency: 1 },
  { ...DEFAULT_MEMORY, latency: 5, interval: 3, stall: 60 },
  { ...DEFAULT_MEMORY, latency: 2, stall: 200 },
].map((m) => ({ ...m, width: REDUCED_WIDTH }));

const functional = createFunctional(REDUCED);

/** Every kind of instruction, with padding, rows apart, loops, both kinds of second operand, and stores that begin and end within a beat. */
function everything(alu_opcode: number, use_imm: 0 | 1): FuzzCase {
  const bytes = (n: number, step: number) => Array.from({ length: n }, (_, i) => (i * step + 7) & 0xff);
  const loops = { iter_out: 3, iter_in: 4, dst_factor_out: 4, dst_factor_in: 1, src_factor_out: 4, src_factor_in: 1 };
  const program = testProgram(
    REDUCED,
    serial([
      insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, sram_base: 3, y_size: 1, x_size: 2, x_stride: 2 }),
      insn('LOAD', {
        memory_type: 2,
        dram_base: 0x1103,
        sram_base: 1,
        y_size: 3,
        x_size: 5,
        x_stride: 9,
        x_pad_0: 1,
        x_pad_1: 2,
        y_pad_0: 1,
      }),
      insn('LOAD', { memory_type: 1, dram_base: 0x1201, y_size: 2, x_size: 11, x_stride: 13 }),
      insn('LOAD', { memory_type: 3, dram_base: 0x1306 / 2, sram_base: 5, y_size: 2, x_size: 20, x_stride: 21, y_pad_1: 1 }),
      insn('GEMM', { ...loops, uop_bgn: 3, uop_end: 5, wgt_factor_out: 2, wgt_factor_in: 1 }),
      insn('ALU', { ...loops, uop_bgn: 3, uop_end: 5, alu_opcode, use_imm, imm: 5 }),
      insn('STORE', { memory_type: 4, dram_base: 0x1405, sram_base: 2, y_size: 3, x_size: 11, x_stride: 17 }),
      insn('GEMM', { ...loops, uop_bgn: 3, uop_end: 4, reset_reg: 1 }),
      insn('STORE', { memory_type: 4, dram_base: 0x1500, y_size: 1, x_size: 40, x_stride: 40 }),
      insn('FINISH', {}),
    ]),
    {
      4096: uops(REDUCED, { dst_idx: 6, src_idx: 2, wgt_idx: 1 }, { dst_idx: 9, src_idx: 25, wgt_idx: 4 }),
      4352: bytes(48, 37),
      4608: bytes(32, 91),
      4864: bytes(128, 53),
    },
  );
  const { dram, ...launch } = program;
  return { name: 'everything', config: REDUCED, memory: MEMORIES[0], dram, launches: [launch] };
}

describe.skipIf(!hasVerilator)('the small core (needs Verilator)', () => {
  let rtl: RtlDevice;
  beforeAll(async () => {
    rtl = await createRtl(REDUCED, { memory: DEFAULT_MEMORY, rtl: reducedRtl() });
  }, BUILD_TIMEOUT);
  afterAll(() => rtl.close());

  /** The same order of retirement, write hashes of each instruction, tokens and memory. */
  const compare = (c: FuzzCase) =>
    compareMachines(c, [
      { name: 'functional', device: functional, hashes: true, timed: false },
      { name: 'rtl', device: rtl, hashes: true, timed: false },
    ]);

  const operations = Object.entries(ALU_OPS).filter(([name]) => name !== 'RQ');
  test.each(operations.flatMap(([name, { code }]) => ([0, 1] as const).map((imm) => [name, imm, code] as const)))(
    'every kind of instruction, %s with use_imm %i',
    async (_, imm, code) => {
      for (const memory of MEMORIES)
        expect(await compare({ ...everything(code, imm), memory })).toMatchObject({ mismatch: null, error: null });
    },
  );

  // Token schemes: serial, the least tokens that are needed, and needless ones; streams in the order of placement, and in any other.
  test.each(Array.from({ length: 10 }, (_, n) => n))('random legal programs, batch %i', async (batch) => {
    for (let n = 0; n < 10; n++) {
      const r = Random.of(batch, n);
      const c = legalCase(`${batch}-${n}`, REDUCED, { ...MEMORIES[n % MEMORIES.length], seed: n }, r, 60, SMALL_BUDGET);
      expect(await compare(c), c.name).toMatchObject({ mismatch: null, error: null, launches: c.launches.length });
    }
  });
});
