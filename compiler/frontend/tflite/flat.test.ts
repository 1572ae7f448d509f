import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { FlatFile, FlatTable } from './flat.js';
import { writeTflite } from './write.js';

/** A table at byte 16 whose field list at byte 4 has three fields, followed by what `words` says from byte 20 on. */
function tableFile(fields: readonly number[], words: readonly number[]): FlatTable {
  const bytes = new Uint8Array(20 + 4 * words.length);
  const view = new DataView(bytes.buffer);
  [4 + 2 * fields.length, 8, ...fields].forEach((v, i) => view.setUint16(4 + 2 * i, v, true));
  view.setInt32(16, 12, true);
  words.forEach((v, i) => view.setInt32(20 + 4 * i, v, true));
  return new FlatTable(new FlatFile(bytes, 'f'), 16);
}
const refused = (f: () => unknown, what: RegExp): void => {
  expect(f).toThrow(VtaError);
  expect(f).toThrow(what);
};

test('scalars, lists and defaults', () => {
  const t = tableFile([4, 8], [7, 4, 2, 11, 12]);
  expect([t.int32(0), t.int32(2), t.int32(2, 5), t.int32(200, 6)]).toEqual([7, 0, 5, 6]);
  expect(t.int32s(1, 2)).toEqual([11, 12]);
  expect([...t.byteView(1)]).toEqual([11, 0]);
});

test('nothing outside the file is read', () => {
  refused(() => tableFile([1000], []).int32(0), /VTA2022.*byte 1016/);
  refused(() => tableFile([5], [1]).int32(0), /VTA2022/);
  refused(() => tableFile([4], [1000]).int32s(0, 10), /VTA2022.*byte 1020/);
  refused(() => tableFile([4], [-1]).table(0), /VTA2022/);
  refused(() => tableFile([4], [4, 3, 1, 2]).int32s(0, 10), /VTA2022.*12 bytes/);
  refused(() => tableFile([4], [4, 9, 1, 2]).byteView(0), /VTA2022/);
  refused(() => tableFile([4], [4, 9, 1, 2]).string(0), /VTA2022/);
  refused(() => new FlatTable(new FlatFile(new Uint8Array(8), 'f'), 8), /VTA2022/);
});

test('a list longer than makes sense is refused before it is made', () => {
  refused(() => tableFile([4], [4, 2, 1, 2]).int32s(0, 1), /VTA2022.*2 elements where at most 1/);
});

test('a table without a usable field list is refused', () => {
  const bytes = new Uint8Array(16);
  refused(() => new FlatTable(new FlatFile(bytes, 'f'), 4), /VTA2022.*field list/);
  new DataView(bytes.buffer).setInt32(4, 1000, true);
  refused(() => new FlatTable(new FlatFile(bytes, 'f'), 4), /VTA2022/);
});

test('a model that is whole has a root', () => {
  const bytes = writeTflite({ inputs: [], outputs: [], tensors: [], operators: [] });
  expect(new FlatFile(bytes, 'f').root().uint32(0)).toBe(3);
});
