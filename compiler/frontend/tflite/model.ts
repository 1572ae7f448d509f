/** The main subgraph of a TFLite file as plain data. Tensors are read when they are asked for. */
import { fail } from '#isa/diag/diagnostic';
import { type DType, newData, type TensorData } from '#runtime/tensor';
import { compilerMessages } from '../../messages.js';
import { BUILTIN_NAMES } from './builtin-names.js';
import { FlatFile, type FlatTable } from './flat.js';
import { BUFFER, MODEL, OPERATOR, OPERATOR_CODE, QUANTIZATION, SIGNATURE, SUBGRAPH, TENSOR, TENSOR_TYPE_NAMES } from './schema.js';

const SCHEMA_VERSION = 3;
/** More operands, dimensions or inputs than this are taken for damage. */
const OPERAND_LIMIT = 256;
const RANK_LIMIT = 8;

export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  /** Name of the element type, for instance INT8. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly quantizedDimension: number;
  /** Contents where the tensor is constant; empty otherwise. A view of the file. */
  readonly data: Uint8Array;
  /** Whether `data` holds only some elements. */
  readonly sparse: boolean;
}

export interface TfliteOperator {
  readonly index: number;
  /** Builtin name, for instance CONV_2D; `custom "name"` for a custom operator, `builtin 999` for one that is newer than our list. */
  readonly op: string;
  /** Tensor numbers; -1 is an operand left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable | null;
}

export interface TfliteModel {
  readonly file: FlatFile;
  readonly tensorCount: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
  readonly tensor: (index: number) => TfliteTensor;
  /** The contents of a constant as numbers; tensors of one buffer share them. */
  readonly contents: (tensor: TfliteTensor, dtype: DType) => TensorData;
  readonly subgraphCount: number;
  /** Names of the functions that the file exports; often none. */
  readonly signatures: readonly string[];
}

function operatorName(code: FlatTable): string {
  // the original 8-bit field holds 127 where the number does not fit; whichever is larger counts
  const number = Math.max(code.int8(OPERATOR_CODE.deprecatedBuiltinCode), code.int32(OPERATOR_CODE.builtinCode));
  const name = BUILTIN_NAMES[number];
  return name === 'CUSTOM' ? `custom ${JSON.stringify(code.string(OPERATOR_CODE.customCode))}` : (name ?? `builtin ${number}`);
}

/** The bytes of a buffer: within the flatbuffer, or behind it where the file is large. */
function contentsOf(file: FlatFile, buffer: FlatTable, tensor: string): Uint8Array {
  const inside = buffer.byteView(BUFFER.data);
  const [offset, size] = [buffer.uint64(BUFFER.offset), buffer.uint64(BUFFER.size)];
  if (inside.length > 0 || offset <= 1) return inside;
  if (offset + size > file.bytes.length)
    file.damaged(`the data of tensor ${tensor} are ${size} bytes at byte ${offset}, but the file has ${file.bytes.length} bytes`);
  return file.bytes.subarray(offset, offset + size);
}

/** Copies contents into typed arrays, each place once. Buffers that overlap so much that a small file fills the memory are damage. */
function contentsReader(file: FlatFile): TfliteModel['contents'] {
  const copies = new Map<string, TensorData>();
  let total = 0;
  return ({ data, index, name }, dtype) => {
    const key = `${dtype} ${data.byteOffset} ${data.length}`;
    const known = copies.get(key);
    if (known !== undefined) return known;
    total += data.length;
    if (total > 4 * file.bytes.length) file.damaged(`the data of tensor ${index} (${name}) overlap those of many others`);
    const copy = newData(dtype, data.length / newData(dtype, 0).BYTES_PER_ELEMENT);
    new Uint8Array(copy.buffer).set(data);
    copies.set(key, copy);
    return copy;
  };
}

function readTensor(file: FlatFile, table: FlatTable, index: number, buffers: readonly FlatTable[]): TfliteTensor {
  const buffer = table.uint32(TENSOR.buffer);
  if (buffer >= buffers.length) file.damaged(`tensor ${index} names buffer ${buffer} of ${buffers.length}`);
  const quantization = table.table(TENSOR.quantization);
  const type = table.int8(TENSOR.type);
  const name = table.string(TENSOR.name);
  return {
    index,
    name,
    type: TENSOR_TYPE_NAMES[type] ?? `type ${type}`,
    shape: table.int32s(TENSOR.shape, RANK_LIMIT),
    scales: quantization?.float32s(QUANTIZATION.scale, file.bytes.length) ?? [],
    zeroPoints: quantization?.int64s(QUANTIZATION.zeroPoint, file.bytes.length) ?? [],
    quantizedDimension: quantization?.int32(QUANTIZATION.quantizedDimension) ?? 0,
    sparse: table.has(TENSOR.sparsity),
    data: contentsOf(file, buffers[buffer], `${index} (${name})`),
  };
}

function readOperators(file: FlatFile, subgraph: FlatTable, names: readonly string[]): TfliteOperator[] {
  const read = (table: FlatTable, index: number): TfliteOperator => {
    const code = table.uint32(OPERATOR.opcodeIndex);
    if (code >= names.length) file.damaged(`operator ${index} has the code ${code} of ${names.length}`);
    return {
      index,
      op: names[code],
      inputs: table.int32s(OPERATOR.inputs, OPERAND_LIMIT),
      outputs: table.int32s(OPERATOR.outputs, OPERAND_LIMIT),
      options: table.table(OPERATOR.builtinOptions),
    };
  };
  const tables = subgraph.tables(SUBGRAPH.operators, file.bytes.length);
  return tables.map((table, index) => file.within(`operator ${index}`, () => read(table, index)));
}

/** Opens a file whose identifier has been checked: its first subgraph, which is the main one. Throws VTA2022 to VTA2023. */
export function openModel(bytes: Uint8Array, label: string): TfliteModel {
  const file = new FlatFile(bytes, label);
  const model = file.root();
  const version = model.uint32(MODEL.version);
  if (version !== SCHEMA_VERSION) fail(compilerMessages.VTA2023, { file: label, version });
  const limit = bytes.length;
  const subgraphs = model.tables(MODEL.subgraphs, limit);
  if (subgraphs.length === 0) file.damaged('it has no subgraph');
  const names = model.tables(MODEL.operatorCodes, limit).map(operatorName);
  const buffers = model.tables(MODEL.buffers, limit);
  const tensors = subgraphs[0].tables(SUBGRAPH.tensors, limit);
  const cache = new Map<number, TfliteTensor>();
  const tensor = (index: number): TfliteTensor => {
    if (index < 0 || index >= tensors.length) file.damaged(`tensor ${index} of ${tensors.length} is named`);
    const known = cache.get(index) ?? file.within(`tensor ${index}`, () => readTensor(file, tensors[index], index, buffers));
    cache.set(index, known);
    return known;
  };
  return {
    file,
    tensorCount: tensors.length,
    inputs: subgraphs[0].int32s(SUBGRAPH.inputs, OPERAND_LIMIT),
    outputs: subgraphs[0].int32s(SUBGRAPH.outputs, OPERAND_LIMIT),
    operators: readOperators(file, subgraphs[0], names),
    tensor,
    contents: contentsReader(file),
    subgraphCount: subgraphs.length,
    signatures: model.tables(MODEL.signatures, OPERAND_LIMIT).map((s) => s.string(SIGNATURE.key)),
  };
}
