import { describe, expect, test } from 'vitest';
import { compileTir } from '#compiler/pipeline/compile-tir';
import { parseSchedule } from '#compiler/schedule/schedule';
import { interpretTir } from '#compiler/tir/interpret';
import { parseTir } from '#compiler/tir/parse';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import type { Tensor } from '#runtime/tensor';
import { createFunctional } from '#simulator/functional/device';

/** y = (x + 3) over four tiles, in 8 bits. */
const ADD = `func add3(x: i8[4, 1, 16], y: i8[4, 1, 16]) {
  alloc acc: i32[4, 1, 16] @acc
  for i in 0..4 { dma acc[i], x[i] }
  for j in 0..4 { alu add acc[j], 3 }
  for k in 0..4 { dma y[k], acc[k] }
}
`;

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof VtaError ? error.code : String(error);
  }
  return 'none';
};

describe('tensor programs', () => {
  test('a program computes on VTA what it means', async () => {
    const func = parseTir(ADD, 'add.tir');
    const config = preset('default');
    const x: Tensor = { dtype: 'int8', shape: [4, 1, 16], data: Int8Array.from({ length: 64 }, (_, i) => i * 4 - 128) };
    const y = new Int8Array(64);
    interpretTir(func, { x: x.data as Int8Array, y });
    const artifact = decodeArtifact(encodeArtifact(compileTir(func, [], config)), 'add.vta');
    const { outputs } = await runArtifact(artifact, createFunctional(config), new Map([['x', x]]));
    expect(outputs.map((o) => [o.name, o.tensor.shape, ...o.tensor.data])).toEqual([['y', [4, 1, 16], ...y]]);
  });

  test('tiles of another machine are refused', () => {
    const narrow = ADD.replaceAll('i8[4, 1, 16]', 'i8[4, 1, 8]');
    expect(codeOf(() => compileTir(parseTir(narrow, 'add.tir'), parseSchedule(''), preset('default')))).toBe('VTA2106');
  });
});
