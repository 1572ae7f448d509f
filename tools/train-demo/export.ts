import { ACTIVATION_NAMES, PADDING_NAMES } from '#compiler/frontend/tflite/schema';
import type { ModelSpec, OperatorSpec, TensorSpec } from '#compiler/frontend/tflite/write';
import type { Convolution, MapShape } from './layers.js';
import type { Network } from './network.js';
import { inputQuantization, type Quantization, quantizeConvolution, quantizeDense, softmaxQuantization } from './quantize.js';
import { classNames } from './shapes.js';

const padding = (name: (typeof PADDING_NAMES)[number]): number => PADDING_NAMES.indexOf(name);
const activation = (name: (typeof ACTIVATION_NAMES)[number]): number => ACTIVATION_NAMES.indexOf(name);

/** Collects tensors and operators; tensors are referred to by number. */
class ModelBuilder {
  readonly tensors: TensorSpec[] = [];
  readonly operators: OperatorSpec[] = [];
  private readonly quantizations = new Map<number, Quantization>();

  constant(tensor: TensorSpec): number {
    return this.tensors.push(tensor) - 1;
  }

  activation(name: string, shape: readonly number[], q: Quantization): number {
    const index = this.tensors.push({ name, shape, type: 'INT8', quantization: { scales: [q.scale], zeroPoint: q.zeroPoint } }) - 1;
    this.quantizations.set(index, q);
    return index;
  }

  quantization(tensor: number): Quantization {
    const q = this.quantizations.get(tensor);
    if (q === undefined) throw new Error(`internal error: tensor ${tensor} is not an activation`);
    return q;
  }

  operator(op: OperatorSpec['op'], inputs: readonly number[], output: number, options?: OperatorSpec['options']): number {
    this.operators.push({ op, inputs, outputs: [output], options });
    return output;
  }
}

const nhwc = (s: MapShape): number[] => [1, s.height, s.width, s.channels];

/** The quantized network as a TensorFlow Lite model; `quantizations` are those of the activations by name. */
export function exportModel(network: Network, quantizations: ReadonlyMap<string, Quantization>, description: string): ModelSpec {
  const m = new ModelBuilder();
  const range = (name: string): Quantization => {
    const q = quantizations.get(name);
    if (q === undefined) throw new Error(`internal error: ${name} was not calibrated`);
    return q;
  };
  const convolve = (layer: Convolution, input: number): number => {
    const { name, stride, relu } = layer.options;
    const { weights, bias } = quantizeConvolution(layer, m.quantization(input));
    const operands = [input, m.constant(weights), m.constant(bias)];
    const options = { padding: padding('SAME'), strideW: stride, strideH: stride, activation: activation(relu ? 'RELU' : 'NONE') };
    const output = m.activation(name, nhwc(layer.output), range(name));
    return m.operator('CONV_2D', operands, output, options);
  };
  const add = (name: string, a: number, b: number, shape: MapShape): number =>
    m.operator('ADD', [a, b], m.activation(name, nhwc(shape), range(name)), { activation: activation('RELU') });

  const input = m.activation('picture', nhwc(network.input), inputQuantization);
  const stem = convolve(network.stem, input);
  const a = add('block_a/add', stem, convolve(network.a2, convolve(network.a1, stem)), network.a2.output);
  const straight = convolve(network.b2, convolve(network.b1, a));
  const b = add('block_b/add', convolve(network.shortcut, a), straight, network.b2.output);
  const scores = exportHead(m, network, b, range('head'));
  const classes = m.activation('classes', [1, classNames.length], softmaxQuantization);
  m.operator('SOFTMAX', [scores], classes, { beta: 1 });
  return { description, tensors: m.tensors, operators: m.operators, inputs: [input], outputs: [classes] };
}

/** Average over the map, flattened, then the fully connected layer. Averaging and reshaping keep scale and zero point. */
function exportHead(m: ModelBuilder, network: Network, features: number, range: Quantization): number {
  const { height, width, channels } = network.b2.output;
  const q = m.quantization(features);
  const options = { padding: padding('VALID'), strideW: width, strideH: height, filterW: width, filterH: height };
  const average = m.operator('AVERAGE_POOL_2D', [features], m.activation('average', [1, 1, 1, channels], q), options);
  const shape = m.constant({ name: 'flatten/shape', shape: [2], type: 'INT32', data: Int32Array.of(-1, channels) });
  const flat = m.operator('RESHAPE', [average, shape], m.activation('flatten', [1, channels], q));
  const { weights, bias } = quantizeDense('head', network.head, q);
  const scores = m.activation('head', [1, classNames.length], range);
  return m.operator('FULLY_CONNECTED', [flat, m.constant(weights), m.constant(bias)], scores, {});
}
