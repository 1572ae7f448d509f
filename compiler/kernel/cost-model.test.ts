import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { createCycle } from '#simulator/cycle/device';
import { compileKernel } from './compile.js';
import { rankTilings } from './conv.js';
import { type ConvOptions, NO_HALO, packActivation, randomConv, randomImage, runKernel } from './testing.js';

const SAME = { top: 1, left: 1, bottom: 1, right: 1 };
const AFTER = { ...NO_HALO, bottom: 1, right: 1 };

/** Layers of the ic network. */
const LAYERS: Readonly<Record<string, ConvOptions>> = {
  '32x32x16 3x3': { inC: 16, outC: 16, size: [32, 32], kernel: [3, 3], stride: [1, 1], padding: SAME },
  '32x32x16 3x3 stride 2': { inC: 16, outC: 32, size: [32, 32], kernel: [3, 3], stride: [2, 2], padding: AFTER },
  '16x16x32 3x3': { inC: 32, outC: 32, size: [16, 16], kernel: [3, 3], stride: [1, 1], padding: SAME },
  '16x16x32 3x3 stride 2': { inC: 32, outC: 64, size: [16, 16], kernel: [3, 3], stride: [2, 2], padding: AFTER },
  '8x8x64 3x3': { inC: 64, outC: 64, size: [8, 8], kernel: [3, 3], stride: [1, 1], padding: SAME },
};

async function measure(options: ConvOptions, name: string, choose: number) {
  const config = preset(name);
  const spec = randomConv(41, options);
  const { tiling, estimate } = rankTilings(spec, config, choose + 1)[choose];
  const kernel = compileKernel(spec, config, { tiling });
  const input = packActivation(randomImage(1, spec.input), spec.input, config.batch, config.blockIn);
  const { result } = await runKernel(kernel, { input }, createCycle(config, { timingOnly: true }));
  const gemm =
    (kernel.macs * Math.ceil(spec.input.channels / config.blockIn) * config.blockIn) /
    spec.input.channels /
    (config.blockIn * config.blockOut);
  return { cycles: result.cycles as number, estimate, gemm };
}

describe.each(['default-x', 'mac64-x'])('the cost model on %s', (name) => {
  test.each(Object.entries(LAYERS))('%s: the favourite and others are estimated within 8 %%', async (_title, options) => {
    for (const choose of [0, 7, 60]) {
      const { cycles, estimate } = await measure(options, name, choose);
      expect(Math.abs(estimate - cycles) / cycles, `tiling ${choose}: ${estimate} estimated, ${cycles} measured`).toBeLessThan(0.08);
    }
  });
});

test('layers with enough work keep the GEMM core busy', async () => {
  const busy = async (layer: string, name: string) => {
    const { cycles, gemm } = await measure(LAYERS[layer], name, 0);
    return gemm / cycles;
  };
  for (const layer of ['32x32x16 3x3', '16x16x32 3x3', '8x8x64 3x3']) {
    expect(await busy(layer, 'default-x'), layer).toBeGreaterThan(0.88);
    expect(await busy(layer, 'mac64-x'), layer).toBeGreaterThan(0.94);
  }
});
