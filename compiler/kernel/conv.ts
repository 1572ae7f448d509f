import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { baseEpilogue } from './base-epilogue.js';
import { bestTilings, type RankedTiling } from './choose-tiling.js';
import { extensionEpilogue, extensionRequantizes } from './conv-epilogue.js';
import { convSchedule } from './conv-schedule.js';
import { convFunc, convShape } from './conv-tir.js';
import { type Epilogue, packVectors } from './epilogue.js';
import { exactnessNotes, isExact } from './exactness.js';
import { kernelMessages as M } from './messages.js';
import type { PlannedKernel } from './plan.js';
import type { ConvSpec } from './spec.js';
import type { EpilogueCost, Tiling } from './tiling.js';
import { packWeights } from './weights.js';

/** How a layer is requantized; null where the base ISA cannot. */
export const epilogueOf = (spec: ConvSpec, config: VtaConfig, exact = false): Epilogue | null =>
  extensionRequantizes(spec, config) ? extensionEpilogue(spec, config) : baseEpilogue(spec, config, exact);

export const costOf = (e: Epilogue): EpilogueCost => ({
  ops: e.steps.length,
  temporaries: e.temporaries.length,
  vectors: e.vectors.length,
});

function possible(epilogue: Epilogue | null): Epilogue {
  if (epilogue === null) throw new Error('internal error: a layer that checkKernel refuses is compiled');
  return epilogue;
}

interface ConvOptions {
  readonly tiling?: Tiling;
  readonly exact?: boolean;
}

/** The `count` tilings that the cost model likes best, for a tuner that measures them on a device. */
export function rankTilings(spec: ConvSpec, config: VtaConfig, count: number): RankedTiling[] {
  return bestTilings(convShape(spec, config), costOf(possible(epilogueOf(spec, config))), config, count);
}

/**
 * Convolution with requantization; a fully connected layer is one with a 1x1 image. Without a `tiling`, the cost model's
 * favourite. @throws VtaError VTA2404
 */
export function planConv(spec: ConvSpec, config: VtaConfig, { tiling, exact = false }: ConvOptions = {}): PlannedKernel {
  const epilogue = possible(epilogueOf(spec, config, exact));
  const shape = convShape(spec, config);
  const cost = costOf(epilogue);
  const chosen = tiling ?? bestTilings(shape, cost, config, 1)[0]?.tiling;
  if (chosen === undefined) {
    const needs = `1 INP element, 1 WGT element and ${1 + cost.temporaries + cost.vectors} ACC elements`;
    fail(M.VTA2404, { name: spec.name, config: config.name, needs });
  }
  return {
    func: convFunc(spec, epilogue, config),
    schedule: convSchedule(chosen, shape, epilogue),
    constants: { weights: packWeights(spec, config), params: packVectors(epilogue.vectors, config) },
    macs: shape.oh * shape.ow * shape.kh * shape.kw * spec.input.channels * spec.output.channels,
    notes: exactnessNotes(epilogue.exactness, spec.requant.rounding),
    exact: isExact(epilogue.exactness),
    remarks: epilogue.remarks,
  };
}
