/** The one subgraph of a TFLite file as plain data. Tensors are read when they are asked for. */
import { fail } from '#isa/diag/diagnostic';
import { compilerMessages } from '../../messages.js';
import { BUILTIN_NAMES } from './builtin-names.js';
import { FlatFile, type FlatTable } from './flat.js';
import { BUFFER, MODEL, OPERATOR, OPERATOR_CODE, QUANTIZATION, SUBGRAPH, TENSOR, TENSOR_TYPE_NAMES } from './schema.js';

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
}

export interface TfliteOperator {
  readonly index: number;
  /** Builtin name, for instance CONV_2D; `custom "name"` or `builtin 200` where it has none. */
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
    data: contentsOf(file, buffers[buffer], `${index} (${name})`),
  };
}

function readOperators(file: FlatFile, subgraph: FlatTable, names: readonly string[]): TfliteOperator[] {
  return subgraph.tables(SUBGRAPH.operators, file.bytes.length).map((table, index) => {
    const code = table.uint32(OPERATOR.opcodeIndex);
    if (code >= names.length) file.damaged(`operator ${index} has the code ${code} of ${names.length}`);
    return {
      index,
      op: names[code],
      inputs: table.int32s(OPERATOR.inputs, OPERAND_LIMIT),
      outputs: table.int32s(OPERATOR.outputs, OPERAND_LIMIT),
      options: table.table(OPERATOR.builtinOptions),
    };
  });
}

/** Opens a file whose identifier has been checked. Throws VTA2022 to VTA2024. */
export function openModel(bytes: Uint8Array, label: string): TfliteModel {
  const file = new FlatFile(bytes, label);
  const model = file.root();
  const version = model.uint32(MODEL.version);
  if (version !== SCHEMA_VERSION) fail(compilerMessages.VTA2023, { file: label, version });
  const limit = bytes.length;
  const subgraphs = model.tables(MODEL.subgraphs, limit);
  if (subgraphs.length !== 1) fail(compilerMessages.VTA2024, { file: label, count: subgraphs.length });
  const names = model.tables(MODEL.operatorCodes, limit).map(operatorName);
  const buffers = model.tables(MODEL.buffers, limit);
  const tensors = subgraphs[0].tables(SUBGRAPH.tensors, limit);
  const cache = new Map<number, TfliteTensor>();
  const tensor = (index: number): TfliteTensor => {
    if (index < 0 || index >= tensors.length) file.damaged(`tensor ${index} of ${tensors.length} is named`);
    const known = cache.get(index) ?? readTensor(file, tensors[index], index, buffers);
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
  };
}
