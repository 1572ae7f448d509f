/** TensorFlow Lite models to graphs. */
import { fail } from '#isa/diag/diagnostic';
import { func, graphModule, RuleError, tuple, variable } from '../../graph/build.js';
import type { GraphModule, ValueNode, VarNode } from '../../graph/node.js';
import { formatType, sameType } from '../../graph/types.js';
import { verifyGraph } from '../../graph/verify.js';
import { compilerMessages } from '../../messages.js';
import { ImportError, type OperatorUse, Refused } from '../findings.js';
import { DelegateFailure, OperatorContext, operatorPlace } from './context.js';
import type { Kernels } from './delegate.js';
import { openModel, type TfliteModel, type TfliteOperator } from './model.js';
import { naturesOf } from './nature.js';
import { CONVERTERS } from './operators/table.js';
import { Survey } from './survey.js';
import { constantOf, DTYPES, tensorPlace, typeOf } from './tensors.js';

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

/** Refuses element types that the converter does not take. */
function checkTypes(model: TfliteModel, o: TfliteOperator): void {
  const ends = [o.inputs[0], o.outputs[0]].map((t) => model.tensor(t ?? -1).type);
  const [input, result] = ends.map((t) => DTYPES[t]);
  const { takes } = CONVERTERS[o.op];
  if (takes.some((pair) => pair[0] === input && pair[1] === result)) return;
  const change = ends[0] === ends[1] ? `it computes in ${ends[0]}` : `it makes ${ends[1]} from ${ends[0]}`;
  const remedy = 'quantize the whole network to int8, or end it before this operator';
  throw new Refused({ kind: 'form', subject: o.op, problem: change, place: operatorPlace(model, o), remedy });
}

function convertOperator(model: TfliteModel, o: TfliteOperator, resolve: (tensor: number) => ValueNode, kernels: Kernels): ValueNode {
  const context = new OperatorContext(model, o, layerName(o), resolve, kernels);
  checkTypes(model, o);
  try {
    const node = CONVERTERS[o.op].convert(context);
    if (sameType(node.type, context.result)) return node;
    return context.refuse(
      `its result is declared as ${formatType(context.result)}, but would be ${formatType(node.type)}`,
      'export the model again; shapes and quantization must agree with the operands',
    );
  } catch (e) {
    if (e instanceof RuleError) return context.refuse(e.reason, 'change the layer in the model, and export it again');
    throw e;
  }
}

/** The graph of the values; operators are in order of execution in the file. */
class Conversion {
  private readonly values = new Map<number, ValueNode | null>();

  constructor(
    private readonly model: TfliteModel,
    private readonly survey: Survey,
    private readonly kernels: Kernels,
  ) {}

  /** The value of a tensor; null where its type is not known, because something before it was refused. */
  private readonly find = (index: number): ValueNode | null => {
    const known = this.values.get(index);
    if (known !== undefined) return known;
    const tensor = this.model.tensor(index);
    if (tensor.data.length === 0) this.model.file.damaged(`${tensorPlace(this.model, tensor)} is used before anything computes it`);
    const node = this.survey.attempt(() => constantOf(this.model, tensor));
    this.values.set(index, node);
    return node;
  };

  /** A variable of the tensor's type, or null where that is not supported. */
  private stand(index: number, name: string): VarNode | null {
    return this.survey.attempt(() => variable(name, typeOf(this.model, this.model.tensor(index))));
  }

  private define(index: number, node: ValueNode | null): void {
    if (this.values.has(index)) this.model.file.damaged(`${tensorPlace(this.model, this.model.tensor(index))} is computed twice`);
    this.values.set(index, node);
  }

  params(names: readonly string[]): readonly (VarNode | null)[] {
    return this.model.inputs.map((tensor, i) => {
      const param = this.stand(tensor, names[i]);
      this.values.set(tensor, param);
      return param;
    });
  }

