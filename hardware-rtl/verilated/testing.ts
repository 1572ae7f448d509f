/** Helpers of the RTL tests. */
import type { VtaConfig } from '#isa/config/config';
import { buildModel } from './build.js';
import { RtlProcess } from './process.js';
import { findVerilator } from './verilator.js';

/** Is there a Verilator? Without one the RTL tests are skipped by name. */
export const hasVerilator = (await findVerilator()).found;

/** Milliseconds: building a model may have to wait for other builds. */
export const BUILD_TIMEOUT = 1_800_000;

/** A model without the checks that a Device makes before a launch. It ends with this process. */
export async function bareModel(config: VtaConfig, width = 64): Promise<RtlProcess> {
  return new RtlProcess(await buildModel({ config, width }));
}
