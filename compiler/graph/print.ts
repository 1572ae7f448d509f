/**
 * Text form of graphs. Grammar (parse.ts reads it back, `parseGraph(printGraph(m))` equals `m`):
 *
 *   graph "ic"
 *   fn @vta_0(%in_0: int8[1,32,32,3] q(0.5, -128)) {compiler="vta"} {
 *     %conv2d_0 = conv2d(%in_0, @c0, @c1) {stride=[1,1], outScale=0.25, ...} : int8[1,32,32,16] q(0.25, -128) from "tensor name"
 *     return %conv2d_0
 *   }
 *   fn @main(%input: int8[1,32,32,3] q(0.5, -128)) {
 *     %vta_0 = @vta_0(%input) : int8[1,32,32,16] q(0.25, -128)
 *     return %vta_0
 *   }
 *   const @c0 : int8[16,3,3,3] q([0.01, ...], 0, axis=0)
 *   const @c1 : int32[2] = [5, 7]
 *
 * Constants are numbered in order of first use. Their data is in a table beside the text, or in the text (`data`).
 */
import type { Tensor } from '#runtime/tensor';
import type { AttrValue } from './attrs.js';
import type { ConstantNode, FunctionNode, GraphModule, NamedNode, ValueNode } from './node.js';
import { encodeTensorData } from './text-data.js';
import { formatType } from './types.js';
import { functionsOf, postOrder } from './visit.js';

/** Constants of a module in the order in which the text form numbers them: `c0` is the first. */
export function constantsOf(module: GraphModule): ConstantNode[] {
  const seen = new Set<ConstantNode>();
  for (const fn of functionsOf(module)) {
    for (const node of postOrder(fn.body)) if (node.kind === 'constant') seen.add(node);
  }
  return [...seen];
}

/** The side table of the text form: tensors by constant name (`c0`, `c1`, ...). */
export const constantTable = (module: GraphModule): Map<string, Tensor> => new Map(constantsOf(module).map((c, i) => [`c${i}`, c.tensor]));

const PLAIN = /^[A-Za-z_][\w./-]*$/;
const ref = (sigil: '%' | '@', name: string): string => (PLAIN.test(name) ? sigil + name : sigil + JSON.stringify(name));

function attrText(value: AttrValue): string {
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function dictText(attrs: Readonly<Record<string, AttrValue>>): string {
  const entries = Object.entries(attrs).map(([k, v]) => `${k}=${attrText(v)}`);
  return entries.length === 0 ? '' : ` {${entries.join(', ')}}`;
}

type Namer = (node: ValueNode) => string;

function rightSide(node: NamedNode, name: Namer): string {
  const list = (nodes: readonly ValueNode[]) => nodes.map(name).join(', ');
  switch (node.kind) {
    case 'var':
      throw new Error('internal error: a variable has no definition');
    case 'call':
      return `${node.op}(${list(node.args)})${dictText(node.attrs)}`;
    case 'apply':
      return `${ref('@', node.fn.name)}(${list(node.args)})`;
    case 'tuple':
      return `tuple(${list(node.fields)})`;
    case 'project':
      return `get(${name(node.tuple)}, ${node.index})`;
  }
}

function printFunctionWith(fn: FunctionNode, name: Namer): string {
  const params = fn.params.map((p) => `${name(p)}: ${formatType(p.type)}`).join(', ');
  const lines = [`fn ${ref('@', fn.name)}(${params})${dictText(fn.attrs)} {`];
  for (const node of postOrder(fn.body)) {
    if (node.kind === 'constant' || node.kind === 'var') continue;
    const origin = node.kind === 'call' && node.origin !== '' ? ` from ${JSON.stringify(node.origin)}` : '';
    lines.push(`  ${name(node)} = ${rightSide(node, name)} : ${formatType(node.type)}${origin}`);
  }
  lines.push(`  return ${name(fn.body)}`, '}');
  return lines.join('\n');
}

export interface PrintOptions {
  /** Put the data of constants into the text, so that it stands alone. */
  readonly data?: boolean;
}

/** The canonical text of a module. */
export function printGraph(module: GraphModule, options: PrintOptions = {}): string {
  const constants = constantsOf(module);
  const numbers = new Map<ValueNode, string>(constants.map((c, i) => [c, `@c${i}`]));
  const name: Namer = (node) => (node.kind === 'constant' ? (numbers.get(node) as string) : ref('%', node.name));
  const parts = [`graph ${JSON.stringify(module.label)}`];
  for (const fn of functionsOf(module)) parts.push(printFunctionWith(fn, name));
  const declarations = constants.map((c, i) => {
    const data = options.data === true ? ` = ${encodeTensorData(c.tensor)}` : '';
    return `const @c${i} : ${formatType(c.type)}${data}`;
  });
  if (declarations.length > 0) parts.push(declarations.join('\n'));
  return `${parts.join('\n\n')}\n`;
}
