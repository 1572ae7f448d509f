import { describe, expect, test } from 'vitest';
import { type Device, zeroCounters } from '#isa/arch/device';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import type { Artifact } from '../artifact/artifact.js';
import type { Tensor } from '../tensor.js';
import { findPort, seededInputs } from './bind.js';
import { runArtifact } from './run.js';

const config = preset('default');
const halo = { top: 0, left: 0, bottom: 0, right: 0 };
const layout = (address: number) => ({ address, batch: 1, block: 16, channels: 2, height: 1, width: 2, halo });
const q = { scale: 0.5, zeroPoint: 0 };
const value = (name: string) => ({ name, dtype: 'int8' as const, shape: [1, 1, 2, 2], quantization: q });

/** pack x; a launch that is expected to write at 0x1100; unpack y; z = relu(y). */
const artifact: Artifact = {
  name: 'p',
  config,
  values: [value('x'), value('y'), value('z')],
  inputs: [0],
  outputs: [2, 1],
  steps: [
    { kind: 'pack', value: 0, layout: layout(0x1000) },
    { kind: 'vta', name: 'twice', op: 'conv2d', insnAddr: 0x1200, insnCount: 3, macs: 5120, notes: ['careful'], exact: false },
    { kind: 'unpack', value: 1, layout: layout(0x1100) },
    { kind: 'host', name: 'end', op: 'relu', attrs: { clamp: [0, 50] }, inputs: [1], output: 2, macs: 7 },
  ],
  dramBytes: 0x1240,
  image: [],
};

/** Doubles the bytes at 0x1000 into 0x1100, in 40 cycles. */
function doubling(cycles: number | null, log: string[] = []): Device {
  return {
    name: cycles === null ? 'functional' : 'cycle',
    config,
    reset: () => void log.push('reset'),
    launch: async ({ dram, insnAddr, insnCount }) => {
      log.push(`launch ${insnAddr} ${insnCount}`);
      for (let i = 0; i < 64; i++) dram[0x1100 + i] = dram[0x1000 + i] * 2;
      return { cycles, counters: { ...zeroCounters(), inpLoadBytes: 32, outStoreBytes: 16 } };
    },
  };
}

const x: Tensor = { dtype: 'int8', shape: [1, 1, 2, 2], data: Int8Array.of(1, -2, 30, 4) };
const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    return error instanceof VtaError ? error.code : String(error);
  }
  return 'none';
};

describe('runArtifact', () => {
  test('moves tensors, launches, runs host operators and reports', async () => {
    const log: string[] = [];
    const seen: string[] = [];
    const report = await runArtifact(artifact, doubling(40, log), new Map([['x', x]]), { onLayer: (l) => seen.push(l.name) });
    expect(log).toEqual(['reset', 'launch 4608 3']);
    expect(seen).toEqual(['twice', 'end']);
    expect(report.outputs.map((o) => [o.name, ...o.tensor.data])).toEqual([
      ['z', 2, 0, 50, 8],
      ['y', 2, -4, 60, 8],
    ]);
    expect(report).toMatchObject({ program: 'p', exact: false, on: 'cycle', cycles: 40, macs: 5127, utilization: 5120 / (40 * 256) });
    expect(report.layers[0]).toEqual({
      name: 'twice',
      op: 'conv2d',
      target: 'vta',
      cycles: 40,
      macs: 5120,
      utilization: 0.5,
      instructions: 3,
      bytes: { uop: 0, inp: 32, wgt: 0, acc: 0, out: 16 },
      notes: ['careful'],
    });
    expect(report.layers[1]).toMatchObject({
      name: 'end',
      op: 'relu',
      target: 'host',
      cycles: null,
      macs: 7,
      utilization: null,
      bytes: null,
    });
  });

  test('no time on a machine without time', async () => {
    expect(await runArtifact(artifact, doubling(null), new Map([['', x]]))).toMatchObject({ cycles: null, utilization: null });
  });

  test('mistakes have codes', async () => {
    const device = doubling(1);
    const other = { ...device, config: preset('mac64') };
    expect(await codeOf(() => runArtifact(artifact, other, new Map([['x', x]])))).toBe('VTA3106');
    expect(await codeOf(() => runArtifact(artifact, device, new Map([['xx', x]])))).toBe('VTA3107');
    expect(await codeOf(() => runArtifact(artifact, device, new Map([['x', { ...x, shape: [4] }]])))).toBe('VTA3108');
    expect(await codeOf(() => findPort(artifact, 'output', ''))).toBe('VTA3109');
    expect(await codeOf(() => runArtifact(artifact, device, new Map()))).toBe('VTA3110');
  });
});

test('seeded inputs are always the same, and differ by seed', () => {
  const data = (seed?: number) => [...(seededInputs(artifact, seed).get('x')?.data ?? [])];
  expect(data()).toEqual(data());
  expect(data(2)).not.toEqual(data(1));
});
