/**
 * Checks that `main` is nothing but regions, and names them in the order of execution.
 *
 *   fn @vta_3(...) {compiler="vta"}   =>   fn @main_vta_0(...) {compiler="vta", symbol="main_vta_0"}
 */
import { apply, func, graphModule } from '../graph/build.js';
import type { GraphModule, ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import type { ModulePass } from './pass.js';

function nameRegions(module: GraphModule): GraphModule {
  const counts = new Map<string, number>();
  const main = mapGraph(module.main, (node): ValueNode => {
    if (node.kind === 'call') throw new Error(`internal error: ${node.name} is in no region`);
    if (node.kind !== 'apply') return node;
    const target = String(node.fn.attrs.compiler);
    const n = counts.get(target) ?? 0;
    counts.set(target, n + 1);
    const symbol = `${module.main.name}_${target}_${n}`;
    return apply(func(symbol, node.fn.params, node.fn.body, { ...node.fn.attrs, symbol }), node.args, node.name);
  });
  return graphModule(module.label, main);
}

export const partition: ModulePass = {
  kind: 'module',
  name: 'partition',
  doc: 'name the regions; from here on main only calls regions',
  needs: ['regions'],
  gives: ['partitioned'],
  optional: false,
  run: nameRegions,
};
