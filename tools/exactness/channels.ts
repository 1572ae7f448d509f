import { importModel } from '#compiler/frontend/import';
import type { CallNode } from '#compiler/graph/node';
import { postOrder } from '#compiler/graph/visit';
import { baseEpilogue } from '#compiler/kernel/base-epilogue';
import type { Epilogue } from '#compiler/kernel/epilogue';
import { isExact } from '#compiler/kernel/exactness';
import type { ConvSpec } from '#compiler/kernel/spec';
import { NO_HALO } from '#compiler/partition/program';
import { layoutOf, planKernel } from '#compiler/partition/vta-specs';
import type { VtaConfig } from '#isa/config/config';

/** What a channel needs to be exact on the base ISA, from little to much. */
export const NEEDS = ['1 piece', '2 pieces', '3 pieces', 'ties', 'second offset', 'both', 'three offsets', 'host'] as const;
export type Need = (typeof NEEDS)[number];

function needOf({ steps, temporaries, exactness }: Epilogue): Need {
  if (!isExact(exactness)) return 'host';
  const has = (block: string) => steps.some((s) => s.block === block);
  if (has('add_step_1')) return 'three offsets';
  if (has('add_step_0')) return has('even') ? 'both' : 'second offset';
  if (has('even')) return 'ties';
  return temporaries.length === 0 ? '1 piece' : temporaries.length === 1 ? '2 pieces' : '3 pieces';
}

/** Channel `c` of a layer as a layer of its own. */
function channelOf(spec: ConvSpec, c: number): ConvSpec {
  const length = spec.weights.length / spec.output.channels;
  return {
    ...spec,
    output: { ...spec.output, channels: 1 },
    weights: spec.weights.slice(c * length, (c + 1) * length),
    bias: spec.bias.slice(c, c + 1),
    requant: { ...spec.requant, scales: spec.requant.scales.slice(c, c + 1) },
  };
}

/** How many channels of a layer need what. */
export function needsOf(spec: ConvSpec, config: VtaConfig): ReadonlyMap<Need, number> {
  const counts = new Map<Need, number>();
  for (let c = 0; c < spec.output.channels; c++) {
    const epilogue = baseEpilogue(channelOf(spec, c), config, true);
    const need = epilogue === null ? 'host' : needOf(epilogue);
    counts.set(need, (counts.get(need) ?? 0) + 1);
  }
  return counts;
}

/** The convolutions and fully connected layers of a model that a machine takes. @throws VtaError where the model cannot be imported */
export function convolutionsOf(bytes: Uint8Array, file: string, config: VtaConfig): readonly ConvSpec[] {
  const { main } = importModel(bytes, file);
  const calls = postOrder(main.body).filter((n): n is CallNode => n.kind === 'call');
  return calls.flatMap((call) => {
    const plan = planKernel(call, config);
    if (typeof plan === 'string') return [];
    const spec = plan.spec(
      plan.inputs.map((i) => layoutOf(i.view, i.halo)),
      layoutOf(plan.output, NO_HALO),
    );
    return spec.kind === 'add' ? [] : [spec];
  });
}
