/** Helpers of the RTL tests. */
import { afterAll } from 'vitest';
import type { VtaConfig } from '#isa/config/config';
import { buildModel } from './build.js';
import { RtlProcess } from './process.js';
import { findVerilator } from './verilator.js';

/** Is there a Verilator? Without one the RTL tests are skipped by name. */
export const hasVerilator = (await findVerilator()).found;

/** Building a model may have to wait for other builds. */
export const BUILD_TIMEOUT = 1_800_000;

const open: RtlProcess[] = [];

/** A model without the checks that {@link createRtl} makes before a launch. */
export async function bareModel(config: VtaConfig, width = 64): Promise<RtlProcess> {
  const process = new RtlProcess(await buildModel({ config, width }));
  open.push(process);
  return process;
}

afterAll(() => {
  for (const process of open) process.close();
});
