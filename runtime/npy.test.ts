import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { readNpy, writeNpy } from './npy.js';
import { newData, sizeOf, type DType } from './tensor.js';

/** A file with any header text. */
function file(header: string, data: readonly number[] = [], version = 1): Uint8Array {
  const bytes = [...header].map((c) => c.charCodeAt(0));
  const length = version === 1 ? [bytes.length & 255, bytes.length >> 8] : [bytes.length & 255, bytes.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...bytes, ...data]);
}
const codeOf = (bytes: Uint8Array): string => {
  try {
    readNpy(bytes, 'x.npy');
  } catch (e) {
    if (e instanceof VtaError) return e.code;
    throw e;
  }
  return 'read';
};
const DICT = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }";

test('reads formats 1.0, 2.0 and 3.0', () => {
  for (const version of [1, 2, 3]) {
    const t = readNpy(file(`${DICT}\n`, [1, 2, 3, 253, 254, 255], version));
    expect(t).toEqual({ dtype: 'int8', shape: [2, 3], data: Int8Array.from([1, 2, 3, -3, -2, -1]) });
  }
});

test('a scalar and a vector', () => {
  expect(readNpy(file("{'descr': '<i2', 'fortran_order': False, 'shape': ()}", [0x34, 0x12]))).toEqual({
    dtype: 'int16',
    shape: [],
    data: Int16Array.of(0x1234),
  });
  const vector = file("{'descr': '<i2', 'fortran_order': True, 'shape': (1,)}", [0xff, 0xff]);
  expect(readNpy(vector)).toEqual({ dtype: 'int16', shape: [1], data: Int16Array.of(-1) });
});

test('each mistake has its code', () => {
  expect(codeOf(new Uint8Array(0))).toBe('VTA3001');
  expect(codeOf(file(DICT, [], 4))).toBe('VTA3001');
  expect(codeOf(file(DICT, [1, 2, 3, 4, 5]))).toBe('VTA3002');
  expect(codeOf(file(DICT).subarray(0, 20))).toBe('VTA3002');
  expect(codeOf(file(DICT.replace('|i1', '<f8')))).toBe('VTA3003');
  expect(codeOf(file(DICT.replace('|i1', '>i4')))).toBe('VTA3003');
  expect(codeOf(file(DICT.replace("'|i1'", "[('a', '<i4')]")))).toBe('VTA3003');
  expect(codeOf(file(DICT.replace('False', 'True')))).toBe('VTA3004');
  expect(codeOf(file(DICT.replace('shape', 'shapes')))).toBe('VTA3005');
  expect(codeOf(file(DICT.replace('2, 3', '2, -3')))).toBe('VTA3005');
  expect(codeOf(file(DICT.replace('2, 3', '9999999999, 9999999999')))).toBe('VTA3002');
});

test('what is written is read, and cutting it anywhere is noticed', () => {
  const dtypes: DType[] = ['int8', 'uint8', 'int16', 'int32', 'float32'];
  const tensors = fc.tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.integer());
  fc.assert(
    fc.property(tensors, ([dtype, shape, seed]) => {
      const data = newData(dtype, sizeOf(shape)).map((_: number, i: number) => Math.imul(seed + i, 0x9e3779b1));
      const bytes = writeNpy({ dtype, shape, data });
      expect(readNpy(bytes)).toEqual({ dtype, shape, data });
      expect((bytes.length - data.byteLength) % 64).toBe(0);
      if (data.length > 0) expect(codeOf(bytes.subarray(0, bytes.length - 1))).toBe('VTA3002');
    }),
    { seed: 3, numRuns: 200 },
  );
});

const models = fileURLToPath(new URL('../../shared/models/public', import.meta.url));
describe.skipIf(!existsSync(models))('files written by NumPy (../shared/models)', () => {
  test('are read and written back byte for byte', () => {
    const folder = `${models}/ic`;
    const names = readdirSync(folder).filter((n) => n.endsWith('.npy'));
    expect(names.length).toBeGreaterThan(16);
    for (const name of names) {
      const bytes = new Uint8Array(readFileSync(`${folder}/${name}`));
      expect(writeNpy(readNpy(bytes, name)), name).toEqual(bytes);
    }
  });
});
