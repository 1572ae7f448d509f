import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import type { Artifact, BlockedLayout } from './artifact.js';
import { crc32 } from './crc32.js';
import { decodeArtifact } from './decode.js';
import { encodeArtifact } from './encode.js';
import { initialDram, rawArtifact } from './raw.js';

const config = preset('mac64-x');
const layout: BlockedLayout = {
  address: 0x1000,
  batch: 1,
  block: 8,
  channels: 3,
  height: 2,
  width: 2,
  halo: { top: 1, left: 1, bottom: 1, right: 1 },
};
const q = { scale: Math.fround(0.1), zeroPoint: -128 };
const sample: Artifact = {
  name: 'sample',
  config,
  values: [
    { name: 'in', dtype: 'int8', shape: [1, 2, 2, 3], quantization: q },
    { name: 'bias', dtype: 'int32', shape: [2], quantization: null, data: Int32Array.of(-5, 70000) },
    { name: 'middle', dtype: 'int8', shape: [1, 2, 2, 3], quantization: q },
    { name: 'out', dtype: 'float32', shape: [1, 2], quantization: null },
  ],
  inputs: [0],
  outputs: [3],
  steps: [
    { kind: 'pack', value: 0, layout },
    { kind: 'vta', name: 'conv', op: 'conv2d', insnAddr: 0x2000, insnCount: 2, macs: 1234, notes: ['a note'], exact: false },
    { kind: 'unpack', value: 2, layout },
    { kind: 'write', value: 1, address: 0x2ff8 },
    { kind: 'read', value: 1, address: 0x2ff8 },
    { kind: 'host', name: 'end', op: 'softmax', attrs: { beta: 1, list: [1, 2], on: true }, inputs: [2, 1], output: 3, macs: 0 },
  ],
  dramBytes: 0x3000,
  image: [
    { kind: 'fill', role: 'halo', address: 0x1000, length: 128, value: 0x80 },
    { kind: 'data', role: 'instructions', address: 0x2000, bytes: Uint8Array.from({ length: 32 }, (_, i) => i) },
  ],
};
const file = encodeArtifact(sample);

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof VtaError) return error.code;
    throw error;
  }
  return 'none';
};

/** The sample's file with its manifest edited and the checksum made right again. */
function crafted(edit: (manifest: Record<string, unknown>) => void): Uint8Array {
  const view = new DataView(file.buffer);
  const length = view.getUint32(20, true);
  const start = Math.ceil((24 + length) / 64) * 64;
  const manifest = JSON.parse(new TextDecoder().decode(file.subarray(24, 24 + length)));
  edit(manifest);
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const newStart = Math.ceil((24 + text.length) / 64) * 64;
  const out = new Uint8Array(newStart + file.length - start);
  out.set(file.subarray(0, 24));
  out.set(text, 24);
  out.set(file.subarray(start), newStart);
  const outView = new DataView(out.buffer);
  outView.setUint32(12, out.length, true);
  outView.setUint32(20, text.length, true);
  outView.setUint32(16, crc32(out.subarray(20)), true);
  return out;
}

describe('the .vta file', () => {
  test('reads back what was written', () => {
    expect(decodeArtifact(file, 'x.vta')).toEqual(sample);
    expect(encodeArtifact(decodeArtifact(file, 'x.vta'))).toEqual(file);
  });

  test('the checksum is CRC-32', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  test('every truncation is named', () => {
    for (let n = 0; n < file.length; n++) expect(codeOf(() => decodeArtifact(file.subarray(0, n), 'x.vta'))).toMatch(/^VTA310[13]$/);
  });

  test('every changed byte is noticed', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = file.slice();
        bad[at] ^= flip;
        expect(codeOf(() => decodeArtifact(bad, 'x.vta'))).toMatch(/^VTA310[1-4]$/);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test('appended bytes are noticed', () => {
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(codeOf(() => decodeArtifact(longer, 'x.vta'))).toBe('VTA3104');
  });

  test('a manifest with a right checksum and any JSON in any place is refused or read, never a crash', () => {
    const keys = ['name', 'config', 'fingerprint', 'values', 'inputs', 'outputs', 'steps', 'dramBytes', 'image'];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const bad = crafted((m) => {
          m[key] = value;
        });
        expect(codeOf(() => decodeArtifact(bad, 'x.vta'))).toMatch(/^(none|VTA3105|VTA100\d)$/);
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  test.each([
    ['a value read before it is written', (m: Sample) => void m.steps.splice(2, 1)],
    ['a launch outside the memory', (m: Sample) => void (m.steps[1].insnAddr = 0x2ff0)],
    ['a launch at an odd address', (m: Sample) => void (m.steps[1].insnAddr = 0x2008)],
    ['a layout outside the memory', (m: Sample) => void (m.steps[0].layout.address = 0x2fff)],
    ['a layout of another size than its value', (m: Sample) => void (m.steps[0].layout.channels = 4)],
    ['a section outside the memory', (m: Sample) => void (m.image[1].address = 0x2fe1)],
    ['another fingerprint', (m: Sample) => void (m.fingerprint = 'x')],
    ['a copy outside the memory', (m: Sample) => void (m.steps[3].address = 0x2ff9)],
    ['an unknown step', (m: Sample) => void (m.steps[1].kind = 'gpu')],
  ])('%s is refused', (_, edit) => {
    expect(codeOf(() => decodeArtifact(crafted(edit as never), 'x.vta'))).toBe('VTA3105');
  });
});

interface Sample {
  fingerprint: string;
  steps: { kind: string; address: number; insnAddr: number; layout: { address: number; channels: number } }[];
  image: { address: number }[];
}

describe('raw programs', () => {
  test('the image comes back whole', () => {
    const dram = new Uint8Array(0x5123);
    dram[0x1001] = 7;
    dram[0x5122] = 9;
    const artifact = rawArtifact({ name: 'p', config, dram, insnAddr: 0x1000, insnCount: 1 });
    expect(artifact.image.map((s) => s.address)).toEqual([0x1000, 0x5000]);
    expect(initialDram(decodeArtifact(encodeArtifact(artifact), 'p'))).toEqual(dram);
  });
});
