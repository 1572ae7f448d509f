/** Writes TensorFlow Lite files: the counterpart of model.ts, for the demo network and for tests. */
import { Builder, type Offset } from 'flatbuffers';
import { BUILTIN_NAMES } from './builtin-names.js';
import {
  ADD_OPTIONS,
  BUFFER,
  CONCATENATION_OPTIONS,
  CONV_OPTIONS,
  DEPTHWISE_OPTIONS,
  FULLY_CONNECTED_OPTIONS,
  MODEL,
  OPERATOR,
  OPERATOR_CODE,
  POOL_OPTIONS,
  QUANTIZATION,
  REDUCER_OPTIONS,
  SOFTMAX_OPTIONS,
  SUBGRAPH,
  TENSOR,
  TENSOR_TYPE_NAMES,
} from './schema.js';

/** A tensor of the model; with `data` it is a constant. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: (typeof TENSOR_TYPE_NAMES)[number];
  readonly data?: Int8Array | Int32Array | Float32Array;
  /** real = scale * (value - zeroPoint); several scales belong to the slices along `axis`. */
  readonly quantization?: { readonly scales: readonly number[]; readonly zeroPoint: number; readonly axis?: number };
}

/** An operator: its builtin name (any other is that of a custom operator), tensors by number, options by the field names of schema.ts. */
export interface OperatorSpec {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Readonly<Record<string, number>>;
}

export interface ModelSpec {
  readonly description?: string;
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Of the schema; other than 3 only to be refused, as are several copies of the subgraph. */
  readonly version?: number;
  readonly subgraphs?: number;
  /** Whether the contents of constants lie behind the flatbuffer, as in files of more than 2 GB. */
  readonly contentsBehind?: boolean;
}

/** The options table of an operator: its number in the union BuiltinOptions, and its fields. */
const OPTION_TABLES: Readonly<Record<string, { readonly union: number; readonly fields: Readonly<Record<string, number>> }>> = {
  CONV_2D: { union: 1, fields: CONV_OPTIONS },
  DEPTHWISE_CONV_2D: { union: 2, fields: DEPTHWISE_OPTIONS },
  AVERAGE_POOL_2D: { union: 5, fields: POOL_OPTIONS },
  MAX_POOL_2D: { union: 5, fields: POOL_OPTIONS },
  FULLY_CONNECTED: { union: 8, fields: FULLY_CONNECTED_OPTIONS },
  SOFTMAX: { union: 9, fields: SOFTMAX_OPTIONS },
  CONCATENATION: { union: 10, fields: CONCATENATION_OPTIONS },
  ADD: { union: 11, fields: ADD_OPTIONS },
  MEAN: { union: 27, fields: REDUCER_OPTIONS },
};

/** Fields that are not 32-bit integers, and those that are not 0 where they are not stored. */
const FIELD_KINDS: Readonly<Record<string, 'int8' | 'float32'>> = {
  padding: 'int8',
  activation: 'int8',
  weightsFormat: 'int8',
  keepDims: 'int8',
  beta: 'float32',
};
const FIELD_DEFAULTS: Readonly<Record<string, number>> = { dilationW: 1, dilationH: 1 };

/** Versions that the published converter gives the int8 forms; all others are of version 1. */
const VERSIONS: Readonly<Record<string, number>> = {
  ADD: 2,
  AVERAGE_POOL_2D: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 4,
  LOGISTIC: 2,
  SOFTMAX: 2,
  TANH: 2,
};

function vector<T>(b: Builder, size: number, items: readonly T[], add: (item: T) => void, alignment = size): Offset {
  b.startVector(size, items.length, alignment);
  for (let i = items.length - 1; i >= 0; i--) add(items[i]);
  return b.endVector();
}

const offsets = (b: Builder, items: readonly Offset[]): Offset => vector(b, 4, items, (o) => b.addOffset(o));
const int32s = (b: Builder, items: readonly number[]): Offset => vector(b, 4, items, (v) => b.addInt32(v));

