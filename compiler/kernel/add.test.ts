import { describe, expect, test } from 'vitest';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';
import { addEpilogue, extensionConstant } from './add-epilogue.js';
import { compileKernel } from './compile.js';
import type { AddSpec } from './spec.js';
import { NO_HALO, packActivation, random, randomImage, referenceAdd, runKernel, unpackActivation } from './testing.js';

/** The three additions of the ic network (../shared/models/README.md). */
const NUMBERS = [
  { mulA: 405404, mulB: 1072283, constant: 47864724, shift: 19 },
  { mulA: 440825, mulB: 1114032, constant: 3300041, shift: 19 },
  { mulA: 692000, mulB: 1792697, constant: -22186318, shift: 20 },
];

const HALO = { top: 1, left: 2, bottom: 0, right: 1 };
function addSpec(channels: number, height: number, width: number, numbers: (typeof NUMBERS)[number], rest: Partial<AddSpec> = {}): AddSpec {
  const layout = { channels, height, width, halo: NO_HALO, zeroPoint: 0 };
  const inputs = [{ ...layout, halo: HALO }, layout] as const;
  return { kind: 'add', name: 'add', inputs, output: { ...layout, halo: HALO }, ...numbers, zeroPoint: -128, lo: -128, hi: 127, ...rest };
}

const CONFIGS = {
  default: preset('default'),
  'default-x': preset('default-x'),
  mac64: preset('mac64'),
  'mac64-x': preset('mac64-x'),
  'batch 2, more lanes in than out': defineConfig({ ...PRESET_KEYS.mac64, LOG_BATCH: 1, LOG_BLOCK_IN: 3, LOG_BLOCK_OUT: 2 }),
  'tiny buffers': defineConfig({
    ...PRESET_KEYS['default-x'],
    LOG_BLOCK: 2,
    LOG_UOP_BUFF_SIZE: 6,
    LOG_INP_BUFF_SIZE: 7,
    LOG_WGT_BUFF_SIZE: 8,
    LOG_ACC_BUFF_SIZE: 7,
  }),
};

describe.each(Object.entries(CONFIGS))('addition on %s', (_name, config) => {
  test('equals the definition', async () => {
    const r = random(4);
    for (let i = 0; i < 9; i++) {
      const spec = addSpec(
        r(1, 40),
        r(1, 12),
        r(1, 12),
        NUMBERS[i % 3],
        i > 5 ? { zeroPoint: r(-9, 9), lo: r(-128, -10), hi: r(20, 127) } : {},
      );
      const [a, b] = spec.inputs.map((l, k) => randomImage(100 + 2 * i + k, l));
      const kernel = compileKernel(spec, config);
      const inputs = {
        input: packActivation(a, spec.inputs[0], config.batch, config.blockOut),
        input2: packActivation(b, spec.inputs[1], config.batch, config.blockOut),
      };
      const { output } = await runKernel(kernel, inputs, createFunctional(config));
      const got = unpackActivation(output, spec.output, config.batch, config.blockOut);
      expect([...got]).toEqual([...referenceAdd(spec, a, b)]);
    }
  });
});

describe('addition with the extension', () => {
  test.each(NUMBERS)('needs five vector operations for %j', (numbers) => {
    const spec = addSpec(16, 4, 4, numbers);
    expect(extensionConstant(spec)).not.toBeNull();
    expect(['default-x', 'default'].map((name) => addEpilogue(spec, preset(name)).steps.length)).toEqual([5, 7]);
  });

  test('falls back where no constant is exact', async () => {
    // every sum is a multiple of 2^10 and the shift is 10: ties everywhere, and the results are large
    const numbers = { mulA: 2 ** 10, mulB: 2 ** 22, constant: 2 ** 9, shift: 10 };
    const spec = addSpec(3, 2, 2, numbers, { zeroPoint: 1 });
    const [a, b] = spec.inputs.map((l, k) => randomImage(k, l));
    const config = preset('default-x');
    const kernel = compileKernel(spec, config);
    const inputs = { input: packActivation(a, spec.inputs[0], 1, 16), input2: packActivation(b, spec.inputs[1], 1, 16) };
    const { output } = await runKernel(kernel, inputs, createFunctional(config));
    expect([...unpackActivation(output, spec.output, 1, 16)]).toEqual([...referenceAdd(spec, a, b)]);
  });
});
