/** From TFLite tensors to graph types and constants. */
import { fail } from '#isa/diag/diagnostic';
import { newData, sizeOf, type DType, type Tensor } from '#runtime/tensor';
import { constant } from '../../graph/build.js';
import type { ConstantNode, Quantization, TensorType } from '../../graph/node.js';
import { tensorType } from '../../graph/types.js';
import { tensorTypeProblem } from '../../graph/verify.js';
import { compilerMessages } from '../../messages.js';
import type { TfliteModel, TfliteTensor } from './model.js';

const DTYPES: Readonly<Record<string, DType>> = { INT8: 'int8', INT32: 'int32', FLOAT32: 'float32' };
/** Elements a tensor may have: anything larger cannot be addressed by a VTA program. */
const SIZE_LIMIT = 2 ** 31;

const title = (t: TfliteTensor): string => (t.name === '' ? String(t.index) : `${t.index} (${t.name})`);

function quantizationOf(model: TfliteModel, t: TfliteTensor, dtype: DType): Quantization | null {
  // int32 biases carry input scale * weight scale, which the operands already say
  if (t.scales.length === 0 || dtype !== 'int8') return null;
  const bad = (problem: string): never => fail(compilerMessages.VTA2029, { file: model.file.file, tensor: title(t), problem });
  if (t.zeroPoints.length !== t.scales.length) bad(`${t.scales.length} scales but ${t.zeroPoints.length} zero points`);
  if (t.scales.length === 1) return { scales: t.scales, zeroPoint: t.zeroPoints[0], axis: null };
  if (t.zeroPoints.some((z) => z !== t.zeroPoints[0])) bad('the channels have different zero points');
  return { scales: t.scales, zeroPoint: t.zeroPoints[0], axis: t.quantizedDimension };
}

/** The graph type of a tensor. Throws VTA2026, VTA2028, VTA2029. */
export function typeOf(model: TfliteModel, t: TfliteTensor): TensorType {
  const file = model.file.file;
  const dtype = Object.hasOwn(DTYPES, t.type)
    ? DTYPES[t.type]
    : fail(compilerMessages.VTA2026, { file, tensor: title(t), type: t.type, supported: Object.keys(DTYPES).join(', ') });
  if (t.shape.some((n) => n < 1) || sizeOf(t.shape) >= SIZE_LIMIT)
    fail(compilerMessages.VTA2028, { file, tensor: title(t), shape: t.shape.join(',') });
  const type = tensorType(dtype, t.shape, quantizationOf(model, t, dtype));
  const problem = tensorTypeProblem(type);
  return problem === null ? type : fail(compilerMessages.VTA2029, { file, tensor: title(t), problem });
}

/** The contents of a constant tensor. Throws as {@link typeOf}, and VTA2022 where the data has another size. */
export function constantOf(model: TfliteModel, t: TfliteTensor): ConstantNode {
  const type = typeOf(model, t);
  const width = newData(type.dtype, 0).BYTES_PER_ELEMENT;
  if (t.data.length !== sizeOf(t.shape) * width) {
    model.file.damaged(`tensor ${title(t)} of the shape [${t.shape}] has ${t.data.length} bytes of data`);
  }
  const data = newData(type.dtype, sizeOf(t.shape));
  new Uint8Array(data.buffer).set(t.data);
  const tensor: Tensor = { dtype: type.dtype, shape: t.shape, data };
  return constant(tensor, type.quantization);
}
