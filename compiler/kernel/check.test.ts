import { describe, expect, test } from 'vitest';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { checkKernel, compileKernel, planKernel } from './compile.js';
import { NO_HALO, randomConv } from './testing.js';

const spec = randomConv(1, { inC: 4, outC: 4, size: [3, 3], kernel: [1, 1], stride: [1, 1], padding: NO_HALO });
const narrow = randomConv(1, { inC: 4, outC: 4, size: [3, 3], kernel: [1, 1], stride: [1, 1], padding: NO_HALO, weightBits: 4 });
const config = (keys: object) => defineConfig({ ...PRESET_KEYS.default, ...keys });

describe('checkKernel', () => {
  test('accepts what can be compiled', () => {
    expect(checkKernel(spec, preset('default'))).toBeNull();
    expect(checkKernel(narrow, config({ LOG_WGT_WIDTH: 2, LOG_WGT_BUFF_SIZE: 17 }))).toBeNull();
    expect(
      checkKernel(spec, config({ LOG_WGT_WIDTH: 4, LOG_BLOCK: 3, LOG_WGT_BUFF_SIZE: 16, LOG_INP_BUFF_SIZE: 14, LOG_ACC_BUFF_SIZE: 15 })),
    ).toBeNull();
  });

  test.each([
    ['inputs have 4 bits', spec, config({ LOG_INP_WIDTH: 2, LOG_INP_BUFF_SIZE: 14 })],
    ['accumulators have 16 bits', spec, config({ LOG_ACC_WIDTH: 4, LOG_ACC_BUFF_SIZE: 16 })],
    ['does not fit the 4-bit weights', spec, config({ LOG_WGT_WIDTH: 2, LOG_WGT_BUFF_SIZE: 17 })],
    ['rounds twice', { ...spec, requant: { ...spec.requant, rounding: 'double' as const } }, preset('default')],
    [
      'scale 1.5 is not between 0 and 1',
      { ...spec, requant: { ...spec.requant, scales: new Float32Array(4).fill(1.5) } },
      preset('default'),
    ],
  ])('says that %s', (reason, conv, c) => {
    expect(checkKernel(conv, c)).toContain(reason);
    expect(() => compileKernel(conv, c)).toThrow(expect.objectContaining({ code: 'VTA2403' }));
  });

  test('a machine too small for a single pixel is named', () => {
    const tiny = config({ LOG_BLOCK: 2, LOG_ACC_BUFF_SIZE: 5, LOG_WGT_BUFF_SIZE: 5, LOG_INP_BUFF_SIZE: 4, LOG_UOP_BUFF_SIZE: 4 });
    expect(checkKernel(spec, tiny)).toContain('cannot hold even one output pixel');
    expect(() => planKernel(spec, tiny)).toThrow(expect.objectContaining({ code: 'VTA2404' }));
  });
});
