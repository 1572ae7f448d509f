import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { lowerFunc } from '../lower/lower.js';
import { applySchedule } from '../schedule/schedule.js';
import type { Schedule } from '../schedule/primitive.js';
import type { Func } from '../tir/node.js';
import { printTir } from '../tir/print.js';
import { verifyTir } from '../tir/verify.js';
import { baseEpilogue } from './base-epilogue.js';
import { chooseTiling } from './choose-tiling.js';
import { extensionEpilogue, extensionRequantizes } from './conv-epilogue.js';
import { convSchedule } from './conv-schedule.js';
import { convFunc, convShape } from './conv-tir.js';
import { type Epilogue, packVectors } from './epilogue.js';
import { kernelMessages as M } from './messages.js';
import type { CompiledKernel, ConvSpec, KernelBuffer, KernelCheck, KernelSpec } from './spec.js';
import { packWeights } from './weights.js';

/** A kernel before lowering: what the compiler decided. */
export interface PlannedKernel {
  readonly func: Func;
  readonly schedule: Schedule;
  /** Constants by parameter name. */
  readonly constants: Readonly<Record<string, Uint8Array>>;
  readonly macs: number;
  readonly notes: readonly string[];
}

/** Compiles a kernel to instructions. @throws VtaError VTA2403, VTA2404 where checkKernel says no */
export function compileKernel(spec: KernelSpec, config: VtaConfig): CompiledKernel {
  const reason = checkKernel(spec, config);
  if (reason !== null) fail(M.VTA2403, { name: spec.name, config: config.name, reason });
  const plan = planKernel(spec, config);
  const scheduled = applySchedule(plan.func, plan.schedule);
  verifyTir(scheduled);
  const lowered = lowerFunc(scheduled, config);
  const buffers: KernelBuffer[] = scheduled.params.map((p, i) => {
    const elements = p.shape.slice(0, -2).reduce((n, d) => n * d, 1);
    const memory = lowered.memories[i] ?? 'ACC';
    return { role: p.name as KernelBuffer['role'], memory, elements, ...(p.name in plan.constants ? { data: plan.constants[p.name] } : {}) };
  });
  buffers.push({ role: 'uops', memory: 'UOP', elements: lowered.uopWords, data: lowered.uops });
  return { insns: lowered.insns, relocations: lowered.relocations, buffers, macs: plan.macs, tir: printTir(scheduled), notes: plan.notes };
}

export function planKernel(spec: KernelSpec, config: VtaConfig): PlannedKernel {
  if (spec.kind === 'add') throw new Error('internal error: add');
  return planConv(spec, config);
}

function planConv(spec: ConvSpec, config: VtaConfig): PlannedKernel {
  const epilogue: Epilogue = extensionRequantizes(spec, config) ? extensionEpilogue(spec, config) : baseEpilogue(spec, config);
  const shape = convShape(spec, config);
  const cost = { ops: epilogue.steps.length, temporaries: epilogue.temporaries.length, vectors: epilogue.vectors.length };
  const tiling = chooseTiling(shape, cost, config);
  if (tiling === null) fail(M.VTA2404, { name: spec.name, config: config.name, needs: '' });
  return {
    func: convFunc(spec, epilogue, config),
    schedule: convSchedule(tiling, shape, epilogue),
    constants: { weights: packWeights(spec, config), params: packVectors(epilogue.vectors, config) },
    macs: shape.oh * shape.ow * shape.kh * shape.kw * spec.input.channels * spec.output.channels,
    notes: epilogue.notes,
  };
}

/** Why the kernel generator cannot take a spec, or null. */
export const checkKernel: KernelCheck = (spec, config) => {
  if (config.inpBits !== 8) return `inputs have ${config.inpBits} bits, int8 networks need 8 (LOG_INP_WIDTH 3)`;
  if (config.accBits !== 32) return `accumulators have ${config.accBits} bits, int8 networks need 32 (LOG_ACC_WIDTH 5)`;
  if (spec.kind === 'add') return 'residual additions run on the host';
  return null;
};
