/** Writes small TensorFlow Lite files, for tests: the counterpart of model.ts. */
import { Builder } from 'flatbuffers';
import { BUFFER, BUILTIN_NAMES, MODEL, OPERATOR, OPERATOR_CODE, QUANTIZATION, SUBGRAPH, TENSOR, TENSOR_TYPE_NAMES } from '../schema.js';

export interface TensorText {
  readonly name: string;
  readonly type: (typeof TENSOR_TYPE_NAMES)[number];
  readonly shape: readonly number[];
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  readonly axis?: number;
  /** Contents of a constant. */
  readonly data?: Int8Array | Int32Array | Float32Array;
}

/** A scalar of an options table. */
export type OptionText = readonly [kind: 'int8' | 'int32' | 'float32', value: number];

export interface OperatorText {
  /** A builtin name, or any other name for a custom operator. */
  readonly op: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Fields of the options table by number. */
  readonly options?: Readonly<Record<number, OptionText>>;
}

export interface ModelText {
  readonly version?: number;
  readonly subgraphs?: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly tensors: readonly TensorText[];
  readonly operators: readonly OperatorText[];
}

function int32s(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const v of [...values].reverse()) b.addInt32(v);
  return b.endVector();
}

function offsets(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const v of [...values].reverse()) b.addOffset(v);
  return b.endVector();
}

function byteVector(b: Builder, data: TensorText['data']): number {
  const bytes = data === undefined ? new Uint8Array(0) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  b.startVector(1, bytes.length, 16);
  for (let i = bytes.length - 1; i >= 0; i--) b.addInt8((bytes[i] << 24) >> 24);
  return b.endVector();
}

function quantization(b: Builder, t: TensorText): number {
  const scales = t.scales ?? [];
  const zeros = t.zeroPoints ?? scales.map(() => 0);
  b.startVector(4, scales.length, 4);
  for (const v of [...scales].reverse()) b.addFloat32(v);
  const scale = b.endVector();
  b.startVector(8, zeros.length, 8);
  for (const v of [...zeros].reverse()) b.addInt64(BigInt(v));
  const zeroPoint = b.endVector();
  b.startObject(7);
  b.addFieldOffset(QUANTIZATION.scale, scale, 0);
  b.addFieldOffset(QUANTIZATION.zeroPoint, zeroPoint, 0);
  b.addFieldInt32(QUANTIZATION.quantizedDimension, t.axis ?? 0, 0);
  return b.endObject();
}

function tensor(b: Builder, t: TensorText, buffer: number): number {
  const name = b.createString(t.name);
  const shape = int32s(b, t.shape);
  const q = t.scales === undefined ? 0 : quantization(b, t);
  b.startObject(5);
  b.addFieldOffset(TENSOR.shape, shape, 0);
  b.addFieldInt8(TENSOR.type, TENSOR_TYPE_NAMES.indexOf(t.type), 0);
  b.addFieldInt32(TENSOR.buffer, buffer, 0);
  b.addFieldOffset(TENSOR.name, name, 0);
  if (q !== 0) b.addFieldOffset(TENSOR.quantization, q, 0);
  return b.endObject();
}

function options(b: Builder, fields: Readonly<Record<number, OptionText>>): number {
  b.startObject(8);
  for (const [field, [kind, value]] of Object.entries(fields)) {
    if (kind === 'int8') b.addFieldInt8(Number(field), value, 0);
    if (kind === 'int32') b.addFieldInt32(Number(field), value, 0);
    if (kind === 'float32') b.addFieldFloat32(Number(field), value, 0);
  }
  return b.endObject();
}

function operator(b: Builder, o: OperatorText, code: number): number {
  const inputs = int32s(b, o.inputs);
  const outputs = int32s(b, o.outputs);
  const table = o.options === undefined ? 0 : options(b, o.options);
  b.startObject(5);
  b.addFieldInt32(OPERATOR.opcodeIndex, code, 0);
  b.addFieldOffset(OPERATOR.inputs, inputs, 0);
  b.addFieldOffset(OPERATOR.outputs, outputs, 0);
  if (table !== 0) b.addFieldOffset(OPERATOR.builtinOptions, table, 0);
  return b.endObject();
}

function operatorCode(b: Builder, op: string): number {
  const number = (BUILTIN_NAMES as readonly string[]).indexOf(op);
  const custom = number < 0 ? b.createString(op) : 0;
  const code = number < 0 ? BUILTIN_NAMES.indexOf('CUSTOM') : number;
  b.startObject(4);
  b.addFieldInt8(OPERATOR_CODE.deprecatedBuiltinCode, Math.min(code, 127), 0);
  if (custom !== 0) b.addFieldOffset(OPERATOR_CODE.customCode, custom, 0);
  b.addFieldInt32(OPERATOR_CODE.builtinCode, code, 0);
  return b.endObject();
}

function subgraph(b: Builder, m: ModelText): number {
  const tensors = offsets(
    b,
    m.tensors.map((t, i) => tensor(b, t, i + 1)),
  );
  const operators = offsets(
    b,
    m.operators.map((o, i) => operator(b, o, i)),
  );
  const inputs = int32s(b, m.inputs);
  const outputs = int32s(b, m.outputs);
  b.startObject(4);
  b.addFieldOffset(SUBGRAPH.tensors, tensors, 0);
  b.addFieldOffset(SUBGRAPH.inputs, inputs, 0);
  b.addFieldOffset(SUBGRAPH.outputs, outputs, 0);
  b.addFieldOffset(SUBGRAPH.operators, operators, 0);
  return b.endObject();
}

/** The bytes of a model; buffer 0 is empty and buffer i + 1 belongs to tensor i. */
export function writeModel(m: ModelText): Uint8Array {
  const b = new Builder(1024);
  const buffers = [undefined, ...m.tensors.map((t) => t.data)].map((data) => {
    const bytes = byteVector(b, data);
    b.startObject(1);
    b.addFieldOffset(BUFFER.data, bytes, 0);
    return b.endObject();
  });
  const bufferList = offsets(b, buffers);
  const codes = offsets(
    b,
    m.operators.map((o) => operatorCode(b, o.op)),
  );
  const graphs = offsets(
    b,
    Array.from({ length: m.subgraphs ?? 1 }, () => subgraph(b, m)),
  );
  b.startObject(5);
  b.addFieldInt32(MODEL.version, m.version ?? 3, 0);
  b.addFieldOffset(MODEL.operatorCodes, codes, 0);
  b.addFieldOffset(MODEL.subgraphs, graphs, 0);
  b.addFieldOffset(MODEL.buffers, bufferList, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array().slice();
}
