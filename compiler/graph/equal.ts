/** Structural equality: same shape of graph, names, types, attributes and constant data, whatever the node objects are. */
import type { Tensor } from '#runtime/tensor';
import type { FunctionNode, GraphModule, ValueNode } from './node.js';
import { sameType } from './types.js';
import { functionsOf, operands, postOrder } from './visit.js';

const sameData = (a: Tensor, b: Tensor): boolean => a.data.length === b.data.length && a.data.every((v, i) => Object.is(v, b.data[i]));

/** Equality of everything but operands; functions are compared by their position in the module. */
function sameNode(a: ValueNode, b: ValueNode, sameFunction: (a: FunctionNode, b: FunctionNode) => boolean): boolean {
  if (!sameType(a.type, b.type)) return false;
  switch (a.kind) {
    case 'var':
      return b.kind === 'var' && a.name === b.name;
    case 'constant':
      return b.kind === 'constant' && sameData(a.tensor, b.tensor);
    case 'call':
      return (
        b.kind === 'call' &&
        a.name === b.name &&
        a.op === b.op &&
        a.origin === b.origin &&
        JSON.stringify(a.attrs) === JSON.stringify(b.attrs)
      );
    case 'apply':
      return b.kind === 'apply' && a.name === b.name && sameFunction(a.fn, b.fn);
    case 'tuple':
      return b.kind === 'tuple' && a.name === b.name;
    case 'project':
      return b.kind === 'project' && a.name === b.name && a.index === b.index;
  }
}

/** The first difference between two modules in words, or null when they are equal. */
export function graphDifference(a: GraphModule, b: GraphModule): string | null {
  if (a.label !== b.label) return `labels ${a.label} and ${b.label}`;
  const fa = functionsOf(a);
  const fb = functionsOf(b);
  if (fa.length !== fb.length) return `${fa.length} and ${fb.length} functions`;
  const sameFunction = (x: FunctionNode, y: FunctionNode): boolean => fa.indexOf(x) === fb.indexOf(y);
  // constants belong to the module, all other nodes to one function
  const constants = new Map<ValueNode, ValueNode>();
  for (let i = 0; i < fa.length; i++) {
    const [x, y] = [fa[i], fb[i]];
    const header = (f: FunctionNode) => JSON.stringify([f.name, f.attrs, f.params.length]);
    if (header(x) !== header(y)) return `functions ${header(x)} and ${header(y)}`;
    const nodes = [...new Set([...x.params, ...postOrder(x.body)])];
    const others = [...new Set([...y.params, ...postOrder(y.body)])];
    if (nodes.length !== others.length) return `function ${x.name} has ${nodes.length} and ${others.length} nodes`;
    const paired = new Map(constants);
    for (let k = 0; k < nodes.length; k++) {
      const seen = paired.get(nodes[k]);
      if (seen !== undefined && seen !== others[k]) return `function ${x.name}: values are shared differently`;
      paired.set(nodes[k], others[k]);
      if (nodes[k].kind === 'constant') constants.set(nodes[k], others[k]);
      const sameInputs = operands(nodes[k]).every((o, j) => paired.get(o) === operands(others[k])[j]);
      if (!sameInputs || operands(nodes[k]).length !== operands(others[k]).length || !sameNode(nodes[k], others[k], sameFunction)) {
        return `function ${x.name}: ${describe(nodes[k])} and ${describe(others[k])}`;
      }
    }
  }
  return null;
}

const describe = (n: ValueNode): string => (n.kind === 'constant' ? 'a constant' : `${n.kind} ${n.name}`);
