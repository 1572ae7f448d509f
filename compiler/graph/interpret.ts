/** The reference interpreter of graphs: what a graph means, computed with the host operators. */
import { fail } from '#isa/diag/diagnostic';
import { runHostOperator } from '#runtime/host/registry';
import { sizeOf, type Tensor } from '#runtime/tensor';
import { compilerMessages } from '../messages.js';
import { lowerToHost } from './lower-host.js';
import type { FunctionNode, GraphModule, ValueNode } from './node.js';
import { type TensorType, formatShape } from './types.js';
import { operands, postOrder } from './visit.js';

/** The value of a node: one tensor, or the fields of a tuple. */
type Value = readonly Tensor[];

export interface Interpretation {
  /** The results of `main`: one, or the fields of its tuple. */
  readonly outputs: readonly Tensor[];
  /** The value of every operator call by path: `conv2d_0`; inside an applied function `vta_0/conv2d_0`. In order of execution. */
  readonly values: ReadonlyMap<string, Tensor>;
}

function checkInput(fn: FunctionNode, name: string, type: TensorType, tensor: Tensor | undefined): Tensor {
  const complain = (problem: string): never =>
    fail(compilerMessages.VTA2006, { input: name, fn: fn.name, problem, type: formatShape(type) });
  if (tensor === undefined) return complain('it is missing');
  const fits =
    tensor.dtype === type.dtype && tensor.shape.length === type.shape.length && tensor.shape.every((n, i) => n === type.shape[i]);
  if (!fits) return complain(`${tensor.dtype}[${tensor.shape}] was given`);
  return tensor.data.length === sizeOf(type.shape) ? tensor : complain(`it has ${tensor.data.length} elements`);
}

function evaluate(node: ValueNode, inputs: readonly Value[], path: string, values: Map<string, Tensor>): Value {
  switch (node.kind) {
    case 'var':
      throw new Error(`internal error: variable ${node.name} is not a parameter`);
    case 'constant':
      return [node.tensor];
    case 'call': {
      const { operator, attrs } = lowerToHost(node);
      const result = runHostOperator(
        operator,
        inputs.map((v) => v[0]),
        attrs,
      );
      values.set(path + node.name, result);
      return [result];
    }
    case 'apply':
      return run(node.fn, inputs, `${path}${node.name}/`, values);
    case 'tuple':
      return inputs.map((v) => v[0]);
    case 'project':
      return [inputs[0][node.index]];
  }
}

function run(fn: FunctionNode, args: readonly Value[], path: string, values: Map<string, Tensor>): Value {
  const memo = new Map<ValueNode, Value>(fn.params.map((p, i) => [p, args[i]]));
  for (const node of postOrder(fn.body)) {
    if (memo.has(node)) continue;
    const inputs = operands(node).map((o) => memo.get(o) as Value);
    memo.set(node, evaluate(node, inputs, path, values));
  }
  return memo.get(fn.body) as Value;
}

/** Runs `main` on inputs by parameter name. Throws VTA2006 where an input is missing or of another type. */
export function interpret(module: GraphModule, inputs: Readonly<Record<string, Tensor>>): Interpretation {
  const fn = module.main;
  const args = fn.params.map((p): Value => [checkInput(fn, p.name, p.type, Object.hasOwn(inputs, p.name) ? inputs[p.name] : undefined)]);
  const values = new Map<string, Tensor>();
  return { outputs: run(fn, args, '', values), values };
}
