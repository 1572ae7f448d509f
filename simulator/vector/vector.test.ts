import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { createFunctional } from '#simulator/functional/device';
import { testProgram } from '../../tests/support/programs.js';
import { type GoldenVector, parseVector, runVector } from './vector.js';

const config = preset('default');
const { dram, insnAddr, insnCount } = testProgram(config, [insn('LOAD', {}), insn('FINISH')]);
const json = {
  format: 'vta-golden-1',
  name: 'two',
  config: config.keys,
  insn_addr: insnAddr,
  insn_count: insnCount,
  dram_size: dram.length,
};
const files = { 'program.bin': dram.slice(insnAddr), 'dram_in.bin': dram, 'dram_out.bin': dram };

describe('parseVector', () => {
  test('takes a correct one apart', () => {
    const v = parseVector(json, files);
    expect(v).toMatchObject({ name: 'two', insnAddr, insnCount });
    expect(v.config.fingerprint).toBe(config.fingerprint);
  });

  test.each<[string, unknown, Record<string, Uint8Array>, RegExp]>([
    ['VTA4001', [json], files, /an array/],
    ['VTA4001', null, files, /null/],
    ['VTA4002', { ...json, name: 5 }, files, /name is 5/],
    ['VTA4002', { ...json, format: undefined }, files, /format is missing/],
    ['VTA4002', { ...json, insn_addr: -16 }, files, /insn_addr is -16/],
    ['VTA4002', { ...json, insn_count: 0 }, files, /insn_count is 0/],
    ['VTA4002', { ...json, dram_size: 'big' }, files, /dram_size is "big"/],
    ['VTA1002', { ...json, config: {} }, files, /of vector two/],
    ['VTA4003', json, { 'program.bin': dram.slice(insnAddr) }, /lacks dram_in.bin/],
    ['VTA4003', json, { ...files, 'dram_out.bin': undefined as unknown as Uint8Array }, /lacks dram_out.bin/],
    ['VTA4004', json, { ...files, 'dram_out.bin': dram.slice(1) }, /dram_out.bin has \d+ bytes instead of/],
    ['VTA4005', { ...json, insn_addr: insnAddr - 8 }, files, /not a multiple of 16/],
    ['VTA4005', { ...json, insn_addr: insnAddr + 16 }, files, /2 instructions end at byte/],
    ['VTA4006', json, { ...files, 'dram_in.bin': dram.map((b, i) => (i === insnAddr + 3 ? b ^ 1 : b)) }, /from byte 3 of the program/],
  ])('%s', (code, description, given, text) => {
    try {
      parseVector(description, given);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(VtaError);
      expect((error as VtaError).code).toBe(code);
      expect((error as VtaError).message).toMatch(text);
    }
  });
});

describe('runVector', () => {
  const vector: GoldenVector = parseVector(json, files);
  const device = createFunctional(config);

  test('reports a match', async () => {
    expect(await runVector(device, vector)).toEqual({
      name: 'two',
      on: 'functional',
      match: true,
      cycles: null,
      error: null,
      firstDifference: null,
    });
  });

  test('names the first byte that differs', async () => {
    const dramOut = dram.slice();
    dramOut[77] = 1;
    dramOut[99] = 2;
    expect(await runVector(device, { ...vector, dramOut })).toMatchObject({
      match: false,
      firstDifference: { address: 77, is: 0xee, must: 1 },
    });
  });

  test("a program's error is part of the result", async () => {
    const bad = testProgram(config, [insn('LOAD', {})]);
    const result = await runVector(device, { ...vector, dramIn: bad.dram, dramOut: bad.dram, insnCount: 1 });
    expect(result).toMatchObject({ match: false, cycles: null, error: { code: 'VTA1202' }, firstDifference: null });
  });

  test('starts from zeroed scratchpads and leaves the image alone', async () => {
    const store = [
      insn('LOAD', { push_next_dep: 0 }),
      insn('STORE', { memory_type: 4, dram_base: 16, y_size: 1, x_size: 1, push_prev_dep: 1 }),
      insn('FINISH', { pop_next_dep: 1 }),
    ];
    const p = testProgram(config, store);
    const before = p.dram.slice();
    const dramOut = p.dram.slice().fill(0, 256, 272);
    const v = { ...vector, dramIn: p.dram, dramOut, insnCount: 3 };
    expect((await runVector(device, v)).match).toBe(true);
    expect(p.dram).toEqual(before);
  });
});
