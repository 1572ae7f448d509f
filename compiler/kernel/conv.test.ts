import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';
import { checkKernel, compileKernel } from './compile.js';
import type { ConvSpec } from './spec.js';
import {
  type ConvOptions,
  NO_HALO,
  packActivation,
  random,
  randomConv,
  randomImage,
  referenceConv,
  runKernel,
  unpackActivation,
} from './testing.js';
import { some } from '../../tests/support/some.js';

/** Compiles, runs and compares. Without the extension a channel that the notes count may be off by 1 in a few pixels. */
async function check(spec: ConvSpec, config: VtaConfig): Promise<void> {
  const kernel = compileKernel(spec, config);
  const image = randomImage(7, spec.input);
  const { output } = await runKernel(
    kernel,
    { input: packActivation(image, spec.input, config.batch, config.blockIn) },
    createFunctional(config),
  );
  const got = unpackActivation(output, spec.output, config.batch, config.blockOut);
  const want = referenceConv(spec, image);
  if (kernel.notes.length === 0) expect([...got]).toEqual([...want]);
  else {
    const wrong = [...got].flatMap((y, i) => (y === want[i] ? [] : [Math.abs(y - want[i])]));
    expect(wrong.every((d) => d === 1)).toBe(true);
    expect(wrong.length / want.length).toBeLessThan(0.002);
  }
}

const SAME = { top: 1, left: 1, bottom: 1, right: 1 };

const SHAPES: Readonly<Record<string, ConvOptions>> = {
  '3x3, one block of channels': { inC: 16, outC: 16, size: [8, 8], kernel: [3, 3], stride: [1, 1], padding: SAME },
  '3x3 with few input channels': { inC: 3, outC: 16, size: [9, 7], kernel: [3, 3], stride: [1, 1], padding: SAME, relu: true },
  '3x3 stride 2, padding after only': {
    inC: 16,
    outC: 32,
    size: [8, 8],
    kernel: [3, 3],
    stride: [2, 2],
    padding: { ...NO_HALO, bottom: 1, right: 1 },
  },
  '1x1 stride 2': { inC: 16, outC: 32, size: [8, 8], kernel: [1, 1], stride: [2, 2], padding: NO_HALO },
  '1x1': { inC: 40, outC: 24, size: [5, 5], kernel: [1, 1], stride: [1, 1], padding: NO_HALO },
  '10x4 stride 2': { inC: 1, outC: 20, size: [21, 10], kernel: [10, 4], stride: [2, 2], padding: { top: 4, left: 1, bottom: 5, right: 1 } },
  'fully connected': { inC: 64, outC: 10, size: [1, 1], kernel: [1, 1], stride: [1, 1], padding: NO_HALO },
  'halo larger than the padding, halo on the output': {
    inC: 17,
    outC: 9,
    size: [6, 5],
    kernel: [3, 3],
    stride: [1, 1],
    padding: SAME,
    inputHalo: { top: 2, left: 3, bottom: 1, right: 2 },
    outputHalo: { top: 1, left: 0, bottom: 2, right: 3 },
  },
  'kernel of even size, strides that differ': {
    inC: 8,
    outC: 8,
    size: [9, 12],
    kernel: [2, 4],
    stride: [1, 3],
    padding: { top: 0, left: 2, bottom: 1, right: 1 },
  },
};

describe.each(['default-x', 'mac64-x', 'default', 'mac64'])('convolution on %s', (name) => {
  test.each(Object.entries(SHAPES))('%s', async (_title, options) => {
    await check(randomConv(11, options), preset(name));
  });
});

