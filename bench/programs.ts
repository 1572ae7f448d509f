import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { encodeProgram, encodeUop, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { Insn, Uop } from '#isa/spec/instructions';
import { ALU_OPS, type AluOp, MEMORY_TYPES } from '#isa/spec/tables';
import { parseVector } from '#simulator/vector/vector';

/** Something to run: an image with a program in it. */
export interface Workload {
  readonly name: string;
  readonly config: VtaConfig;
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
}

const UOP_AREA = 0x1000;
const DATA_AREA = 0x10000;
/** Stores go where nothing is loaded from: loads and stores of different tiles overlap. */
const OUT_AREA = 0x40000;
const IMAGE = 0x80000;

const dense = (op: 'LOAD' | 'STORE', memory: keyof typeof MEMORY_TYPES, bytes: number, count: number, fields: Partial<Insn> = {}) =>
  insn(op, {
    memory_type: MEMORY_TYPES[memory].code,
    dram_base: (op === 'LOAD' ? DATA_AREA : OUT_AREA) / bytes,
    y_size: 1,
    x_size: count,
    x_stride: count,
    ...fields,
  });

function image(name: string, config: VtaConfig, uops: readonly Uop[], insns: readonly Insn[]): Workload {
  const dram = new Uint8Array(IMAGE + insns.length * INSN_BYTES);
  for (let i = 0, x = 1; i < IMAGE; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    dram[i] = x >>> 24;
  }
  new Uint32Array(dram.buffer, UOP_AREA, uops.length).set(uops.map((u) => encodeUop(u, config)));
  dram.set(encodeProgram(insns, config), IMAGE);
  return { name, config, dram, insnAddr: IMAGE, insnCount: insns.length };
}

const loadUops = (count: number) => dense('LOAD', 'UOP', 4, count, { dram_base: UOP_AREA / 4 });

/** One M x K by K x N product in tiles on a preset, everything resident in the scratchpads, `times` times. */
export function gemmWorkload(on: string, [M, N, K]: readonly [number, number, number], times: number): Workload {
  const config = preset(on);
  const uops = Array.from({ length: N }, (_, n) => ({ dst_idx: n, src_idx: 0, wgt_idx: n * K }));
  const gemm = insn('GEMM', {
    uop_end: N,
    iter_out: K,
    iter_in: M,
    dst_factor_in: N,
    src_factor_out: 1,
    src_factor_in: K,
    wgt_factor_out: 1,
  });
  const insns = [
    loadUops(N),
    insn('GEMM', { uop_end: 1, reset_reg: 1, iter_in: M * N, dst_factor_in: 1 }),
    dense('LOAD', 'INP', config.inpBytes, M * K),
    dense('LOAD', 'WGT', config.wgtBytes, N * K, { push_next_dep: 1 }),
    ...Array.from({ length: times }, (_, i) => ({ ...gemm, pop_prev_dep: i === 0 ? 1 : 0, push_next_dep: i === times - 1 ? 1 : 0 })),
    dense('STORE', 'OUT', config.outBytes, M * N, { pop_prev_dep: 1, push_prev_dep: 1 }),
    insn('FINISH', { pop_next_dep: 1 }),
  ];
  return image(`gemm_${on}_M${M}N${N}K${K}_x${times}`, config, uops, insns);
}

/** One ALU operation over 1024 accumulators, `passes` times in each of `times` instructions. */
export function aluWorkload(on: string, op: AluOp, immediate: boolean, passes: number, times: number): Workload {
  const config = preset(on);
  const alu = insn('ALU', {
    uop_end: 1,
    iter_out: passes,
    iter_in: 1024,
    dst_factor_in: 1,
    src_factor_in: 1,
    alu_opcode: ALU_OPS[op].code,
    use_imm: immediate ? 1 : 0,
    imm: 3,
  });
  const insns = [
    loadUops(1),
    dense('LOAD', 'ACC', config.accBytes, 2048),
    ...Array.from({ length: times }, (_, i) => ({ ...alu, push_next_dep: i === times - 1 ? 1 : 0 })),
    dense('STORE', 'OUT', config.outBytes, 1024, { pop_prev_dep: 1, push_prev_dep: 1 }),
    insn('FINISH', { pop_next_dep: 1 }),
  ];
  const name = `alu_${on}_${op.toLowerCase()}_${immediate ? 'imm' : 'tt'}_x${passes * times}`;
  return image(name, config, [{ dst_idx: 0, src_idx: 1024, wgt_idx: 0 }], insns);
}

/** Load, GEMM, two ALU passes and store of tiles in two halves of every buffer, units overlapped. */
export function pipelineWorkload(on: string, tiles: number): Workload {
  const config = preset(on);
  const [M, N, K] = [128, 8, 8];
  const half = (n: number, size: number) => (n % 2) * size;
  const uops = [0, 1].flatMap((h) =>
    Array.from({ length: N }, (_, n) => ({ dst_idx: n + h * M * N, src_idx: h * M * K, wgt_idx: n * K + h * N * K })),
  );
  const tile = (t: number): Insn[] => {
    const range = { uop_bgn: half(t, N), uop_end: half(t, N) + N };
    const one = { uop_bgn: half(t, N), uop_end: half(t, N) + 1, iter_in: M * N, dst_factor_in: 1, src_factor_in: 1 };
    const later = t >= 2 ? 1 : 0;
    return [
      dense('LOAD', 'INP', config.inpBytes, M * K, { sram_base: half(t, M * K), pop_next_dep: later }),
      dense('LOAD', 'WGT', config.wgtBytes, N * K, { sram_base: half(t, N * K), push_next_dep: 1 }),
      insn('GEMM', { ...one, reset_reg: 1, pop_prev_dep: 1, pop_next_dep: later }),
      insn('GEMM', {
        ...range,
        iter_out: K,
        iter_in: M,
        dst_factor_in: N,
        src_factor_out: 1,
        src_factor_in: K,
        wgt_factor_out: 1,
        push_prev_dep: 1,
      }),
      insn('ALU', { ...one, alu_opcode: ALU_OPS.SHR.code, use_imm: 1, imm: 8 }),
      insn('ALU', { ...one, alu_opcode: ALU_OPS.MAX.code, use_imm: 1, push_next_dep: 1 }),
      dense('STORE', 'OUT', config.outBytes, M * N, { sram_base: half(t, M * N), pop_prev_dep: 1, push_prev_dep: 1 }),
    ];
  };
  const drain = [insn('LOAD', { pop_next_dep: 1 }), insn('FINISH', { pop_next_dep: 1 })];
  const insns = [loadUops(2 * N), ...Array.from({ length: tiles }, (_, t) => tile(t)).flat(), ...drain];
  return image(`pipeline_${on}_${tiles}`, config, uops, insns);
}

/** Golden vectors of a set by folder name, or none where the data is absent. */
export function vectorWorkloads(set: string, names?: readonly string[]): Workload[] {
  const root = resolve('../shared/conformance', set);
  if (!existsSync(root)) return [];
  const folders = readdirSync(root).filter(
    (n) => existsSync(resolve(root, n, 'vector.json')) && (names === undefined || names.includes(n)),
  );
  return folders.map((folder) => {
    const read = (file: string) => readFileSync(resolve(root, folder, file));
    const files = Object.fromEntries(['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(read(f))]));
    const v = parseVector(JSON.parse(read('vector.json').toString()), files);
    return { name: v.name, config: v.config, dram: v.dramIn, insnAddr: v.insnAddr, insnCount: v.insnCount };
  });
}

/** Programs of a second or so on the functional simulator: the golden ones, or equivalents of our own. */
export function longWorkloads(): Workload[] {
  const golden = vectorWorkloads('perf');
  if (golden.length > 0) return golden;
  const ops = (['ADD', 'MIN', 'MUL', 'SHR'] as const).map((op) => aluWorkload('default', op, op !== 'MIN', 8000, 50));
  return [gemmWorkload('default', [64, 16, 16], 3600), ...ops, pipelineWorkload('default', 900)];
}

/** Programs short enough for RTL: some hundred thousand cycles. */
export function shortWorkloads(): Workload[] {
  const own = [
    gemmWorkload('default', [64, 16, 16], 16),
    aluWorkload('default', 'ADD', true, 100, 2),
    aluWorkload('default-x', 'RQ', true, 100, 2),
    pipelineWorkload('default', 12),
  ];
  return [...own, ...vectorWorkloads('resnet18_official', ['C2', 'C11'])];
}

/** Programs of many instructions, for the rate at which the cycle simulator takes them when it is under way. */
export function streamWorkloads(): Workload[] {
  return [...vectorWorkloads('perf', ['pipeline_default_1x16_900']), pipelineWorkload('default', 8000)];
}

/** Layers as a compiler makes them, of some hundred instructions with a thousand cycles each. */
export function layerWorkloads(): Workload[] {
  const golden = vectorWorkloads('resnet18_official');
  return golden.length > 0 ? golden : [12, 20, 30].map((tiles) => pipelineWorkload('default', tiles));
}
