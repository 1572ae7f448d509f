import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { requantize } from '#isa/semantics/requantize';
import { ALU_OPS } from '#isa/spec/tables';
import { Random } from '#fuzz/random';
import { int32, serial, testProgram, uops } from '../../tests/support/programs.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const config = preset('mac64-x');
const lanes = config.batch * config.blockOut;
/** Vectors of one program: accumulators in the lower half of the buffer, scales in the upper one. */
const VECTORS = config.accDepth / 2;
const PAIRS = VECTORS * lanes;

/** An accumulator and the bits of a scale. */
type Pair = readonly [acc: number, scale: number];
const MOST = 2 ** 31 - 1;

/** Scales whose product with `acc` lies at n + 1/2 and as close below and above as scales can: every rounding on the way decides about the result. */
function aroundHalf(acc: number, n: number): Pair[] {
  const want = (n + 0.5) / Math.abs(acc);
  const exponent = Math.floor(Math.log2(want));
  const nearest = Math.round(want * 2 ** (23 - exponent));
  return [-2, -1, 0, 1, 2].flatMap((d): Pair[] => {
    const m = nearest + d;
    return m < 2 ** 23 || m >= 2 ** 24 ? [] : [[acc, ((exponent + 127) << 23) | (m - 2 ** 23)]];
  });
}

/** An accumulator of more than 24 bits that lies half-way, or a bit beside it, between two float32, of which one times 2^-18 is n + 1/2. */
function longAccumulators(n: number): Pair[] {
  const half = n * 2 ** 17 + 2 ** 16;
  const scale = (127 - 18) << 23;
  return [half - 2, half - 1, half, half + 1].flatMap((a) =>
    [1, 2, 3].flatMap((t) =>
      [2 ** (t - 1) - 1, 2 ** (t - 1), 2 ** (t - 1) + 1].map((rest): Pair => [a * 2 ** t + rest, scale - ((t - 1) << 23)]),
    ),
  );
}

/** The ends of both ranges, all against all: accumulators of every length, scales from zero to the largest exponent. */
function extremes(): Pair[] {
  const magnitudes = Array.from({ length: 31 }, (_, k) => [2 ** k - 1, 2 ** k, 2 ** k + 1]).flat();
  const accs = [...magnitudes, MOST, ...magnitudes.map((m) => -m), -MOST, -MOST - 1].filter((a) => a <= MOST);
  const exponents = [0, 1, 2, 88, 95, 99, 100, 101, 102, 103, 118, 126, 127, 128, 137, 149, 150, 151, 181, 182, 254, 255];
  return accs.flatMap((acc) => exponents.flatMap((e) => [0, 1, 0x400000, 0x7fffff].map((m): Pair => [acc, (e << 23) | m])));
}

function nearTies(): Pair[] {
  const r = Random.of(5, 0);
  const some = [1, 2, 3, 5, 6, 7, 9, 15, 17, 33, 127, 255, 257, 4097, 65535, 65537, 8388607, 8388609, 16777215, 16777216];
  return Array.from({ length: 128 }, (_, n) => n).flatMap((n) => {
    // one bit longer than a float32 holds, and odd: it is rounded twice
    const odd = Array.from({ length: 4 }, () => r.int(2 ** 23, 2 ** 24 - 1) * 2 + 1);
    const accs = [...some, ...odd, r.int(1, 1000), r.int(1000, 10 ** 6), r.int(2 ** 23, 2 ** 24), r.int(2 ** 24, MOST)];
    return [...accs.flatMap((acc) => aroundHalf(r.chance(0.5) ? acc : -acc, n)), ...(n >= 64 ? longAccumulators(n) : [])];
  });
}

/** A program that requantizes as many pairs as the buffer holds, and what it stores. */
function program(pairs: readonly Pair[], imm: number, relu: number) {
  const words = new Int32Array(2 * PAIRS);
  pairs.forEach(([acc, scale], i) => {
    words[i] = acc;
    words[PAIRS + i] = scale;
  });
  const base = { y_size: 1, x_stride: 1 };
  const loops = { uop_end: 1, iter_out: 1, iter_in: VECTORS, dst_factor_in: 1, src_factor_in: 1 };
  return testProgram(
    config,
    serial([
      insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, x_size: 1, ...base }),
      insn('LOAD', { memory_type: 3, dram_base: 0x4000 / config.accBytes, x_size: 2 * VECTORS, ...base }),
      insn('ALU', { alu_opcode: ALU_OPS.RQ.code, ...loops, imm, reset_reg: relu }),
      insn('STORE', { memory_type: 4, dram_base: 0x2000 / config.outBytes, x_size: VECTORS, ...base }),
      insn('FINISH', {}),
    ]),
    { 4096: uops(config, { dst_idx: 0, src_idx: VECTORS }), 16384: int32(...words) },
    0x4000 + 8 * PAIRS,
  );
}

describe.skipIf(!hasVerilator)('RQ of the RTL is that of isa/semantics (needs Verilator)', () => {
  const CLAMPS: readonly (readonly [zeroPoint: number, high: number, relu: number])[] = [
    [0, 127, 0],
    [-128, 127, 0],
    [127, 100, 1],
    [-128, 127, 1],
  ];
  test.each([
    ['beside ties of every rounding', nearTies()],
    ['at the ends of both ranges', extremes()],
  ] as const)(
    '%s',
    async (_, pairs) => {
      const model = await bareModel(config);
      for (let from = 0; from < pairs.length; from += PAIRS) {
        const part = pairs.slice(from, from + PAIRS);
        for (const [zeroPoint, high, relu] of CLAMPS) {
          const imm = (high << 8) | (zeroPoint & 0xff);
          const { dram, finished } = await model.run({ ...program(part, imm, relu), memory: DEFAULT_MEMORY, hashes: false });
          expect(finished).toBe(true);
          const got = new Int8Array(dram.buffer, dram.byteOffset + 0x2000, part.length);
          const wrong = part.flatMap(([acc, scale], i) => {
            const want = requantize(acc, scale, imm, relu);
            return got[i] === want ? [] : [{ acc, scale: scale.toString(16), imm, relu, want, got: got[i] }];
          });
          expect(wrong).toEqual([]);
        }
      }
    },
    BUILD_TIMEOUT,
  );
});