const bytesOf = (data: NonNullable<TensorSpec['data']>): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const aligned = (n: number): number => (n + 15) & ~15;

/** Buffers are aligned to 16 bytes so that an interpreter may map the file. */
function writeBuffer(b: Builder, data: TensorSpec['data'], behind: number | null): Offset {
  const bytes = data === undefined ? null : bytesOf(data);
  const content = bytes === null || behind !== null ? 0 : vector(b, 1, Array.from(bytes), (v) => b.addInt8(v), 16);
  b.startObject(3);
  b.addFieldOffset(BUFFER.data, content, 0);
  if (behind !== null) {
    b.addFieldInt64(BUFFER.offset, BigInt(behind), 0n);
    b.addFieldInt64(BUFFER.size, BigInt(bytes?.length ?? 0), 0n);
  }
  return b.endObject();
}

function writeQuantization(b: Builder, q: NonNullable<TensorSpec['quantization']>): Offset {
  const scales = vector(b, 4, q.scales, (v) => b.addFloat32(v));
  const zeroPoints = vector(b, 8, q.scales, () => b.addInt64(BigInt(q.zeroPoint)));
  b.startObject(7);
  b.addFieldOffset(QUANTIZATION.scale, scales, 0);
  b.addFieldOffset(QUANTIZATION.zeroPoint, zeroPoints, 0);
  b.addFieldInt32(QUANTIZATION.quantizedDimension, q.axis ?? 0, 0);
  return b.endObject();
}

function writeTensor(b: Builder, tensor: TensorSpec, buffer: number): Offset {
  const shape = int32s(b, tensor.shape);
  const name = b.createString(tensor.name);
  const quantization = tensor.quantization === undefined ? 0 : writeQuantization(b, tensor.quantization);
  b.startObject(8);
  b.addFieldOffset(TENSOR.shape, shape, 0);
  b.addFieldInt8(TENSOR.type, TENSOR_TYPE_NAMES.indexOf(tensor.type), 0);
  b.addFieldInt32(TENSOR.buffer, buffer, 0);
  b.addFieldOffset(TENSOR.name, name, 0);
  b.addFieldOffset(TENSOR.quantization, quantization, 0);
  return b.endObject();
}

function tableOf(op: string) {
  const table = OPTION_TABLES[op];
  if (table === undefined) throw new Error(`internal error: the options of ${op} are not known here`);
  return table;
}

function writeOptions(b: Builder, { op, options = {} }: OperatorSpec): Offset {
  const { fields } = tableOf(op);
  b.startObject(Math.max(...Object.values(fields)) + 1);
  for (const [name, value] of Object.entries(options)) {
    if (!(name in fields)) throw new Error(`internal error: ${op} has no option ${name}`);
    const absent = FIELD_DEFAULTS[name] ?? 0;
    const kind = FIELD_KINDS[name];
    if (kind === 'int8') b.addFieldInt8(fields[name], value, absent);
    else if (kind === 'float32') b.addFieldFloat32(fields[name], value, absent);
    else b.addFieldInt32(fields[name], value, absent);
  }
  return b.endObject();
}

function writeOperator(b: Builder, operator: OperatorSpec, opcodeIndex: number): Offset {
  const inputs = int32s(b, operator.inputs);
  const outputs = int32s(b, operator.outputs);
  const options = operator.options === undefined ? 0 : writeOptions(b, operator);
  b.startObject(9);
  b.addFieldInt32(OPERATOR.opcodeIndex, opcodeIndex, 0);
  b.addFieldOffset(OPERATOR.inputs, inputs, 0);
  b.addFieldOffset(OPERATOR.outputs, outputs, 0);
  if (options !== 0) b.addFieldInt8(OPERATOR.builtinOptionsType, tableOf(operator.op).union, 0);
  b.addFieldOffset(OPERATOR.builtinOptions, options, 0);
  return b.endObject();
}

