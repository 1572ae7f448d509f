/** The compiler's front door: a graph in, an artifact and what there is to say about it out. */
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import type { Artifact } from '#runtime/artifact/artifact';
import type { Rounding } from '#runtime/host/requantize-rules';
import type { GraphModule } from '../graph/node.js';
import type { CompiledKernel } from '../kernel/spec.js';
import type { Codegen } from '../partition/codegen.js';
import type { KernelOp, Program } from '../partition/program.js';
import { defaultCodegens } from '../partition/registry.js';
import { type LayoutPlan, planLayouts, printLayouts } from './plan-layouts.js';
import { buildProgram } from './build-program.js';
import { link, placeForms } from './link.js';
import { type PassOptions, type PassRecord, runPasses } from '../passes/manager.js';
import { pipelineMessages as M } from './messages.js';
import type { PassContext, Refusal } from '../passes/pass.js';
import { PARTITION_PIPELINE } from '../passes/pipelines.js';
import { Stopwatch } from '../stopwatch.js';

export interface CompileOptions extends PassOptions {
  readonly config: VtaConfig;
  /** Rounding profile of convolutions, fully connected layers and changes of scale instead of the model's. */
  readonly rounding?: Rounding;
  /** Only code that equals the reference for every value that can occur; layers without such code run on the host. */
  readonly exact?: boolean;
  /** In order of priority; VTA and the host where absent. */
  readonly codegens?: readonly Codegen[];
  /** Called before each kernel is generated. */
  readonly onKernel?: (name: string, done: number, total: number) => void;
}

/** Where one operator runs. */
export interface Placement {
  readonly name: string;
  readonly op: string;
  readonly target: string;
  /** Why generators of higher priority did not take it. */
  readonly refusals: readonly Refusal[];
  /** What the user should know about it, for instance about rounding. */
  readonly notes: readonly string[];
  /** Does its code equal the reference for every value that can occur? Host operators are the reference. */
  readonly exact: boolean;
  /** What was done for that. */
  readonly remarks: readonly string[];
}

export interface Compilation {
  readonly artifact: Artifact;
  /** What the importer has to say about the whole model. */
  readonly notes: readonly string[];
  readonly placements: readonly Placement[];
  readonly passes: readonly PassRecord[];
}

function generateKernels(plan: LayoutPlan, options: CompileOptions, stopwatch: Stopwatch): ReadonlyMap<KernelOp, CompiledKernel> {
  const steps = plan.steps.flatMap((s) => (s.kind === 'kernel' ? [s] : []));
  const kernels = new Map<KernelOp, CompiledKernel>();
  for (const [i, { op, inputs, output }] of steps.entries()) {
    options.onKernel?.(op.name, i, steps.length);
    const kernel = op.build(
      inputs.map((f) => plan.forms[f].layout),
      plan.forms[output].layout,
      stopwatch,
    );
    kernels.set(op, kernel);
    stopwatch.time('dump', '', () => {
      options.dump?.(`kernel-${op.name}.tir`, kernel.unscheduled);
      options.dump?.(`kernel-${op.name}.schedule`, kernel.schedule);
      options.dump?.(`kernel-${op.name}.scheduled.tir`, kernel.tir);
    });
  }
  return kernels;
}

function placementsOf(program: Program, kernels: ReadonlyMap<KernelOp, CompiledKernel>, refusals: readonly Refusal[]): Placement[] {
  const byNode = new Map<string, Refusal[]>();
  for (const r of refusals) byNode.set(r.node, [...(byNode.get(r.node) ?? []), r]);
  return program.ops.map((op) => ({
    name: op.name,
    op: op.kind === 'host' ? op.operator : op.op,
    target: op.kind === 'host' ? 'host' : 'vta',
    refusals: byNode.get(op.name) ?? [],
    notes: op.kind === 'host' ? [] : (kernels.get(op)?.notes ?? []),
    exact: op.kind === 'host' || kernels.get(op)?.exact === true,
    remarks: op.kind === 'host' ? [] : (kernels.get(op)?.remarks ?? []),
  }));
}

/**
 * Compiles a graph.
 * @throws VtaError VTA21xx (passes, memory), VTA24xx (kernels)
 */
export function compileGraph(module: GraphModule, options: CompileOptions): Compilation {
  const { config, exact = false, stopwatch = new Stopwatch() } = options;
  const codegens = options.codegens ?? defaultCodegens().all();
  const refusals = new Map<string, Refusal>();
  const refuse = (r: Refusal) => {
    const key = `${r.node} ${r.codegen}`;
    if (!refusals.has(key)) refusals.set(key, r);
  };
  const context: PassContext = { config, exact, codegens, rounding: options.rounding ?? null, refuse };
  const { module: partitioned, records } = runPasses(PARTITION_PIPELINE, module, context, { ...options, stopwatch });
  const program = stopwatch.time('program', '', () => buildProgram(partitioned, codegens, context));
  if (program.ops.length === 0) fail(M.VTA2105, { name: program.values[program.outputs[0]]?.name ?? module.label });
  const plan = stopwatch.time('layouts', '', () => planLayouts(program));
  stopwatch.time('dump', '', () => options.dump?.('layouts.txt', printLayouts(program, plan)));
  // activations that cannot be placed are refused before kernels are searched for them
  stopwatch.time('placement', '', () => placeForms(plan, config));
  const kernels = generateKernels(plan, options, stopwatch);
  const artifact = stopwatch.time('link', '', () => link({ name: module.label, program, plan, kernels }));
  return { artifact, notes: module.notes ?? [], placements: placementsOf(program, kernels, [...refusals.values()]), passes: records };
}
