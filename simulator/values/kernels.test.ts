import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeInsn, insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { type Decoded, decodeAt } from './decode.js';
import { executeFast, executeHashed, executePlain } from './execute.js';
import { accLane, inpLane, loadElements, wgtLane } from './ranges.js';
import { createMachineState, type MachineState } from './state.js';

/** All implementations of every instruction (plain, kernels, kernels with hashes) must leave the same machine. */

/** A small generator, so that one seed names a whole case. */
function random(seed: number): (below: number) => number {
  let x = seed | 1;
  return (below) => {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    x ^= x >>> 13;
    return (x >>> 0) % below;
  };
}
type Random = ReturnType<typeof random>;

const between = (min: number, max: number) => fc.integer({ min, max });

const machines: fc.Arbitrary<VtaConfig> = fc
  .record({
    inp: between(0, 5),
    wgt: between(0, 5),
    acc: between(3, 5),
    batch: between(0, 3),
    blockIn: between(0, 6),
    blockOut: between(0, 6),
    deep: between(1, 4),
    extension: between(0, 1),
  })
  .filter(({ inp, acc }) => inp <= acc)
  .map((m) => ({
    LOG_INP_WIDTH: m.inp,
    LOG_WGT_WIDTH: m.wgt,
    LOG_ACC_WIDTH: m.acc,
    LOG_BATCH: m.batch,
    LOG_BLOCK: m.blockOut,
    LOG_BLOCK_IN: m.blockIn,
    LOG_BLOCK_OUT: m.blockOut,
    LOG_UOP_BUFF_SIZE: 2 + m.deep,
    LOG_INP_BUFF_SIZE: Math.max(0, m.deep + m.inp + m.batch + m.blockIn - 3),
    LOG_WGT_BUFF_SIZE: Math.max(0, m.deep + m.wgt + m.blockIn + m.blockOut - 3),
    LOG_ACC_BUFF_SIZE: Math.max(0, m.deep + m.acc + m.batch + m.blockOut - 3),
    EXTENSION: m.inp === 3 && m.acc === 5 ? m.extension : 0,
  }))
  .filter((keys) => legal(keys) !== null)
  .map((keys) => defineConfig(keys));

function legal(keys: object): VtaConfig | null {
  try {
    return defineConfig(keys);
  } catch {
    return null;
  }
}

/** Fills every valid lane of both machines with the same values, limits more often than by chance. */
function fill(states: readonly MachineState[], r: Random): void {
  const { config: c, shape: s } = states[0];
  const lane = (bits: number) => {
    const kind = r(8);
    const value = kind === 0 ? -(2 ** (bits - 1)) : kind === 1 ? 2 ** (bits - 1) - 1 : r(2 ** 32);
    return (value << (32 - bits)) >> (32 - bits);
  };
  const each = (depth: number, rows: number, lanes: number, write: (e: number, row: number, l: number) => void) => {
    for (let e = 0; e < depth; e++) for (let row = 0; row < rows; row++) for (let l = 0; l < lanes; l++) write(e, row, l);
  };
  const both = (name: 'inp' | 'wgt' | 'acc', at: number, value: number) => states.forEach((state) => (state[name][at] = value));
  each(c.inpDepth, c.batch, c.blockIn, (e, b, i) => both('inp', inpLane(e, b, i, s), lane(c.inpBits)));
  each(c.wgtDepth, c.blockOut, c.blockIn, (e, o, i) => both('wgt', wgtLane(e, o, i, s), lane(c.wgtBits)));
  each(c.accDepth, c.batch, c.blockOut, (e, b, o) => both('acc', accLane(e, b, o, s), r(3) ? lane(c.accBits) : lane(7)));
}

