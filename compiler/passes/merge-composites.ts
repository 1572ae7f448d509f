/**
 * Makes composite functions of what the pattern tables of the code generators match.
 *
 *   %y = conv2d(%x, @c0, @c1) {...}
 *   =>   fn @vta_conv2d_0(%in_0) {composite="vta.conv2d"} { %y = conv2d(%in_0, @c0, @c1) {...} return %y }
 *        %y = @vta_conv2d_0(%x)
 *
 * Generators and rows are tried in order, roots from results to inputs, as TVM's MergeComposite does. A match is left out where it
 * overlaps an earlier one, where a covered call has readers outside, or where `accepts` says why not (kept for --explain).
 */
import { apply } from '../graph/build.js';
import type { CallNode, FunctionNode, GraphModule, ValueNode } from '../graph/node.js';
import { mapGraph, outline } from '../graph/rewrite.js';
import { freshNames, functionsOf, postOrder, usersOf } from '../graph/visit.js';
import { graphModule } from '../graph/build.js';
import type { Codegen } from '../partition/codegen.js';
import { match } from '../partition/pattern.js';
import type { ModulePass, PassContext } from './pass.js';

interface Group {
  readonly composite: string;
  readonly nodes: ReadonlySet<CallNode>;
}

type Users = ReadonlyMap<ValueNode, readonly ValueNode[]>;

/** Every covered call except the root is read only inside the group, and is not the function's result. */
function closed(nodes: ReadonlySet<CallNode>, root: CallNode, users: Users, body: ValueNode): boolean {
  const inside: ReadonlySet<ValueNode> = nodes;
  return [...nodes].every((n) => n === root || (n !== body && (users.get(n) ?? []).every((u) => inside.has(u))));
}

/** The first row of `codegen` that takes a match rooted at `root`; tells the context why not. */
function tryRows(codegen: Codegen, root: CallNode, free: (nodes: ReadonlySet<CallNode>) => boolean, context: PassContext): Group | null {
  for (const row of codegen.patterns) {
    const nodes = match(row.pattern, root);
    if (nodes === null || !free(nodes)) continue;
    const reason = codegen.accepts(root, row.name, context);
    if (reason === null) return { composite: `${codegen.name}.${row.name}`, nodes };
    context.refuse({ node: root.name, op: root.op, codegen: codegen.name, reason });
  }
  return null;
}

function findGroups(fn: FunctionNode, context: PassContext): ReadonlyMap<ValueNode, Group> {
  const users = usersOf(fn);
  const taken = new Set<ValueNode>();
  const groups = new Map<ValueNode, Group>();
  const roots = postOrder(fn.body).reverse();
  for (const codegen of context.codegens) {
    for (const root of roots) {
      if (root.kind !== 'call' || taken.has(root)) continue;
      const free = (nodes: ReadonlySet<CallNode>) => [...nodes].every((n) => !taken.has(n)) && closed(nodes, root, users, fn.body);
      const group = tryRows(codegen, root, free, context);
      if (group === null) continue;
      groups.set(root, group);
      for (const node of group.nodes) taken.add(node);
    }
  }
  return groups;
}

function merge(module: GraphModule, context: PassContext): GraphModule {
  const groups = findGroups(module.main, context);
  if (groups.size === 0) return module;
  const fresh = freshNames(functionsOf(module).map((f) => f.name));
  const rewritten = new Map<ValueNode, ValueNode>();
  const main = mapGraph(module.main, (node, original) => {
    rewritten.set(original, node);
    const group = groups.get(original);
    if (group === undefined || node.kind !== 'call') return node;
    const region = new Set([...group.nodes].map((n) => rewritten.get(n) as ValueNode));
    const name = fresh(group.composite.replace('.', '_'));
    const { fn, args } = outline(region, [node], name, { composite: group.composite });
    return apply(fn, args, node.name);
  });
  return graphModule(module.label, main);
}

export const mergeComposites: ModulePass = {
  kind: 'module',
  name: 'merge-composites',
  doc: 'make composite functions of what the pattern tables match',
  needs: ['rounding-chosen'],
  gives: ['composites'],
  optional: false,
  run: merge,
};
