/** Making changed graphs: everything returns new nodes that share what did not change. */
import { apply, callByName, func, graphModule, project, tuple, variable } from './build.js';
import type { ApplyNode, FunctionAttrs, FunctionNode, GraphModule, NamedNode, ValueNode } from './node.js';
import { freshNames, functionsOf, operands, postOrder } from './visit.js';

/** `node` with other operands (same count); types are inferred again. Returns `node` itself when nothing differs. */
export function withOperands(node: ValueNode, inputs: readonly ValueNode[]): ValueNode {
  const old = operands(node);
  if (old.length === inputs.length && old.every((v, i) => v === inputs[i])) return node;
  switch (node.kind) {
    case 'var':
    case 'constant':
      return node;
    case 'call':
      return callByName(node.op, inputs, node.attrs, node.name, node.origin);
    case 'apply':
      return apply(node.fn, inputs, node.name);
    case 'tuple':
      return tuple(inputs, node.name);
    case 'project':
      return project(inputs[0], node.index, node.name);
  }
}

/**
 * Rewrites the nodes under `root` from operands to users. `rewrite` gets each node with its operands already rewritten, and the
 * node as it was; it returns the node to use instead (often the first argument). Applied functions are not entered.
 */
export function mapValue(root: ValueNode, rewrite: (node: ValueNode, original: ValueNode) => ValueNode): ValueNode {
  const mapped = new Map<ValueNode, ValueNode>();
  for (const node of postOrder(root)) {
    const inputs = operands(node).map((o) => mapped.get(o) as ValueNode);
    mapped.set(node, rewrite(withOperands(node, inputs), node));
  }
  return mapped.get(root) as ValueNode;
}

/** {@link mapValue} on a function's body. Parameters stay; `rewrite` should return variables as they are. */
export function mapGraph(fn: FunctionNode, rewrite: (node: ValueNode, original: ValueNode) => ValueNode): FunctionNode {
  const body = mapValue(fn.body, rewrite);
  return body === fn.body ? fn : func(fn.name, fn.params, body, fn.attrs);
}

/** Rewrites every function of a module, callees first; calls are pointed at the rewritten callees. */
export function mapModule(module: GraphModule, rewrite: (fn: FunctionNode) => FunctionNode): GraphModule {
  const mapped = new Map<FunctionNode, FunctionNode>();
  for (const fn of functionsOf(module)) {
    const relinked = mapGraph(fn, (node) => {
      const callee = node.kind === 'apply' ? mapped.get(node.fn) : undefined;
      return node.kind === 'apply' && callee !== undefined && callee !== node.fn ? apply(callee, node.args, node.name) : node;
    });
    mapped.set(fn, rewrite(relinked));
  }
  const main = mapped.get(module.main) as FunctionNode;
  return main === module.main ? module : graphModule(module.label, main);
}

/** The body of an applied function with the call's operands in place of the parameters; inner names get `call.name/` in front. */
export function inline(node: ApplyNode): ValueNode {
  const bound = new Map<ValueNode, ValueNode>(node.fn.params.map((p, i) => [p, node.args[i]]));
  return mapValue(node.fn.body, (value, original) => bound.get(original) ?? renamed(value, `${node.name}/`));
}

function renamed(node: ValueNode, prefix: string): ValueNode {
  return node.kind === 'constant' ? node : { ...node, name: prefix + node.name };
}

/** What {@link outline} made: a function, and the call's operands in the order of its parameters. */
export interface Outlined {
  readonly fn: FunctionNode;
  readonly args: readonly ValueNode[];
}

/**
 * Makes a function of the nodes in `region`. Its results are `outputs` (a tuple if there are several); every operand that is not
 * in the region becomes a parameter, except constants, which are taken inside. The caller replaces the outputs by `apply(fn, args)`
 * and, with several outputs, projections of it. The region must be convex: no path may leave it and come back.
 */
export function outline(region: ReadonlySet<ValueNode>, outputs: readonly ValueNode[], name: string, attrs: FunctionAttrs = {}): Outlined {
  const args: ValueNode[] = [];
  const params = new Map<ValueNode, ValueNode>();
  const inside = new Map<ValueNode, ValueNode>();
  const bodyNames = [...region].flatMap((n) => (n.kind === 'constant' ? [] : [n.name]));
  const fresh = freshNames(bodyNames);
  const parameterFor = (outer: ValueNode): ValueNode => {
    if (outer.kind === 'constant') return outer;
    let p = params.get(outer);
    if (p === undefined) {
      if (outer.type.kind === 'tuple') throw new Error(`internal error: region ${name} would take the tuple ${(outer as NamedNode).name}`);
      p = variable(fresh('in'), outer.type);
      params.set(outer, p);
      args.push(outer);
    }
    return p;
  };
  for (const output of outputs) {
    // only inside the region: the graph before it may be long
    for (const node of postOrder(output, (n) => region.has(n))) {
      if (inside.has(node)) continue;
      inside.set(
        node,
        withOperands(
          node,
          operands(node).map((o) => inside.get(o) ?? parameterFor(o)),
        ),
      );
    }
  }
  const results = outputs.map((o) => inside.get(o) as ValueNode);
  const body = results.length === 1 ? results[0] : tuple(results, fresh('results'));
  return {
    fn: func(
      name,
      [...params.values()].filter((p) => p.kind === 'var'),
      body,
      attrs,
    ),
    args,
  };
}