/** Valid lanes of a machine in order. */
function contents(state: MachineState): number[] {
  const { config: c, shape: s, inp, wgt, acc } = state;
  const out = [...state.uop, state.padValue];
  for (let e = 0; e < c.inpDepth; e++)
    for (let b = 0; b < c.batch; b++) for (let i = 0; i < c.blockIn; i++) out.push(inp[inpLane(e, b, i, s)]);
  for (let e = 0; e < c.wgtDepth; e++)
    for (let o = 0; o < c.blockOut; o++) for (let i = 0; i < c.blockIn; i++) out.push(wgt[wgtLane(e, o, i, s)]);
  for (let e = 0; e < c.accDepth; e++)
    for (let b = 0; b < c.batch; b++) for (let o = 0; o < c.blockOut; o++) out.push(acc[accLane(e, b, o, s)]);
  return out;
}

/** Loop fields and micro-ops of which every index is in range; factors are 0 often, because kernels treat that specially. */
function loops(c: VtaConfig, states: readonly MachineState[], r: Random, source: number) {
  const [iterOut, iterIn] = [1 + r(4), 1 + r(6)];
  const begin = r(c.uopDepth);
  const end = begin + 1 + r(c.uopDepth - begin);
  const factors = (depth: number) => {
    const one = (iterations: number) => (r(2) === 0 ? 0 : r(Math.floor((depth - 1) / 2 / Math.max(1, iterations - 1)) + 1));
    const [out, inner] = [Math.min(one(iterOut), depth - 1), Math.min(one(iterIn), depth - 1)];
    return { out, inner, left: depth - (iterOut - 1) * out - (iterIn - 1) * inner };
  };
  const [dst, src, wgt] = [factors(c.accDepth), factors(source), factors(c.wgtDepth)];
  for (let k = begin; k < end; k++) {
    const word = r(dst.left) | (r(src.left) << c.logAccDepth) | (r(wgt.left) << (c.logAccDepth + Math.max(c.logAccDepth, c.logInpDepth)));
    for (const state of states) state.uop[k] = word;
  }
  return {
    uop_bgn: begin,
    uop_end: end,
    iter_out: iterOut,
    iter_in: iterIn,
    dst_factor_out: dst.out,
    dst_factor_in: dst.inner,
    src_factor_out: src.out,
    src_factor_in: src.inner,
    wgt_factor_out: wgt.out,
    wgt_factor_in: wgt.inner,
  };
}

const DRAM = 1 << 16;

function memoryInsn(op: 'LOAD' | 'STORE', c: VtaConfig, r: Random): Insn {
  const types = [0, 1, 2, 3, ...(c.accBits === 32 ? [5] : []), ...(c.extension ? [6] : [])];
  const type = op === 'STORE' ? 4 : types[r(types.length)];
  const depth = [c.uopDepth, c.wgtDepth, c.inpDepth, c.accDepth, c.accDepth, c.accDepth, 256][type];
  const bytes = [4, c.wgtBytes, c.inpBytes, c.accBytes, c.outBytes, c.accBytes / 4, 1][type];
  const pads = op === 'STORE' ? [0, 0, 0, 0] : [r(3), r(2), r(3), r(2)].map((p) => (r(2) ? p : 0));
  const [y, x] = [1 + r(3), 1 + r(5)];
  const most = Math.floor(DRAM / bytes);
  const stride = r(2) ? x : Math.min(x + r(4), Math.floor(most / 4));
  const room = depth - (y + pads[0] + pads[1]) * (x + pads[2] + pads[3]);
  return insn(op, {
    memory_type: type,
    sram_base: type === 6 ? r(65536) : Math.max(0, r(Math.max(1, room + 1))),
    dram_base: r(Math.max(1, most - (y - 1) * stride - x)),
    y_size: y,
    x_size: x,
    x_stride: stride,
    y_pad_0: pads[0],
    y_pad_1: pads[1],
    x_pad_0: pads[2],
    x_pad_1: pads[3],
  });
}

const decode = (i: Insn, c: VtaConfig): Decoded => decodeAt(encodeInsn(i, c), 0, 0, c);

