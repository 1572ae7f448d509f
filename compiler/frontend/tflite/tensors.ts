/** From TFLite tensors to graph types and constants. */
import { MAX_DIMENSION, MAX_ELEMENTS } from '#runtime/artifact/limits';
import { newData, sizeOf, type DType, type Tensor } from '#runtime/tensor';
import { constant } from '../../graph/build.js';
import type { ConstantNode } from '../../graph/node.js';
import { type Quantization, type TensorType, tensorType } from '../../graph/types.js';
import { tensorTypeProblem } from '../../graph/verify.js';
import { type FindingKind, Refused } from '../findings.js';
import type { TfliteModel, TfliteTensor } from './model.js';

export const DTYPES: Readonly<Record<string, DType>> = { INT8: 'int8', UINT8: 'uint8', INT32: 'int32', FLOAT32: 'float32' };

/** A tensor's name for a message: converters join the names of all operators that were fused, and the first one says enough. */
export function shortName(name: string): string {
  const [first] = name.split(';');
  return first.length > 60 ? `${first.slice(0, 57)}...` : first;
}

/** `tensor 3 ("conv/BiasAdd", a graph input)` */
export function tensorPlace(model: TfliteModel, t: TfliteTensor): string {
  const role = model.inputs.includes(t.index) ? 'a graph input' : model.outputs.includes(t.index) ? 'a graph output' : '';
  const words = [t.name === '' ? '' : `"${shortName(t.name)}"`, role].filter((w) => w !== '');
  return `tensor ${t.index}${words.length === 0 ? '' : ` (${words.join(', ')})`}`;
}

/** Remedies for element types; all others are changed where the model is made. */
const TYPE_REMEDIES: Readonly<Record<string, string>> = {
  INT16: 'export the model with inference_input_type = inference_output_type = tf.int8',
  INT64: 'use 32-bit integers for shapes and indices',
};

function refuse(model: TfliteModel, t: TfliteTensor, kind: FindingKind, problem: string, remedy: string): never {
  const subject = kind === 'type' ? t.type : 'tensor';
  throw new Refused({ kind, subject, problem, place: tensorPlace(model, t), remedy });
}

const SYMMETRIC = 'export the model with full int8 quantization: weights symmetric, one scale per tensor or per output channel';

function quantizationOf(model: TfliteModel, t: TfliteTensor, dtype: DType): Quantization | null {
  // int32 biases carry input scale * weight scale, which the operands already say
  if (t.scales.length === 0 || (dtype !== 'int8' && dtype !== 'uint8')) return null;
  const bad = (problem: string): never => refuse(model, t, 'quantization', problem, SYMMETRIC);
  if (t.zeroPoints.length !== t.scales.length) bad(`it has ${t.scales.length} scales, but ${t.zeroPoints.length} zero points`);
  if (t.scales.length === 1) return { scales: t.scales, zeroPoint: t.zeroPoints[0], axis: null };
  if (t.zeroPoints.some((z) => z !== t.zeroPoints[0])) bad('its channels have different zero points');
  return { scales: t.scales, zeroPoint: t.zeroPoints[0], axis: t.quantizedDimension };
}

/** The graph type of a tensor. Throws Refused. */
export function typeOf(model: TfliteModel, t: TfliteTensor): TensorType {
  const dtype = Object.hasOwn(DTYPES, t.type)
    ? DTYPES[t.type]
    : refuse(model, t, 'type', '', TYPE_REMEDIES[t.type] ?? 'keep such tensors out of the network, or quantize it to int8');
  if (t.shape.some((n) => n < 1))
    refuse(model, t, 'shape', `its shape [${t.shape}] is not fixed`, 'export the model with a fixed input size and a batch of 1');
  if (t.shape.some((n) => n > MAX_DIMENSION) || sizeOf(t.shape) > MAX_ELEMENTS)
    refuse(model, t, 'shape', `its shape [${t.shape}] has more than ${MAX_ELEMENTS} elements`, 'use a smaller input size or a batch of 1');
  const type = tensorType(dtype, t.shape, quantizationOf(model, t, dtype));
  const problem = tensorTypeProblem(type);
  return problem === null ? type : refuse(model, t, 'quantization', problem, SYMMETRIC);
}

/** The contents of a constant tensor. Throws as {@link typeOf}, and VTA2022 where the data has another size. */
export function constantOf(model: TfliteModel, t: TfliteTensor): ConstantNode {
  const type = typeOf(model, t);
  if (t.sparse) refuse(model, t, 'form', 'its data are sparse', 'export the model with dense weights');
  const width = newData(type.dtype, 0).BYTES_PER_ELEMENT;
  if (t.data.length !== sizeOf(t.shape) * width)
    model.file.damaged(`${tensorPlace(model, t)} of the shape [${t.shape}] has ${t.data.length} bytes of data`);
  const tensor: Tensor = { dtype: type.dtype, shape: t.shape, data: model.contents(t, type.dtype) };
  return constant(tensor, type.quantization);
}
