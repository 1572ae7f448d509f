/** Tensor data in the text form: short tensors as lists, longer ones as base64 of the little-endian bytes. */
import { newData, sizeOf, type DType, type Tensor, type TensorData } from '#runtime/tensor';

const LIST_LIMIT = 16;

const bytesOf = (data: TensorData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** `[1, 2]` or `"base64"`. Assumes a little-endian host, as typed arrays on all supported ones are. */
export function encodeTensorData(tensor: Tensor): string {
  if (tensor.data.length <= LIST_LIMIT && tensor.data.every((v) => Number.isFinite(v) && !Object.is(v, -0)))
    return `[${Array.from(tensor.data).join(', ')}]`;
  let binary = '';
  for (const byte of bytesOf(tensor.data)) binary += String.fromCharCode(byte);
  return `"${btoa(binary)}"`;
}

/** Data of `shape` from a list or a base64 string; a string says what is wrong. */
export function decodeTensorData(dtype: DType, shape: readonly number[], source: readonly number[] | string): TensorData | string {
  const size = sizeOf(shape);
  if (typeof source !== 'string') {
    if (source.length !== size) return `${source.length} values were given for ${size} elements`;
    const data = newData(dtype, size);
    data.set(source);
    return source.every((v, i) => data[i] === v) ? data : `a value does not fit ${dtype}`;
  }
  let binary: string;
  try {
    binary = atob(source);
  } catch {
    return 'the data is not base64';
  }
  const bytesPerElement = newData(dtype, 0).BYTES_PER_ELEMENT;
  if (binary.length !== size * bytesPerElement) return `${binary.length} bytes were given, ${size * bytesPerElement} are needed`;
  const data = newData(dtype, size);
  const bytes = bytesOf(data);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return data;
}