/** Runs one instruction on both and compares everything. */
function compare(c: VtaConfig, seed: number, make: (states: readonly MachineState[], r: Random) => Insn): void {
  const r = random(seed);
  const states = [createMachineState(c), createMachineState(c), createMachineState(c)];
  fill(states, r);
  const dram = Uint8Array.from({ length: DRAM }, () => r(256));
  const drams = [dram, dram.slice(), dram.slice()];
  const pad = c.extension ? r(256) - 128 : 0;
  for (const state of states) state.padValue = pad;
  const d = decode(make(states, r), c);
  const hash = executePlain(states[0], drams[0], d);
  executeFast(states[1], drams[1], decode(d.insn, c));
  expect(executeHashed(states[2], drams[2], decode(d.insn, c))).toBe(hash);
  for (const n of [1, 2]) {
    expect(contents(states[n])).toEqual(contents(states[0]));
    expect(Buffer.compare(drams[n], drams[0])).toBe(0);
  }
}

describe('kernels equal the plain executor', () => {
  const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

  test('GEMM, with and without reset, every configuration', () => {
    fc.assert(
      fc.property(machines, seeds, (c, seed) =>
        compare(c, seed, (states, r) => {
          const reset = r(6) === 0 ? 1 : 0;
          return insn('GEMM', { ...loops(c, states, r, c.inpDepth), reset_reg: reset });
        }),
      ),
      { numRuns: 150 },
    );
  });

  test('ALU, every operation, immediate and register, every configuration', () => {
    fc.assert(
      fc.property(machines, seeds, (c, seed) =>
        compare(c, seed, (states, r) => {
          const { wgt_factor_in, wgt_factor_out, ...fields } = loops(c, states, r, c.accDepth);
          const imm = r(3) ? r(80) - 40 : r(65536) - 32768;
          return insn('ALU', { ...fields, alu_opcode: r(c.extension ? 6 : 5), use_imm: r(2), imm, reset_reg: r(2) });
        }),
      ),
      { numRuns: 250 },
    );
  });

  test('LOAD and STORE, every memory type, padding and stride, every configuration', () => {
    fc.assert(
      fc.property(machines, seeds, fc.boolean(), (c, seed, store) => {
        const i = memoryInsn(store ? 'STORE' : 'LOAD', c, random(seed));
        const d = decode(i, c);
        const depth =
          d.kind === 'load'
            ? { UOP: c.uopDepth, WGT: c.wgtDepth, INP: c.inpDepth, ACC: c.accDepth, ACC_8BIT: c.accDepth }[d.memory]
            : c.accDepth;
        const last =
          d.kind === 'load'
            ? d.insn.sram_base + loadElements(d)
            : d.kind === 'store'
              ? d.insn.sram_base + d.insn.y_size * d.insn.x_size
              : 0;
        fc.pre(last <= depth);
        compare(c, seed, () => i);
      }),
      { numRuns: 250 },
    );
  });

  test('an index beyond a scratchpad is the same error, and nothing is written', () => {
    const c = defineConfig({
      LOG_INP_WIDTH: 3,
      LOG_WGT_WIDTH: 3,
      LOG_ACC_WIDTH: 5,
      LOG_BATCH: 0,
      LOG_BLOCK: 3,
      LOG_UOP_BUFF_SIZE: 6,
      LOG_INP_BUFF_SIZE: 6,
      LOG_WGT_BUFF_SIZE: 9,
      LOG_ACC_BUFF_SIZE: 8,
    });
    const d = decode(insn('GEMM', { uop_end: 1, iter_in: 3, dst_factor_in: 4, src_factor_in: 2 }), c);
    for (const execute of [executePlain, executeFast, executeHashed]) {
      const state = createMachineState(c);
      state.acc.fill(7);
      expect(() => execute(state, new Uint8Array(0), d)).toThrow(VtaError);
      expect(state.acc.every((v) => v === 7)).toBe(true);
    }
  });
});
