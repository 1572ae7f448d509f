import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';
import { Random } from '#fuzz/random';
import { serial, testProgram, uops } from '../../tests/support/programs.js';
import type { RtlProcess } from './process.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const config = preset('mac64-x');
const memory = DEFAULT_MEMORY;

const CONTROL = 0x00;
/** What the host writes before a launch, and the base that each buffer has. */
const BASES = { UOP: 0x10, INP: 0x14, WGT: 0x18, ACC: 0x1c, OUT: 0x20 };
const WRITABLE = [0x04, 0x08, 0x0c, ...Object.values(BASES), 0x24];
/** The whole map but for the counters: docs/reference/rtl.md, Registers. */
const MAP = Array.from({ length: 13 }, (_, i) => 4 * i);

const readAll = (model: RtlProcess): Promise<readonly number[]> => model.access(MAP.map((read) => ({ read })));
const write = (model: RtlProcess, values: readonly (readonly [number, number])[]): Promise<unknown> =>
  model.access(values.map(([address, data]) => ({ write: address, data })));

/** Where the data of each buffer lies in its part of memory, and how much there is. */
const DATA = {
  UOP: { at: 0x100, bytes: 16 },
  INP: { at: 0x200, bytes: 2 * config.inpBytes },
  WGT: { at: 0x400, bytes: config.wgtBytes },
  ACC: { at: 0x800, bytes: 4 * config.accBytes },
  OUT: { at: 0xa00, bytes: 2 * config.outBytes },
};
type Buffer = keyof typeof DATA;
const BUFFERS = Object.keys(DATA) as Buffer[];
const PART = 0x1000;

/** Reads every buffer's data, ACC_8BIT included, and stores what comes of it. */
function everyBuffer() {
  const one = { y_size: 1, x_size: 2, x_stride: 2 };
  const load = (memory_type: number, buffer: Buffer, unit: number, more: object = {}) =>
    insn('LOAD', { memory_type, dram_base: DATA[buffer].at / unit, ...one, ...more });
  return serial([
    load(0, 'UOP', 4, { x_size: 4 }),
    load(2, 'INP', config.inpBytes),
    load(1, 'WGT', config.wgtBytes, { x_size: 1 }),
    load(3, 'ACC', config.accBytes),
    load(5, 'ACC', config.accBytes / 4, { sram_base: 2 }),
    insn('GEMM', { uop_end: 2, iter_out: 1, iter_in: 1 }),
    insn('ALU', { uop_bgn: 2, uop_end: 4, iter_out: 1, iter_in: 1, alu_opcode: 2 }),
    insn('STORE', { memory_type: 4, dram_base: DATA.OUT.at / config.outBytes, ...one }),
    insn('FINISH', {}),
  ]);
}

/** Memory in which each buffer's data lies in a part of its own, `bases` says which; everything else is noise. */
function image(bases: Readonly<Record<Buffer, number>>, noise: number): Uint8Array {
  const r = Random.of(noise, 0);
  const dram = Uint8Array.from({ length: (BUFFERS.length + 1) * PART }, () => r.int(0, 255));
  const data = Random.of(7, 1);
  for (const buffer of BUFFERS) {
    const { at, bytes } = DATA[buffer];
    for (let i = 0; i < bytes; i++) dram[bases[buffer] + at + i] = data.int(0, 255);
  }
  const words = [
    { dst_idx: 0, src_idx: 0 },
    { dst_idx: 1, src_idx: 1 },
    { dst_idx: 0, src_idx: 2 },
    { dst_idx: 1, src_idx: 3 },
  ];
  dram.set(uops(config, ...words), bases.UOP + DATA.UOP.at);
  return dram;
}

describe.skipIf(!hasVerilator)('registers (needs Verilator)', () => {
  test(
    'hold what the host writes, and 0 after a reset',
    async () => {
      const model = await bareModel(config);
      model.reset();
      const nothing = MAP.map(() => 0);
      expect(await readAll(model)).toEqual(nothing);
      const values = WRITABLE.map((address, i) => [address, Math.imul(i + 1, 0x2f3b5a71) >>> 0] as const);
      await write(model, values);
      await write(model, [[CONTROL, 2]]);
      expect(await readAll(model)).toEqual(MAP.map((address) => values.find(([a]) => a === address)?.[1] ?? (address === CONTROL ? 2 : 0)));
      const job = { ...testProgram(config, [insn('FINISH', {})]), memory, hashes: false };
      expect(await model.run({ ...job, reset: { at: 1, cycles: 1 } })).toMatchObject({ wasReset: true });
      expect(await readAll(model)).toEqual(nothing);
    },
    BUILD_TIMEOUT,
  );

  test('every buffer has its own base, of which bits 11:0 are ignored', async () => {
    const model = await bareModel(config);
    const together = { UOP: 0, INP: 0, WGT: 0, ACC: 0, OUT: 0 };
    const apart = { UOP: PART, INP: 2 * PART, WGT: 3 * PART, ACC: 4 * PART, OUT: 5 * PART };
    const insns = everyBuffer();
    const at = (BUFFERS.length + 1) * PART;
    const program = encodeProgram(insns, config);
    const withProgram = (dram: Uint8Array) => ({ dram: Uint8Array.from([...dram, ...program]), insnAddr: at, insnCount: insns.length });

    const reference = withProgram(image(together, 3));
    await createFunctional(config).launch(reference);
    const { at: out, bytes } = DATA.OUT;
    const want = reference.dram.subarray(out, out + bytes);

    for (const low of [0, 0xabc]) {
      model.reset();
      const before = withProgram(image(apart, 4));
      await write(
        model,
        BUFFERS.map((b) => [BASES[b], apart[b] + low]),
      );
      const after = await model.run({ ...before, memory, hashes: false });
      expect(after).toMatchObject({ finished: true, error: 0 });
      before.dram.set(want, apart.OUT + out);
      expect(after.dram).toEqual(before.dram);
    }
  });
});
