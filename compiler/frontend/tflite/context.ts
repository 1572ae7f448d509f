/** What a converter of one operator sees: its operands as graph values, its options, its declared result. */
import { zeros, type Tensor } from '#runtime/tensor';
import { constant } from '../../graph/build.js';
import type { ConstantNode, ValueNode } from '../../graph/node.js';
import { type TensorType, formatShape } from '../../graph/types.js';
import { Refused } from '../findings.js';
import { type BiasForm, type Kernels, type RealRange, type Scale, storedBound, type Verdict } from './delegate.js';
import type { FlatTable } from './flat.js';
import type { TfliteModel, TfliteOperator } from './model.js';
import { ACTIVATION_NAMES } from './schema.js';
import { shortName, typeOf } from './tensors.js';

/** Scale, zero point and clamp of a quantized result. */
export interface OutputQuantization {
  readonly outScale: number;
  readonly outZeroPoint: number;
}

/** `operator 3 (CONV_2D, result "conv/Relu")` */
export function operatorPlace(model: TfliteModel, o: TfliteOperator): string {
  let name = '';
  try {
    name = o.outputs.length === 0 ? '' : shortName(model.tensor(o.outputs[0]).name);
  } catch {
    // a damaged tensor is reported where it is used
  }
  return `operator ${o.index} (${o.op}${name === '' ? '' : `, result "${name}"`})`;
}

export class OperatorContext {
  /** The declared type of the result. */
  readonly result: TensorType;
  /** The name the file gives to the result. */
  readonly origin: string;

  constructor(
    private readonly model: TfliteModel,
    private readonly operator: TfliteOperator,
    /** The layer's name in the graph. */
    readonly name: string,
    private readonly resolve: (tensor: number) => ValueNode,
    /** Whether the reference has its delegate. */
    private readonly available: Kernels,
  ) {
    if (operator.outputs.length !== 1) this.refuse(`it has ${operator.outputs.length} results`, 'use operators with one result');
    const tensor = model.tensor(operator.outputs[0]);
    this.result = typeOf(model, tensor);
    this.origin = tensor.name;
  }

  /** Refuses this form of the operator. */
  refuse(problem: string, remedy: string): never {
    const { op } = this.operator;
    throw new Refused({ kind: 'form', subject: op, problem, place: operatorPlace(this.model, this.operator), remedy });
  }

  get inputCount(): number {
    return this.operator.inputs.length;
  }

  private tensorAt(position: number): number {
    const tensor = this.operator.inputs[position];
    return tensor === undefined || tensor < 0 ? this.refuse(`operand ${position} is missing`, 'export the model again') : tensor;
  }

  input(position: number): ValueNode {
    return this.resolve(this.tensorAt(position));
  }

  /** The type of an operand, which is never a tuple in an imported graph. */
  inputType(position: number): TensorType {
    return this.input(position).type as TensorType;
  }

  private constantInput(position: number, what: string): ConstantNode {
    const node = this.input(position);
    return node.kind === 'constant'
      ? node
      : this.refuse(`${what} are computed by the network, not constant`, `export the model with constant ${what}`);
  }

  /** A constant operand of weights. */
  weights(position: number): ConstantNode {
    return this.constantInput(position, 'the weights');
  }

  /** The bias: operand `position`, or zeros for `channels` where it is left out. */
  bias(position: number, channels: number): ConstantNode {
    const left = this.operator.inputs[position];
    return left === undefined || left < 0 ? constant(zeros('int32', [channels])) : this.constantInput(position, 'the biases');
  }

  /** How the file quantizes the bias. */
  biasForm(position: number): BiasForm {
    const index = this.operator.inputs[position];
    if (index === undefined || index < 0) return 'absent';
    const { scales, zeroPoints } = this.model.tensor(index);
    return scales.length === 0 ? 'not quantized' : { scales, zeroPoints };
  }

  /** A constant int32 operand that acts as a parameter. */
  parameter(position: number, what: string): readonly number[] {
    const tensor: Tensor = this.constantInput(position, what).tensor;
    if (tensor.dtype !== 'int32') this.refuse(`${what} are ${tensor.dtype}, not int32`, 'export them as int32');
    return Array.from(tensor.data);
  }

  get options(): FlatTable | null {
    return this.operator.options;
  }

  /** Scale and zero point of the declared result, which must have one scale. */
  output(): OutputQuantization {
    const { quantization: q } = this.result;
    if (q === null || q.axis !== null) {
      this.refuse(
        `its result ${formatShape(this.result)} is not quantized with one scale and zero point`,
        'export the model with full int8 quantization',
      );
    }
    return { outScale: q.scales[0], outZeroPoint: q.zeroPoint };
  }

  /** Scale and zero point of operand `position`; of anything but a tensor with one scale, some. */
  scaleOf(position: number): Scale {
    const q = this.inputType(position).quantization;
    return { scale: q?.scales[0] ?? 1, zeroPoint: q?.zeroPoint ?? 0 };
  }

  /** Scale and zero point of the result; see {@link output}. */
  resultScale(): Scale {
    const { outScale, outZeroPoint } = this.output();
    return { scale: outScale, zeroPoint: outZeroPoint };
  }

  /** Whether anything reads the result. */
  private get isRead(): boolean {
    const [result] = this.operator.outputs;
    return this.model.outputs.includes(result) || this.model.operators.some((o) => o.inputs.includes(result));
  }

  /**
   * Whose kernel computes this operator, given what the delegate makes of it. It builds a maximum that nothing reads (`spare`), but no
   * other operator that is computed for nothing.
   */
  kernels(verdict: Verdict, spare = false): Kernels {
    if (this.available === 'builtin' || verdict === 'leaves') return 'builtin';
    if (verdict !== 'takes') throw new DelegateFailure(this.name, verdict.fails);
    if (!spare && !this.isRead) throw new DelegateFailure(this.name, 'nothing reads its result');
    return 'delegate';
  }

  /** The real interval of a fused activation: option `field`, or an activation by name. */
  range(activation: number | string): RealRange {
    const number = typeof activation === 'string' ? activation : (this.options?.int8(activation) ?? 0);
    const name = typeof number === 'string' ? number : (ACTIVATION_NAMES[number] ?? `activation ${number}`);
    if (Object.hasOwn(RANGES, name)) return RANGES[name];
    return this.refuse(`the fused activation is ${name}`, 'use NONE, RELU, RELU6 or RELU_N1_TO_1');
  }

  /** The stored interval that an activation leaves of the result, as the given kernels round its ends. */
  clamp([low, high]: RealRange, kernels: Kernels): readonly [number, number] {
    return [storedBound(low, this.resultScale(), kernels), storedBound(high, this.resultScale(), kernels)];
  }
}

/** Activations that are intervals. */
const RANGES: Readonly<Record<string, RealRange>> = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU6: [0, 6],
  RELU_N1_TO_1: [-1, 1],
};

/** The delegate takes an operator but cannot build it: the reference then computes the whole model with built-in kernels. */
export class DelegateFailure extends Error {
  constructor(
    readonly layer: string,
    readonly reason: string,
  ) {
    super(`${layer}: ${reason}`);
  }
}
