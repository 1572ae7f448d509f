import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import type { GemmInsn, LoadInsn } from '#isa/spec/instructions';
import { decodeUop } from '#isa/codec/codec';
import { type AffineNest, simplifyNest, span } from './affine.js';
import { lowerDma } from './dma.js';
import type { MachineOp } from './machine-op.js';
import { lowerAlu, lowerGemm } from './tensor-ops.js';
import { placeKernels, UopKernels } from './uop-kernels.js';

/** All operand addresses of a nest, in order of execution. */
function points(nest: AffineNest): number[][] {
  let at = [nest.operands.map((o) => o.base)];
  nest.extents.forEach((e, l) => {
    at = at.flatMap((p) => Array.from({ length: e }, (_, i) => p.map((x, k) => x + i * nest.operands[k].coefs[l])));
  });
  return at;
}

const nestOf = (operands: number, loops: number, coef: fc.Arbitrary<number>): fc.Arbitrary<AffineNest> =>
  fc.record({
    extents: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: loops, maxLength: loops }),
    operands: fc.array(
      fc.record({ base: fc.integer({ min: 0, max: 20 }), coefs: fc.array(coef, { minLength: loops, maxLength: loops }) }),
      { minLength: operands, maxLength: operands },
    ),
  });

const coefs = fc.integer({ min: 0, max: 12 });
const sorted = (p: number[][]) => p.map(String).sort();

describe('affine nests', () => {
  test('simplification keeps the addresses and their order', () => {
    fc.assert(
      fc.property(nestOf(2, 4, coefs), (nest) => {
        expect(points(simplifyNest(nest, 9))).toEqual(points(nest));
      }),
    );
  });

  test('the span is exact at both ends', () => {
    fc.assert(
      fc.property(nestOf(1, 3, coefs), (nest) => {
        const all = points(nest).map((p) => p[0]);
        if (all.length === 0) return;
        expect(span(nest, nest.operands[0])).toEqual({ lo: Math.min(...all), hi: Math.max(...all) + 1 });
      }),
    );
  });
});

/** What the transfers copy: pairs of scratchpad and DRAM element. */
function copied(ops: readonly MachineOp[]): number[][] {
  return ops.flatMap(({ insn }) => {
    const i = insn as LoadInsn;
    return Array.from({ length: i.y_size * i.x_size }, (_, n) => [
      i.sram_base + n,
      i.dram_base + Math.floor(n / i.x_size) * i.x_stride + (n % i.x_size),
    ]);
  });
}

describe('transfers', () => {
  const transfer = { op: 'LOAD', memory: 'INP', scratchpad: 'inp', buffer: 3 } as const;
  const affine = (extents: readonly number[], scratch: readonly number[], dram: readonly number[]): AffineNest => ({
    extents,
    operands: [
      { base: 7, coefs: scratch },
      { base: 100, coefs: dram },
    ],
  });

  test.each([
    ['a row', affine([5], [1], [1]), 1],
    ['rows with a stride', affine([4, 5], [5, 1], [20, 1]), 1],
    ['rows that follow each other in both memories', affine([3, 4, 5], [20, 5, 1], [20, 5, 1]), 1],
    ['blocks of rows: one instruction each', affine([3, 4, 5], [20, 5, 1], [200, 20, 1]), 3],
    ['blocks of whole rows: two dimensions again', affine([3, 4, 5], [20, 5, 1], [200, 5, 1]), 1],
    ['loops in another order', affine([5, 4], [1, 5], [1, 20]), 1],
    ['a column', affine([6], [1], [9]), 1],
    ['one element many times', affine([6], [1], [0]), 1],
    ['gaps in the scratchpad', affine([2, 3], [10, 1], [3, 1]), 2],
    ['nothing', affine([0, 3], [3, 1], [3, 1]), 0],
  ])('%s', (_title, nest, count) => {
    const ops = lowerDma(nest, transfer);
    expect(ops).toHaveLength(count);
    expect(sorted(copied(ops))).toEqual(sorted(points(nest)));
    for (const op of ops) expect(op).toMatchObject({ unit: 'load', buffer: 3, kernel: -1 });
  });

  test('any nest is copied exactly', () => {
    fc.assert(
      fc.property(nestOf(2, 3, coefs), (nest) => {
        expect(sorted(copied(lowerDma(nest, transfer)))).toEqual(sorted(points(nest)));
      }),
    );
  });

  test('strides beyond the 16-bit field become several instructions', () => {
    const nest = affine([3, 2], [2, 1], [70000, 1]);
    const ops = lowerDma(nest, transfer);
    expect(ops).toHaveLength(3);
    expect(sorted(copied(ops))).toEqual(sorted(points(nest)));
  });

  test('regions cover what is read and written', () => {
    const [op] = lowerDma(affine([4, 5], [5, 1], [20, 1]), transfer);
    expect(op.writes).toEqual([{ memory: 'inp', lo: 7, hi: 27 }]);
    expect(op.reads).toEqual([{ memory: 'dram:3', lo: 100, hi: 165 }]);
  });
});