const keys = { ...PRESET_KEYS['default-x'] };
const CONFIGS: Readonly<Record<string, VtaConfig>> = {
  'batch 2': defineConfig({
    ...keys,
    LOG_BATCH: 1,
    LOG_BLOCK: 3,
    LOG_UOP_BUFF_SIZE: 12,
    LOG_INP_BUFF_SIZE: 12,
    LOG_WGT_BUFF_SIZE: 14,
    LOG_ACC_BUFF_SIZE: 14,
  }),
  'more lanes out than in': defineConfig({ ...keys, LOG_BLOCK_IN: 3, LOG_BLOCK_OUT: 4, LOG_INP_BUFF_SIZE: 13, LOG_WGT_BUFF_SIZE: 16 }),
  'more lanes in than out': defineConfig({
    ...keys,
    LOG_BLOCK_IN: 4,
    LOG_BLOCK_OUT: 2,
    LOG_INP_BUFF_SIZE: 13,
    LOG_WGT_BUFF_SIZE: 15,
    LOG_ACC_BUFF_SIZE: 14,
  }),
  'tiny buffers, base ISA': defineConfig({
    ...keys,
    EXTENSION: 0,
    LOG_BLOCK: 2,
    LOG_UOP_BUFF_SIZE: 7,
    LOG_INP_BUFF_SIZE: 7,
    LOG_WGT_BUFF_SIZE: 8,
    LOG_ACC_BUFF_SIZE: 9,
  }),
  'tiny buffers': defineConfig({
    ...keys,
    LOG_BLOCK: 2,
    LOG_UOP_BUFF_SIZE: 7,
    LOG_INP_BUFF_SIZE: 7,
    LOG_WGT_BUFF_SIZE: 8,
    LOG_ACC_BUFF_SIZE: 9,
  }),
};

describe.each(Object.entries(CONFIGS))('convolution with %s', (_name, config) => {
  test.each(Object.entries(SHAPES))('%s', async (_title, options) => {
    await check(randomConv(12, options), config);
  });

  test('random shapes', async () => {
    const r = random(99);
    for (let i = 0; i < 12; i++) {
      const kernel = [r(1, 4), r(1, 4)] as const;
      const padding = { top: r(0, kernel[0] - 1), left: r(0, kernel[1] - 1), bottom: r(0, kernel[0] - 1), right: r(0, kernel[1] - 1) };
      const size = [kernel[0] + r(0, 8), kernel[1] + r(0, 8)] as const;
      await check(
        randomConv(200 + i, { inC: r(1, 20), outC: r(1, 20), size, kernel, stride: [r(1, 3), r(1, 3)], padding, relu: r(0, 1) === 1 }),
        config,
      );
    }
  });
});

/** A random machine, or null where the sizes break a rule of configurations. */
function randomConfig(r: ReturnType<typeof random>): VtaConfig | null {
  const blocks = { LOG_BATCH: r(0, 2), LOG_BLOCK_IN: r(0, 5), LOG_BLOCK_OUT: r(0, 5), EXTENSION: r(0, 1) };
  const buffers = { LOG_UOP_BUFF_SIZE: r(6, 15), LOG_INP_BUFF_SIZE: r(7, 15), LOG_WGT_BUFF_SIZE: r(7, 18), LOG_ACC_BUFF_SIZE: r(8, 17) };
  try {
    return defineConfig({ ...keys, ...blocks, ...buffers });
  } catch {
    return null;
  }
}

test('random machines, random convolutions', async () => {
  const r = random(2024);
  let compiled = 0;
  while (compiled < 16) {
    const config = randomConfig(r);
    if (config === null) continue;
    const kernel = [r(1, 4), r(1, 4)] as const;
    const padding = { top: r(0, kernel[0] - 1), left: r(0, kernel[1] - 1), bottom: r(0, kernel[0] - 1), right: r(0, kernel[1] - 1) };
    const outputHalo = { top: r(0, 2), left: r(0, 2), bottom: r(0, 2), right: r(0, 2) };
    const size = [kernel[0] + r(0, 6), kernel[1] + r(0, 6)] as const;
    const spec = randomConv(r(0, 1e9), { inC: r(1, 24), outC: r(1, 24), size, kernel, stride: [r(1, 4), r(1, 4)], padding, outputHalo });
    if (checkKernel(spec, config) !== null) continue;
    await check(spec, config);
    compiled++;
  }
});

const FOLDER = new URL('../../../shared/conformance/configs/', import.meta.url);
const present = existsSync(FOLDER);
const golden = present
  ? some(
      readdirSync(FOLDER).filter((f) => f.endsWith('.json')),
      'configurations',
    )
  : [];

describe.skipIf(!present)('configurations of the golden vectors (../shared/conformance)', () => {
  test.each(golden)('%s', async (file) => {
    const config = defineConfig(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).config);
    const weightBits = Math.min(8, config.wgtBits);
    const options: ConvOptions = { inC: 40, outC: 20, size: [7, 6], kernel: [3, 3], stride: [1, 2], padding: SAME, weightBits };
    const spec = randomConv(5, options);
    if (config.inpBits === 8) await check(spec, config);
    else expect(checkKernel(spec, config)).toContain(`inputs have ${config.inpBits} bits`);
  });
});