  /** Converts an operator; behind one that is refused, import goes on with its declared results. */
  operator(o: TfliteOperator): void {
    const operands = Object.hasOwn(CONVERTERS, o.op) ? o.inputs.map((t) => (t < 0 ? null : this.find(t))) : null;
    const known = operands?.every((v, i) => v !== null || o.inputs[i] < 0) ?? false;
    const resolve = (tensor: number) => this.find(tensor) as ValueNode;
    const node = known ? this.survey.attempt(() => convertOperator(this.model, o, resolve, this.kernels), o) : null;
    if (node !== null) this.define(o.outputs[0], node);
    else for (const [k, t] of o.outputs.entries()) this.define(t, this.stand(t, `result_${o.index}_${k}`));
  }

  results(): readonly (ValueNode | null)[] {
    return this.model.outputs.map(this.find);
  }
}

/** How often the model uses which operator, and how many of them were refused. */
function usesOf(model: TfliteModel, refused: ReadonlySet<number>): OperatorUse[] {
  const uses = new Map<string, OperatorUse>();
  for (const { op, index } of model.operators) {
    const known = uses.get(op) ?? { op, count: 0, refused: 0 };
    uses.set(op, { op, count: known.count + 1, refused: known.refused + (refused.has(index) ? 1 : 0) });
  }
  return [...uses.values()];
}

/** The graph that computes as the given kernels do. Throws DelegateFailure where the delegate cannot build an operator. */
function importWith(model: TfliteModel, label: string, kernels: Kernels): GraphModule {
  const survey = new Survey(model);
  const conversion = new Conversion(model, survey, kernels);
  const params = conversion.params(inputNames(model));
  for (const o of model.operators) {
    model.file.within(operatorPlace(model, o), () => {
      survey.operator(o);
      conversion.operator(o);
    });
  }
  const results = conversion.results();
  if (survey.missing.length > 0) {
    const operators = usesOf(model, survey.refused);
    const report = { file: model.file.file, natures: naturesOf(model), missing: survey.missing, operators };
    throw new ImportError(report, Object.keys(CONVERTERS).join(', '));
  }
  const fields = results as readonly ValueNode[];
  const body = fields.length === 1 ? fields[0] : tuple(fields, 'outputs');
  return graphModule(label, func('main', params as readonly VarNode[], body));
}

/** With the delegate, if this can build all that it takes; else without, and why. */
function importAsReference(model: TfliteModel, label: string): GraphModule {
  try {
    return importWith(model, label, 'delegate');
  } catch (e) {
    if (!(e instanceof DelegateFailure)) throw e;
    const note = `all layers round as in TensorFlow Lite's built-in kernels, because its XNNPACK delegate cannot build ${e.layer}: ${e.reason}`;
    return { ...importWith(model, label, 'builtin'), notes: [note] };
  }
}

/**
 * Reads an int8 TensorFlow Lite model (schema version 3, main subgraph). `label` names the module, `file` the file in diagnostics.
 * Layers are named by kind and operator number (`conv2d_0`, `add_3`); `origin` keeps the file's tensor names. Padding becomes explicit,
 * fused activations become clamps, a missing bias becomes zeros. `kernels` are those that the graph computes as: TensorFlow Lite's with
 * its delegate, as it runs by default, or `builtin` for those without. Throws VtaError VTA2020, VTA2022 and VTA2023 for files that
 * cannot be read, and {@link ImportError} (VTA2024 to VTA2030) with all that is not supported.
 */
export function importTflite(bytes: Uint8Array, label: string, file: string = label, kernels: Kernels = 'delegate'): GraphModule {
  if (!isTflite(bytes)) fail(compilerMessages.VTA2020, { file, found: 'no TFL3 identifier' });
  const model = openModel(bytes, file);
  if (model.outputs.length === 0) model.file.damaged('it has no outputs');
  const module = kernels === 'delegate' ? importAsReference(model, label) : importWith(model, label, kernels);
  verifyGraph(module);
  return module;
}
