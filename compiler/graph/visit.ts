/** Walking graphs. No recursion over depth: chains of any length are fine. */
import type { FunctionNode, GraphModule, NamedNode, ValueNode } from './node.js';

/** The values a node is computed from, in order; a function that it applies is not one of them. */
export function operands(node: ValueNode): readonly ValueNode[] {
  switch (node.kind) {
    case 'var':
    case 'constant':
      return [];
    case 'call':
    case 'apply':
      return node.args;
    case 'tuple':
      return node.fields;
    case 'project':
      return [node.tuple];
  }
}

/**
 * Every node reachable from `root`, each once, operands before users, left to right; with `within`, through such nodes only. Does not
 * enter applied functions.
 */
export function postOrder(root: ValueNode, within: (node: ValueNode) => boolean = () => true): ValueNode[] {
  const out: ValueNode[] = [];
  const done = new Set<ValueNode>();
  const stack: { node: ValueNode; next: number }[] = [{ node: root, next: 0 }];
  done.add(root);
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const inputs = operands(top.node);
    if (top.next === inputs.length) {
      out.push(top.node);
      stack.pop();
      continue;
    }
    const operand = inputs[top.next++];
    if (!done.has(operand) && within(operand)) {
      done.add(operand);
      stack.push({ node: operand, next: 0 });
    }
  }
  return out;
}

/** Users of every node of a function's body; a user appears once per operand position. The body has none unless it is also used inside. */
export function usersOf(fn: FunctionNode): ReadonlyMap<ValueNode, readonly ValueNode[]> {
  const users = new Map<ValueNode, ValueNode[]>();
  for (const node of postOrder(fn.body)) {
    users.set(node, []);
    for (const operand of operands(node)) users.get(operand)?.push(node);
  }
  return users;
}

/** All functions reachable from `root`, each once, callees before callers, `root` last. */
export function functionsOf(root: FunctionNode | GraphModule): FunctionNode[] {
  const main = root.kind === 'module' ? root.main : root;
  const out: FunctionNode[] = [];
  const seen = new Set<FunctionNode>();
  const visit = (fn: FunctionNode): void => {
    if (seen.has(fn)) return;
    seen.add(fn);
    for (const node of postOrder(fn.body)) if (node.kind === 'apply') visit(node.fn);
    out.push(fn);
  };
  visit(main);
  return out;
}

/** Named nodes of a function by name: parameters and body. */
export function namesOf(fn: FunctionNode): Map<string, NamedNode> {
  const names = new Map<string, NamedNode>(fn.params.map((p) => [p.name, p]));
  for (const node of postOrder(fn.body)) if (node.kind !== 'constant') names.set(node.name, node);
  return names;
}

/** A function that makes names nobody has: `prefix_0`, `prefix_1`, ... */
export function freshNames(taken: Iterable<string>): (prefix: string) => string {
  const used = new Set(taken);
  const next = new Map<string, number>();
  return (prefix) => {
    let n = next.get(prefix) ?? 0;
    while (used.has(`${prefix}_${n}`)) n++;
    next.set(prefix, n + 1);
    used.add(`${prefix}_${n}`);
    return `${prefix}_${n}`;
  };
}
