/** Transfers long enough to become steady trains, which the event-driven machine skips: of every kind of memory, beside whatever may hold them up. */
import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { place, retireCycles } from './testing.js';

const NARROW = defineConfig(
  {
    ...preset('default').keys,
    LOG_ACC_WIDTH: 4,
    LOG_BLOCK: 1,
    LOG_BLOCK_IN: 1,
    LOG_BLOCK_OUT: 1,
    LOG_INP_BUFF_SIZE: 12,
    LOG_WGT_BUFF_SIZE: 12,
    LOG_ACC_BUFF_SIZE: 13,
  },
  'narrow',
);
const WIDE = defineConfig(
  { ...preset('default').keys, LOG_BLOCK: 5, LOG_BLOCK_IN: 5, LOG_BLOCK_OUT: 5, LOG_WGT_BUFF_SIZE: 20, LOG_ACC_BUFF_SIZE: 18 },
  'wide',
);
const CONFIGS = { default: preset('default'), narrow: NARROW, wide: WIDE };
const MEMORIES = [{}, { width: 128, latency: 90 }, { width: 256, interval: 3 }, { width: 512 }, { latency: 1, interval: 2 }] as const;

const at = (c: VtaConfig) => ({ UOP: 4, INP: c.inpBytes, WGT: c.wgtBytes, ACC: c.accBytes, ACC_8BIT: c.accBytes / 4, OUT: c.outBytes });

/** Rows of a size, a distance and an offset in elements. */
interface Rows {
  readonly rows: number;
  readonly size: number;
  readonly apart?: number;
  readonly offset?: number;
}

function transfer(op: 'LOAD' | 'STORE', memory: keyof ReturnType<typeof at>, c: VtaConfig, r: Rows, more: Partial<Insn> = {}): Insn {
  const address = op === 'LOAD' ? DATA : 0x40000;
  return insn(op, {
    memory_type: MEMORY_TYPES[memory].code,
    dram_base: address / at(c)[memory] + (r.offset ?? 0),
    y_size: r.rows,
    x_size: r.size,
    x_stride: r.apart ?? r.size,
    ...more,
  });
}

/** Where data are loaded from; its second micro-op is at accumulator {@link FAR}, all others at 0. */
const DATA = 0x8000;
const FAR = 1000;
const UOP = (c: VtaConfig) => transfer('LOAD', 'UOP', c, { rows: 1, size: 2 });
const alu = (vectors: number, more: Partial<Insn> = {}): Insn =>
  insn('ALU', {
    uop_end: 1,
    alu_opcode: 2,
    use_imm: 1,
    imm: 1,
    iter_out: 1,
    iter_in: vectors,
    dst_factor_in: 1,
    src_factor_in: 1,
    ...more,
  });
const gemm = (steps: number, more: Partial<Insn> = {}): Insn =>
  insn('GEMM', { uop_end: 1, iter_out: 1, iter_in: steps, dst_factor_in: 1, ...more });
const RESET = gemm(1000, { uop_bgn: 1, uop_end: 2, reset_reg: 1, pop_prev_dep: 1 });

/** Compute waits for the load unit. */
const JOIN = insn('LOAD', { memory_type: 0, pop_prev_dep: 1 });
/** Three chunks of fetch that take a while: something else happens during the transfers. */
const LATER = Array.from({ length: 40 }, () => insn('LOAD', { memory_type: 0 }));

const SHAPES: readonly Rows[] = [
  { rows: 1, size: 400 },
  { rows: 1, size: 400, offset: 3 },
  { rows: 20, size: 16 },
  { rows: 9, size: 49, apart: 196, offset: 1 },
  { rows: 60, size: 4, apart: 32 },
];

function cases(c: VtaConfig, shape: Rows): Record<string, readonly Insn[]> {
  const elements = shape.rows * shape.size;
  const store = transfer('STORE', 'OUT', c, shape, { pop_prev_dep: 1, push_prev_dep: 1 });
  const end = [insn('FINISH', { pop_next_dep: 1 })];
  const base = {
    'an ACC load': [transfer('LOAD', 'ACC', c, shape)],
    'an ACC load behind an ALU instruction': [UOP(c), alu(elements), transfer('LOAD', 'ACC', c, shape)],
    'an ACC load beside GEMM': [UOP(c), transfer('LOAD', 'ACC', c, shape, { sram_base: 700 }), gemm(600), ...LATER, gemm(64)],
    'an ACC load with padding': [
      transfer('LOAD', 'ACC', c, { ...shape, size: shape.size - 3 }, { x_pad_0: 2, x_pad_1: 1, y_pad_0: 1, y_pad_1: 2 }),
    ],
    'a load of micro-ops': [transfer('LOAD', 'UOP', c, shape), alu(32)],
    'INP and ACC at once': [
      transfer('LOAD', 'INP', c, shape),
      transfer('LOAD', 'ACC', c, shape),
      transfer('LOAD', 'INP', c, { rows: 3, size: 40 }, { push_next_dep: 1 }),
      JOIN,
    ],
  };
  const [now, behind] = [alu(1, { push_next_dep: 1 }), alu(elements, { push_next_dep: 1 })];
  return {
    ...Object.fromEntries(Object.entries(base).map(([name, insns]) => [name, [...insns, insn('FINISH')]])),
    'a store': [UOP(c), now, store, ...end],
    'a store behind an ALU instruction': [UOP(c), behind, store, ...end],
    'a store behind a descending ALU instruction': [
      UOP(c),
      alu(elements, { uop_end: 1, dst_factor_in: 0, push_next_dep: 1 }),
      store,
      ...end,
    ],
    'a store beside loads, GEMM and ALU': [
      ...[
        UOP(c),
        behind,
        store,
        transfer('LOAD', 'INP', c, shape),
        transfer('LOAD', 'INP', c, { rows: 2, size: 100 }, { push_next_dep: 1 }),
      ],
      ...[JOIN, gemm(300), alu(200), transfer('LOAD', 'ACC', c, { rows: 2, size: 90 }), ...LATER, ...end],
    ],
    'a store behind an ALU instruction that a reset holds up': [
      ...[UOP(c), behind, store, transfer('LOAD', 'INP', c, { rows: 1, size: 60 }, { push_next_dep: 1 }), RESET, ...end],
    ],
    'two stores': [UOP(c), behind, alu(1, { push_next_dep: 1 }), { ...store, push_prev_dep: 0 }, store, ...end],
  };
}

describe.each(Object.entries(CONFIGS))('%s', (_, config) => {
  test.each(SHAPES.map((s) => [JSON.stringify(s), s] as const))('%s', (_, shape) => {
    for (const [name, insns] of Object.entries(cases(config, shape))) {
      for (const memory of MEMORIES) {
        const program = place(insns, config, 0x100000);
        program.dram[DATA + 4] = FAR & 0xff;
        program.dram[DATA + 5] = FAR >> 8;
        const cycles = retireCycles('event-driven', config, program, memory);
        expect(cycles, `${name}, ${JSON.stringify(memory)}`).toEqual(retireCycles('cycle-stepped', config, program, memory));
      }
    }
  });
});
