/** The cycle simulator looks only at cycles in which something happens that another unit notices: what it does in between, it does in one go. */
import { afterEach, expect, test, vi } from 'vitest';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { createCycle } from './device.js';
import { LoadUnit } from './load.js';
import { place } from './testing.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const config = preset('default');

test('a load of many bursts is a few steps of the load unit', async () => {
  const rows = { memory_type: 2, dram_base: 0x2000 / config.inpBytes, y_size: 16, x_size: 64, x_stride: 64, push_next_dep: 1 };
  const program = place([insn('LOAD', rows), insn('LOAD', { pop_prev_dep: 1 }), insn('FINISH')], config);
  const step = vi.spyOn(LoadUnit.prototype, 'step');
  const { cycles } = await createCycle(config).launch(program);
  // 16 KiB are 64 bursts, or 2048 beats
  expect(cycles).toBeGreaterThan(2048);
  expect(step.mock.calls.length).toBeLessThan(12);
});