/** Both code fields are written: readers before 2020 know only the one-byte one. */
function writeOperatorCode(b: Builder, op: string): Offset {
  const names: readonly string[] = BUILTIN_NAMES;
  const custom = names.includes(op) ? 0 : b.createString(op);
  const code = names.indexOf(custom === 0 ? op : 'CUSTOM');
  b.startObject(4);
  b.addFieldInt8(OPERATOR_CODE.deprecatedBuiltinCode, code, 0);
  b.addFieldOffset(OPERATOR_CODE.customCode, custom, 0);
  b.addFieldInt32(OPERATOR_CODE.version, VERSIONS[op] ?? 1, 1);
  b.addFieldInt32(OPERATOR_CODE.builtinCode, code, 0);
  return b.endObject();
}

const constantsOf = (model: ModelSpec) => model.tensors.filter((t) => t.data !== undefined);

/** The flatbuffer. Buffer 0 is the empty one that the format prescribes; the contents of constants begin at `behind` or are within. */
function writeFlatbuffer(model: ModelSpec, behind: number | null): Uint8Array {
  const b = new Builder(1 << 16);
  const constants = constantsOf(model);
  let at = behind;
  const buffers = offsets(b, [
    writeBuffer(b, undefined, null),
    ...constants.map((t) => {
      const start = at;
      if (at !== null) at += aligned(t.data?.byteLength ?? 0);
      return writeBuffer(b, t.data, start);
    }),
  ]);
  const names = [...new Set(model.operators.map((o) => o.op))];
  const subgraph = () => {
    const tensors = offsets(
      b,
      model.tensors.map((t) => writeTensor(b, t, t.data === undefined ? 0 : 1 + constants.indexOf(t))),
    );
    const operators = offsets(
      b,
      model.operators.map((o) => writeOperator(b, o, names.indexOf(o.op))),
    );
    const [inputs, outputs, name] = [int32s(b, model.inputs), int32s(b, model.outputs), b.createString('main')];
    b.startObject(5);
    b.addFieldOffset(SUBGRAPH.tensors, tensors, 0);
    b.addFieldOffset(SUBGRAPH.inputs, inputs, 0);
    b.addFieldOffset(SUBGRAPH.outputs, outputs, 0);
    b.addFieldOffset(SUBGRAPH.operators, operators, 0);
    b.addFieldOffset(SUBGRAPH.name, name, 0);
    return b.endObject();
  };
  const subgraphs = offsets(b, Array.from({ length: model.subgraphs ?? 1 }, subgraph));
  const codes = offsets(
    b,
    names.map((n) => writeOperatorCode(b, n)),
  );
  const description = model.description === undefined ? 0 : b.createString(model.description);
  b.startObject(8);
  b.addFieldInt32(MODEL.version, model.version ?? 3, 0);
  b.addFieldOffset(MODEL.operatorCodes, codes, 0);
  b.addFieldOffset(MODEL.subgraphs, subgraphs, 0);
  b.addFieldOffset(MODEL.description, description, 0);
  b.addFieldOffset(MODEL.buffers, buffers, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array();
}

/** The bytes of a .tflite file. */
export function writeTflite(model: ModelSpec): Uint8Array {
  if (model.contentsBehind !== true) return writeFlatbuffer(model, null);
  // the length does not depend on the numbers that stand in it
  const head = aligned(writeFlatbuffer(model, 16).length);
  const contents = constantsOf(model).map((t) => bytesOf(t.data as NonNullable<TensorSpec['data']>));
  const file = new Uint8Array(contents.reduce((n, bytes) => n + aligned(bytes.length), head));
  file.set(writeFlatbuffer(model, head));
  let at = head;
  for (const bytes of contents) {
    file.set(bytes, at);
    at += aligned(bytes.length);
  }
  return file;
}
