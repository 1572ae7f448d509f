/** TensorFlow Lite models to graphs. */
import { fail, VtaError } from '#isa/diag/diagnostic';
import { func, graphModule, tuple, variable } from '../../graph/build.js';
import type { GraphModule, ValueNode, VarNode } from '../../graph/node.js';
import { formatType, sameType } from '../../graph/types.js';
import { verifyGraph } from '../../graph/verify.js';
import { compilerMessages } from '../../messages.js';
import { OperatorContext } from './context.js';
import { openModel, type TfliteModel, type TfliteOperator } from './model.js';
import { CONVERTERS } from './operators.js';
import { constantOf, typeOf } from './tensors.js';

const IDENTIFIER = 'TFL3';

/** Whether the bytes carry the file identifier of TensorFlow Lite. */
export const isTflite = (bytes: Uint8Array): boolean => bytes.length >= 8 && String.fromCharCode(...bytes.subarray(4, 8)) === IDENTIFIER;

/** Layers are named by kind and operator number: operator 4, CONV_2D, is conv2d_4. */
const layerName = (o: TfliteOperator): string => `${o.op.toLowerCase().replace('conv_2d', 'conv2d')}_${o.index}`;

/** Parameter names: the file's, with characters that are awkward on a command line replaced; unlike each other and the layers. */
function inputNames(model: TfliteModel): string[] {
  const used = new Set<string>(['outputs', ...model.operators.map(layerName)]);
  return model.inputs.map((tensor, i) => {
    const plain = model.tensor(tensor).name.replace(/[^\w.]/g, '_');
    const name = /^[A-Za-z_]/.test(plain) && !used.has(plain) ? plain : `input_tensor_${i}`;
    used.add(name);
    return name;
  });
}

/** Adds where an operator's type error comes from. */
function located<T>(label: string, o: TfliteOperator, make: () => T): T {
  try {
    return make();
  } catch (e) {
    if (!(e instanceof VtaError)) throw e;
    const at = `operator ${o.index} (${o.op})`;
    throw new VtaError(e.diagnostics.map((d) => (d.where === null ? { ...d, where: { file: label, at } } : d)));
  }
}

function convertOperator(model: TfliteModel, o: TfliteOperator, resolve: (tensor: number) => ValueNode): ValueNode {
  const file = model.file.file;
  const convert = Object.hasOwn(CONVERTERS, o.op)
    ? CONVERTERS[o.op]
    : fail(compilerMessages.VTA2025, { file, index: o.index, op: o.op, supported: Object.keys(CONVERTERS).join(', ') });
  const context = new OperatorContext(model, o, layerName(o), resolve);
  const node = convert(context);
  if (!sameType(node.type, context.result)) {
    context.refuse(
      `its result is declared as ${formatType(context.result)}, but would be ${formatType(node.type)}`,
      'export the model again; shapes and quantization must agree with the operands',
    );
  }
  return node;
}

/** The graph of the values; operators are in order of execution in the file. */
function convertAll(model: TfliteModel, params: readonly VarNode[]): (tensor: number) => ValueNode {
  const values = new Map<number, ValueNode>(model.inputs.map((tensor, i) => [tensor, params[i]]));
  const resolve = (index: number): ValueNode => {
    const known = values.get(index);
    if (known !== undefined) return known;
    const tensor = model.tensor(index);
    if (tensor.data.length === 0) model.file.damaged(`tensor ${index} (${tensor.name}) is used before anything computes it`);
    const node = constantOf(model, tensor);
    values.set(index, node);
    return node;
  };
  for (const o of model.operators) {
    const node = located(model.file.file, o, () => convertOperator(model, o, resolve));
    if (values.has(o.outputs[0])) model.file.damaged(`tensor ${o.outputs[0]} is computed twice`);
    values.set(o.outputs[0], node);
  }
  return resolve;
}

/**
 * Reads an int8 TensorFlow Lite model (schema version 3, one subgraph). `label` names the module, `file` the file in diagnostics.
 * Layers are named by kind and operator number (`conv2d_0`, `add_3`); `origin` keeps the file's tensor names. Padding becomes explicit,
 * fused activations become clamps, a missing bias becomes zeros. Throws VtaError VTA2020 to VTA2029, or VTA2002 to VTA2005 where
 * operands do not fit an operator.
 */
export function importTflite(bytes: Uint8Array, label: string, file: string = label): GraphModule {
  if (!isTflite(bytes)) fail(compilerMessages.VTA2020, { file, found: 'no TFL3 identifier' });
  const model = openModel(bytes, file);
  const names = inputNames(model);
  const params = model.inputs.map((tensor, i) => variable(names[i], typeOf(model, model.tensor(tensor))));
  if (model.outputs.length === 0) model.file.damaged('it has no outputs');
  const resolve = convertAll(model, params);
  const results = model.outputs.map(resolve);
  const body = results.length === 1 ? results[0] : tuple(results, 'outputs');
  const module = graphModule(label, func('main', params, body));
  verifyGraph(module);
  return module;
}