const config = preset('default');

/** Operand addresses that GEMM or ALU instructions visit, in order. */
function visited(ops: readonly MachineOp[], uops: UopKernels, operands: number): number[][] {
  return ops.flatMap((op) => {
    const i = op.insn as Omit<GemmInsn, 'op'>;
    const factors = [
      [i.dst_factor_out, i.dst_factor_in],
      [i.src_factor_out, i.src_factor_in],
      [i.wgt_factor_out ?? 0, i.wgt_factor_in ?? 0],
    ];
    const out: number[][] = [];
    for (let a = 0; a < i.iter_out; a++) {
      for (let b = 0; b < i.iter_in; b++) {
        for (const word of uops.kernels[op.kernel]) {
          const u = decodeUop(word, config);
          const base = [u.dst_idx, u.src_idx, u.wgt_idx];
          out.push(base.slice(0, operands).map((x, k) => x + a * factors[k][0] + b * factors[k][1]));
        }
      }
    }
    return out;
  });
}

describe('micro-ops', () => {
  test('a GEMM nest visits its tiles in order', () => {
    fc.assert(
      fc.property(nestOf(3, 4, coefs), (nest) => {
        const uops = new UopKernels(config);
        expect(visited(lowerGemm(nest, false, uops, config), uops, 3)).toEqual(points(nest));
      }),
    );
  });

  test('an ALU nest visits its tiles in order', () => {
    fc.assert(
      fc.property(nestOf(2, 4, coefs), (nest) => {
        const uops = new UopKernels(config);
        expect(visited(lowerAlu(nest, { op: 'ADD', immediate: null, rq: null }, uops, config), uops, 2)).toEqual(points(nest));
      }),
    );
  });

  const small = defineConfig({ ...PRESET_KEYS.default, LOG_UOP_BUFF_SIZE: 6 });
  const wide: AffineNest = { extents: [2, 3, 5, 7], operands: [{ base: 0, coefs: [200, 60, 11, 1] }] };

  test('a kernel larger than the micro-op buffer becomes several instructions', () => {
    const uops = new UopKernels(small);
    const ops = lowerGemm(wide, true, uops, small);
    expect(ops).toHaveLength(5);
    expect(uops.kernels.every((k) => k.length <= small.uopDepth)).toBe(true);
    expect(sorted(visited(ops, uops, 1))).toEqual(sorted(points(wide)));
  });

  test('equal kernels are stored once and loaded once while they fit', () => {
    const uops = new UopKernels(config);
    const ops = [...lowerGemm(wide, true, uops, config), ...lowerGemm(wide, true, uops, config)];
    expect(uops.kernels).toHaveLength(1);
    const placed = placeKernels(ops, uops, config, 4);
    expect(placed.map((p) => p.insn.op)).toEqual(['LOAD', 'GEMM', 'GEMM']);
    expect(placed[0]).toMatchObject({ unit: 'compute', buffer: 4, insn: { memory_type: 0, sram_base: 0, dram_base: 0, x_size: 35 } });
    expect(uops.pack()).toHaveLength(4 * 35);
  });

  test('when they do not fit the oldest give way and come back', () => {
    const uops = new UopKernels(small);
    const row = (base: number): AffineNest => ({ extents: [2, 2, 7], operands: [{ base, coefs: [100, 40, 2] }] });
    const ops = [0, 1, 2, 0, 2].flatMap((b) => lowerGemm(row(b), true, uops, small));
    const placed = placeKernels(ops, uops, small, 0);
    const loads = placed.filter((p) => p.insn.op === 'LOAD').map((p) => (p.insn as LoadInsn).dram_base / 7);
    expect(loads).toEqual([0, 1, 2, 0]);
    for (const p of placed) if (p.insn.op === 'GEMM') expect(p.insn.uop_end).toBeLessThanOrEqual(small.uopDepth);
    // what is in the buffer when an instruction runs is its own kernel
    const buffer = new Map<number, number>();
    for (const p of placed) {
      if (p.insn.op === 'LOAD') for (let k = 0; k < p.insn.x_size; k++) buffer.set(p.insn.sram_base + k, p.insn.dram_base + k);
      if (p.insn.op === 'GEMM') {
        const g = p.insn;
        expect(Array.from({ length: g.uop_end - g.uop_bgn }, (_, k) => buffer.get(g.uop_bgn + k))).toEqual(
          Array.from({ length: 7 }, (_, k) => uops.offsets[p.kernel] + k),
        );
      }
    }
  });
});
