import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { encodeInsn, encodeProgram, encodeUop, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { COMMAND_QUEUE_DEPTH } from '#simulator/cycle/parameters';
import type { Job } from '#hardware-rtl/verilated/protocol';

const PROGRAM = 0x4000;
const UOPS = 0x1000;
const one = { y_size: 1, x_size: 1, x_stride: 1 };
const loop = { uop_end: 1, iter_out: 1, iter_in: 1 };
const type = (memory: keyof typeof MEMORY_TYPES): number => MEMORY_TYPES[memory].code;
const load = (memory: keyof typeof MEMORY_TYPES, fields: object = {}): Insn =>
  insn('LOAD', { memory_type: type(memory), ...one, ...fields });
const store = (fields: object = {}): Insn => insn('STORE', { memory_type: type('OUT'), dram_base: 0x10, ...one, ...fields });
const finish = insn('FINISH', {});

/** Programs that reach what random ones seldom do: every error code, and what stays in flight after an error. */
export function directedPrograms(config: VtaConfig, width: MemorySettings['width']): readonly Job[] {
  const job = (insns: readonly Insn[], more: Partial<Job> = {}): Job => ({
    ...image(config, insns),
    memory: { ...DEFAULT_MEMORY, width },
    hashes: true,
    ...more,
  });
  const uop = load('UOP', { dram_base: UOPS / 4 });
  const beyond = 0x100000;
  const programs = [
    ...mistakes(config).map((insns) => [uop, ...insns, finish]),
    [uop, load('INP', { dram_base: beyond }), finish],
    [load('ACC', { dram_base: beyond }), finish],
    [load('UOP', { dram_base: beyond }), finish],
    [store({ dram_base: beyond }), store({ dram_base: beyond }), finish],
    [load('INP', { pop_prev_dep: 1 }), finish],
    // an error while loads and stores are in flight
    [load('INP', { x_size: 2 }), load('WGT'), store(), insn('ALU', { ...loop, alu_opcode: 7 }), finish],
    // rounding to the end of the range, clamps on both sides
    ...(config.extension
      ? [
          [
            uop,
            load('ACC', { dram_base: 0x20, x_size: 2 }),
            insn('ALU', { ...loop, alu_opcode: 5, imm: (-100 << 8) | 0x80, iter_in: 2, dst_factor_in: 1 }),
            store({ pop_prev_dep: 0 }),
            finish,
          ],
          // a lower clamp above the upper one: whatever the accumulators, the upper one has the last word
          [
            uop,
            load('ACC', { dram_base: 0x20, x_size: 2 }),
            insn('ALU', { ...loop, alu_opcode: 5, reset_reg: 1, imm: (-128 << 8) | 0x7f, iter_in: 2, dst_factor_in: 1 }),
            store(),
            finish,
          ],
        ]
      : []),
  ];
  const wrongOpcode = job([load('INP', { x_size: 0 }), finish]);
  wrongOpcode.dram[PROGRAM + INSN_BYTES] = encodeInsn(finish, config)[0] | 7;
  // more instructions than a queue holds behind one that waits for a token for ever
  const behind = Array.from({ length: COMMAND_QUEUE_DEPTH + 2 }, () => load('INP'));
  const fullQueue = job([load('INP', { pop_next_dep: 1 }), ...behind, finish]);
  const outside = job([load('INP', { x_size: 0 })]);
  return [
    ...programs.map((insns) => job(insns)),
    ...programs.map((insns) => job(insns, { memory: { ...DEFAULT_MEMORY, width, stall: 120, latency: 3 } })),
    ...programs.slice(0, 4).map((insns) => job(insns, { lateReady: true })),
    wrongOpcode,
    fullQueue,
    { ...outside, insnCount: 64 },
    job([finish]),
  ];
}

/** One instruction with each mistake that the core finds. */
function mistakes(c: VtaConfig): readonly (readonly Insn[])[] {
  const loads = (['UOP', 'INP', 'WGT', 'ACC'] as const).map((m) => [load(m, { sram_base: 0xffff, x_pad_0: 3 })]);
  const far = (depth: number) => Math.min(depth - 1, 1023);
  const gemm = (fields: object) => [insn('GEMM', { ...loop, iter_out: 100, iter_in: 100, ...fields })];
  return [
    ...loads,
    [load('OUT')],
    [insn('LOAD', { memory_type: 7, ...one })],
    [insn('LOAD', { memory_type: 6, ...one })],
    [load('ACC_8BIT')],
    [insn('STORE', { memory_type: 0, ...one })],
    [store({ x_pad_0: 1 })],
    [store({ sram_base: 0xffff })],
    [store({ push_next_dep: 1 })],
    [store({ pop_next_dep: 1 })],
    [load('WGT', { pop_prev_dep: 1 })],
    [load('WGT', { push_prev_dep: 1 })],
    [insn('ALU', { ...loop, alu_opcode: 5 })],
    [insn('ALU', { ...loop, alu_opcode: 6 })],
    [insn('ALU', { ...loop, alu_opcode: 7 })],
    [insn('ALU', { ...loop, alu_opcode: 2, iter_out: 100, iter_in: 100, src_factor_out: far(c.accDepth), src_factor_in: far(c.accDepth) })],
    [insn('GEMM', { ...loop, uop_end: c.uopDepth, iter_out: 0 })],
    [insn('GEMM', { ...loop, uop_end: c.uopDepth + 1 })],
    gemm({ dst_factor_out: far(c.accDepth), dst_factor_in: far(c.accDepth) }),
    gemm({ src_factor_out: far(c.inpDepth), src_factor_in: far(c.inpDepth) }),
    gemm({ wgt_factor_out: far(c.wgtDepth), wgt_factor_in: far(c.wgtDepth) }),
    gemm({ reset_reg: 1, dst_factor_out: far(c.accDepth), dst_factor_in: far(c.accDepth) }),
  ];
}

/** Micro-ops and bytes of every kind, and the program behind them. */
function image(config: VtaConfig, insns: readonly Insn[]): Pick<Job, 'dram' | 'insnAddr' | 'insnCount'> {
  const dram = new Uint8Array(PROGRAM + INSN_BYTES * insns.length);
  for (let i = 0; i < PROGRAM; i++) dram[i] = Math.imul(i + 1, 0x9e3779b1) >>> 24;
  const view = new DataView(dram.buffer);
  const depth = Math.min(config.inpDepth, config.wgtDepth, config.accDepth, 4);
  for (let i = 0; i < 64; i++)
    view.setUint32(UOPS + 4 * i, encodeUop({ dst_idx: i % depth, src_idx: (i + 1) % depth, wgt_idx: i % depth }, config), true);
  dram.set(encodeProgram(insns, config), PROGRAM);
  return { dram, insnAddr: PROGRAM, insnCount: insns.length };
}
