import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { baseEpilogue } from './base-epilogue.js';
import { chooseTiling } from './choose-tiling.js';
import { extensionEpilogue, extensionRequantizes } from './conv-epilogue.js';
import { convSchedule } from './conv-schedule.js';
import { convFunc, convShape } from './conv-tir.js';
import { packVectors } from './epilogue.js';
import { kernelMessages as M } from './messages.js';
import type { PlannedKernel } from './plan.js';
import type { ConvSpec } from './spec.js';
import { packWeights } from './weights.js';

/** Convolution with requantization; a fully connected layer is one with a 1x1 image. @throws VtaError VTA2404 */
export function planConv(spec: ConvSpec, config: VtaConfig): PlannedKernel {
  const epilogue = extensionRequantizes(spec, config) ? extensionEpilogue(spec, config) : baseEpilogue(spec, config);
  const shape = convShape(spec, config);
  const cost = { ops: epilogue.steps.length, temporaries: epilogue.temporaries.length, vectors: epilogue.vectors.length };
  const tiling = chooseTiling(shape, cost, config);
  if (tiling === null) {
    const needs = `1 INP element, 1 WGT element and ${1 + cost.temporaries + cost.vectors} ACC elements`;
    fail(M.VTA2404, { name: spec.name, config: config.name, needs });
  }
  return {
    func: convFunc(spec, epilogue, config),
    schedule: convSchedule(tiling, shape, epilogue),
    constants: { weights: packWeights(spec, config), params: packVectors(epilogue.vectors, config) },
    macs: shape.oh * shape.ow * shape.kh * shape.kw * spec.input.channels * spec.output.channels,
    notes: epilogue.notes,
  };
}
