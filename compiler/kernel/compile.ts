import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { lowerFunc } from '../lower/lower.js';
import { Stopwatch } from '../stopwatch.js';
import { applySchedule, printSchedule } from '../schedule/schedule.js';
import { printTir } from '../tir/print.js';
import { verifyTir } from '../tir/verify.js';
import { chooseAddTile, planAdd } from './add.js';
import { addEpilogue } from './add-epilogue.js';
import { costOf, epilogueOf, planConv } from './conv.js';
import { extensionRequantizes } from './conv-epilogue.js';
import { convShape } from './conv-tir.js';
import { isExact, noExactSequence } from './exactness.js';
import { kernelMessages as M } from './messages.js';
import type { PlannedKernel } from './plan.js';
import type { AddSpec, CompiledKernel, ConvSpec, KernelBuffer, KernelCheck, KernelSpec } from './spec.js';
import { fits, SMALLEST, type Tiling } from './tiling.js';

/** Choices that the kernel generator otherwise makes. */
export interface KernelOptions {
  /** For convolutions: the tiling, one of `rankTilings` (kernel/conv.ts). */
  readonly tiling?: Tiling;
  /** Measures what a kernel takes. */
  readonly stopwatch?: Stopwatch;
  /** Only code that equals the rounding profile for every accumulator that int8 inputs can produce. */
  readonly exact?: boolean;
}

/** Compiles a kernel to instructions. @throws VtaError VTA2403, VTA2404 where checkKernel says no */
export function compileKernel(spec: KernelSpec, config: VtaConfig, options: KernelOptions = {}): CompiledKernel {
  const reason = checkKernel(spec, config, options.exact);
  if (reason !== null) fail(M.VTA2403, { name: spec.name, config: config.name, reason });
  const { stopwatch = new Stopwatch() } = options;
  const time = <T>(step: string, work: () => T): T => stopwatch.time(`kernel ${step}`, spec.name, work);
  const plan = time('search', () => planKernel(spec, config, options));
  const scheduled = time('schedule', () => applySchedule(plan.func, plan.schedule));
  time('check', () => verifyTir(scheduled));
  const lowered = time('lower', () => lowerFunc(scheduled, config));
  const buffers: KernelBuffer[] = scheduled.params.map((p, i) => {
    const elements = p.shape.slice(0, -2).reduce((n, d) => n * d, 1);
    const memory = lowered.memories[i] ?? 'ACC';
    return {
      role: p.name as KernelBuffer['role'],
      memory,
      elements,
      ...(p.name in plan.constants ? { data: plan.constants[p.name] } : {}),
    };
  });
  buffers.push({ role: 'uops', memory: 'UOP', elements: lowered.uopWords, data: lowered.uops });
  const { insns, relocations } = lowered;
  const texts = time('print', () => ({
    unscheduled: printTir(plan.func),
    schedule: printSchedule(plan.schedule),
    tir: printTir(scheduled),
  }));
  const { macs, notes, exact, remarks } = plan;
  return { insns, relocations, buffers, macs, ...texts, notes, exact, remarks };
}

/** Decides how a kernel is computed. @throws VtaError VTA2404 */
export const planKernel = (spec: KernelSpec, config: VtaConfig, options: KernelOptions = {}): PlannedKernel =>
  spec.kind === 'add' ? planAdd(spec, config) : planConv(spec, config, options);

/** Why the kernel generator cannot take a spec, or null. */
export const checkKernel: KernelCheck = (spec, config, exact = false) => {
  if (config.inpBits !== 8) return `inputs have ${config.inpBits} bits, int8 networks need 8 (LOG_INP_WIDTH 3)`;
  if (config.accBits !== 32) return `accumulators have ${config.accBits} bits, int8 networks need 32 (LOG_ACC_WIDTH 5)`;
  return spec.kind === 'add' ? checkAdd(spec, config) : checkConv(spec, config, exact);
};

const TOO_SMALL = 'the scratchpads of the configuration cannot hold even one output pixel with its operands';

const checkAdd = (spec: AddSpec, config: VtaConfig): string | null =>
  chooseAddTile(spec, addEpilogue(spec, config), config) === null ? TOO_SMALL : null;

function checkConv(spec: ConvSpec, config: VtaConfig, exact: boolean): string | null {
  if (config.wgtBits < 8) {
    const limit = 2 ** (config.wgtBits - 1);
    const large = spec.weights.find((w) => w < -limit || w >= limit);
    if (large !== undefined) return `the weight ${large} does not fit the ${config.wgtBits}-bit weights of the configuration`;
  }
  if (spec.requant.rounding === 'double')
    return 'the rounding profile double rounds twice, which the vector unit cannot do exactly; the host can';
  // beyond 1 the result jumps by more than 1 per accumulator step, which the sequence of kernel/requant-steps.ts cannot clamp
  const limit = extensionRequantizes(spec, config) ? Number.MAX_VALUE : 1;
  const scale = spec.requant.scales.find((s) => !(s >= 0 && s <= limit));
  if (scale !== undefined) return `the requantization scale ${scale} is not between 0 and ${limit === 1 ? 1 : 'infinity'}`;
  const epilogue = epilogueOf(spec, config, exact);
  if (epilogue === null) return 'sums are so large that no sequence of MIN, MAX, MUL, ADD and SHR is right where the result saturates';
  if (exact && !isExact(epilogue.exactness)) return noExactSequence(epilogue.exactness, spec.requant.rounding);
  return fits(SMALLEST, convShape(spec, config), costOf(epilogue), config) ? null : TOO_SMALL;
}
