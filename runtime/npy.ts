/**
 * NumPy .npy files, format 1.0, 2.0 and 3.0, C order, element types int8, uint8, int16, int32 and float32, little-endian.
 * Source of the format: numpy.lib.format.
 */
import { fail } from '#isa/diag/diagnostic';
import { runtimeMessages } from './messages.js';
import { newData, sizeOf, type DType, type Tensor } from './tensor.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const DTYPES: Readonly<Record<string, DType>> = { '|i1': 'int8', '|u1': 'uint8', '<i2': 'int16', '<i4': 'int32', '<f4': 'float32' };
const DESCRS = Object.fromEntries(Object.entries(DTYPES).map(([descr, dtype]) => [dtype, descr])) as Record<DType, string>;

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** The value after `'key':` of the header's Python dictionary, by a pattern with one group. */
function field(text: string, key: string, pattern: string, file: string): string {
  const match = new RegExp(`['"]${key}['"]\\s*:\\s*${pattern}`).exec(text);
  return match?.[1] ?? fail(runtimeMessages.VTA3005, { file, detail: `there is no usable ${key}` });
}

function parseHeader(text: string, file: string): Header {
  const descr = field(text, 'descr', `(['"][^'"]*['"]|\\[.*?\\])`, file).replace(/^['"]|['"]$/g, '');
  const fortran = field(text, 'fortran_order', '(True|False)', file) === 'True';
  const list = field(text, 'shape', '\\(([^)]*)\\)', file);
  const shape = list
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');
  if (!shape.every((s) => /^\d{1,10}L?$/.test(s)))
    fail(runtimeMessages.VTA3005, { file, detail: `the shape (${list}) is not a list of sizes` });
  return { descr, fortran, shape: shape.map((s) => Number.parseInt(s, 10)) };
}

/** Where header text and data begin. */
function frame(bytes: Uint8Array, file: string): { header: Header; data: number } {
  if (bytes.length < 8 || MAGIC.some((b, i) => bytes[i] !== b)) fail(runtimeMessages.VTA3001, { file, detail: 'it begins otherwise' });
  const version = bytes[6];
  if (version < 1 || version > 3) fail(runtimeMessages.VTA3001, { file, detail: `its format version is ${version}.${bytes[7]}` });
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail(runtimeMessages.VTA3002, { file, needed: start, given: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < data) fail(runtimeMessages.VTA3002, { file, needed: data, given: bytes.length });
  return { header: parseHeader(new TextDecoder().decode(bytes.subarray(start, data)), file), data };
}

/** Reads a tensor; `file` names it in diagnostics (VTA3001 to VTA3005). Bytes after the data are ignored, as NumPy does. */
export function readNpy(bytes: Uint8Array, file = 'the array'): Tensor {
  const { header, data: start } = frame(bytes, file);
  const dtype = Object.hasOwn(DTYPES, header.descr) ? DTYPES[header.descr] : fail(runtimeMessages.VTA3003, { file, descr: header.descr });
  // with one dimension (or none) both orders are the same
  if (header.fortran && header.shape.length > 1) fail(runtimeMessages.VTA3004, { file });
  const width = newData(dtype, 0).BYTES_PER_ELEMENT;
  const needed = start + sizeOf(header.shape) * width;
  if (bytes.length < needed) fail(runtimeMessages.VTA3002, { file, needed, given: bytes.length });
  const data = newData(dtype, sizeOf(header.shape));
  new Uint8Array(data.buffer).set(bytes.subarray(start, needed));
  return { dtype, shape: header.shape, data };
}

/** The bytes of a .npy file, format 1.0, data aligned to 64 bytes as NumPy writes it. */
export function writeNpy(tensor: Tensor): Uint8Array {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const dict = `{'descr': '${DESCRS[tensor.dtype]}', 'fortran_order': False, 'shape': (${shape}), }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const text = `${dict.padEnd(start - 11)}\n`;
  const out = new Uint8Array(start + tensor.data.byteLength);
  out.set([...MAGIC, 1, 0, (start - 10) & 0xff, (start - 10) >> 8]);
  for (let i = 0; i < text.length; i++) out[10 + i] = text.charCodeAt(i);
  out.set(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength), start);
  return out;
}
