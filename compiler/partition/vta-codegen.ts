/** VTA as a code generator: composites become kernels, one launch each. */
import type { VtaConfig } from '#isa/config/config';
import type { ApplyNode, CallNode, FunctionNode, ValueNode } from '../graph/node.js';
import { postOrder } from '../graph/visit.js';
import { checkKernel, compileKernel } from '../kernel/compile.js';
import type { Codegen, PatternRow, Target } from './codegen.js';
import { tensorTypeOf } from './host-codegen.js';
import { sizeProblem } from './limits.js';
import { any, constant, op } from './pattern.js';
import { NO_HALO, type ProgramBuilder, type ValueId } from './program.js';
import { layoutOf, type PlanOrReason, planKernel } from './vta-specs.js';

/** What VTA can take, by shape of the graph; `accepts` looks at the numbers. */
export const VTA_PATTERNS: readonly PatternRow[] = [
  { name: 'conv2d', pattern: op('conv2d', any, constant, constant) },
  { name: 'fully_connected', pattern: op('fully_connected', any, constant, constant) },
  { name: 'add', pattern: op('add', any, any) },
];

function accepts(call: CallNode, composite: string | null, { config, exact }: Target): string | null {
  const plan: PlanOrReason = planKernel(call, config);
  if (typeof plan === 'string') return plan;
  if (composite === null) return `no pattern of VTA covers this use of ${call.op}`;
  const tooLarge = sizeProblem(call, [...plan.inputs, { view: plan.output, halo: NO_HALO }]);
  if (tooLarge !== null) return tooLarge;
  const inputs = plan.inputs.map((i) => layoutOf(i.view, i.halo));
  return checkKernel(plan.spec(inputs, layoutOf(plan.output, NO_HALO)), config, exact);
}

function planOf(root: CallNode, config: VtaConfig) {
  const plan = planKernel(root, config);
  if (typeof plan === 'string') throw new Error(`internal error: ${root.name} was accepted for VTA, but: ${plan}`);
  return plan;
}

function compileComposite(node: ApplyNode, args: readonly ValueId[], program: ProgramBuilder): ValueId {
  const root = node.fn.body;
  if (root.kind !== 'call') throw new Error(`internal error: the composite ${node.name} is not an operator call`);
  const { config, exact } = program;
  const plan = planOf(root, config);
  const byNode = new Map<ValueNode, ValueId>(node.fn.params.map((p, i) => [p, args[i]]));
  const value = program.value(node.name, tensorTypeOf(node), root.origin);
  program.add({
    kind: 'kernel',
    name: node.name,
    op: root.op,
    inputs: plan.inputs.map((i) => ({ value: byNode.get(root.args[i.operand]) as ValueId, view: i.view, halo: i.halo })),
    output: { value, view: plan.output, halo: NO_HALO },
    build: (inputs, output, stopwatch) => compileKernel(plan.spec(inputs, output), config, { exact, stopwatch }),
  });
  return value;
}

function compile(region: FunctionNode, args: readonly ValueId[], program: ProgramBuilder): readonly ValueId[] {
  const ids = new Map<ValueNode, ValueId>(region.params.map((p, i) => [p, args[i]]));
  const idOf = (node: ValueNode) => ids.get(node) as ValueId;
  for (const node of postOrder(region.body)) {
    if (node.kind === 'apply') ids.set(node, compileComposite(node, node.args.map(idOf), program));
  }
  return region.body.kind === 'tuple' ? region.body.fields.map(idOf) : [idOf(region.body)];
}

export const vtaCodegen: Omit<Codegen, 'name'> = { patterns: VTA_PATTERNS, accepts, compile };
