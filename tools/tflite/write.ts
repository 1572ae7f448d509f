import { Builder, type Offset } from 'flatbuffers';
import { fileIdentifier, operatorCodes, type OperatorName, type OptionTable, optionTables, schemaVersion, tensorTypes } from './schema.js';

/** A tensor of the model; with `data` it is a constant. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof tensorTypes;
  readonly data?: Int8Array | Int32Array | Float32Array;
  /** real = scale * (value - zeroPoint); several scales belong to the slices along `axis`. */
  readonly quantization?: { readonly scales: readonly number[]; readonly zeroPoint: number; readonly axis?: number };
}

/** An operator: tensors by number, and its options table if it has one. */
export interface OperatorSpec {
  readonly op: OperatorName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: { readonly table: OptionTable; readonly values: Readonly<Record<string, number>> };
}

export interface ModelSpec {
  readonly description: string;
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

function vector<T>(b: Builder, size: number, items: readonly T[], add: (item: T) => void, alignment = size): Offset {
  b.startVector(size, items.length, alignment);
  for (let i = items.length - 1; i >= 0; i--) add(items[i]);
  return b.endVector();
}

const offsets = (b: Builder, items: readonly Offset[]): Offset => vector(b, 4, items, (o) => b.addOffset(o));
const int32s = (b: Builder, items: readonly number[]): Offset => vector(b, 4, items, (v) => b.addInt32(v));

/** Buffers are aligned to 16 bytes so that an interpreter may map the file. */
function writeBuffer(b: Builder, data: TensorSpec['data']): Offset {
  const bytes = data === undefined ? null : Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const content = bytes === null ? 0 : vector(b, 1, bytes, (v) => b.addInt8(v), 16);
  b.startObject(1);
  if (content !== 0) b.addFieldOffset(0, content, 0);
  return b.endObject();
}

function writeQuantization(b: Builder, q: NonNullable<TensorSpec['quantization']>): Offset {
  const scales = vector(b, 4, q.scales, (v) => b.addFloat32(v));
  const zeroPoints = vector(b, 8, q.scales, () => b.addInt64(BigInt(q.zeroPoint)));
  b.startObject(7);
  b.addFieldOffset(2, scales, 0);
  b.addFieldOffset(3, zeroPoints, 0);
  b.addFieldInt32(6, q.axis ?? 0, 0);
  return b.endObject();
}

function writeTensor(b: Builder, tensor: TensorSpec, buffer: number): Offset {
  const shape = int32s(b, tensor.shape);
  const name = b.createString(tensor.name);
  const quantization = tensor.quantization === undefined ? 0 : writeQuantization(b, tensor.quantization);
  b.startObject(8);
  b.addFieldOffset(0, shape, 0);
  b.addFieldInt8(1, tensorTypes[tensor.type], 0);
  b.addFieldInt32(2, buffer, 0);
  b.addFieldOffset(3, name, 0);
  b.addFieldOffset(4, quantization, 0);
  return b.endObject();
}

function writeOptions(b: Builder, options: NonNullable<OperatorSpec['options']>): Offset {
  const fields: Readonly<Record<string, { slot: number; kind: string; default: number }>> = optionTables[options.table].fields;
  b.startObject(Math.max(...Object.values(fields).map((f) => f.slot)) + 1);
  for (const [name, value] of Object.entries(options.values)) {
    const field = fields[name];
    if (field.kind === 'int8') b.addFieldInt8(field.slot, value, field.default);
    else if (field.kind === 'int32') b.addFieldInt32(field.slot, value, field.default);
    else b.addFieldFloat32(field.slot, value, field.default);
  }
  return b.endObject();
}

function writeOperator(b: Builder, operator: OperatorSpec, opcodeIndex: number): Offset {
  const inputs = int32s(b, operator.inputs);
  const outputs = int32s(b, operator.outputs);
  const options = operator.options === undefined ? 0 : writeOptions(b, operator.options);
  b.startObject(9);
  b.addFieldInt32(0, opcodeIndex, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  if (operator.options !== undefined) b.addFieldInt8(3, optionTables[operator.options.table].union, 0);
  b.addFieldOffset(4, options, 0);
  return b.endObject();
}

/** Both code fields are written: readers before 2020 know only the one-byte one. */
function writeOperatorCode(b: Builder, name: OperatorName): Offset {
  const { code, version } = operatorCodes[name];
  b.startObject(4);
  b.addFieldInt8(0, code, 0);
  b.addFieldInt32(2, version, 1);
  b.addFieldInt32(3, code, 0);
  return b.endObject();
}

/** The bytes of a .tflite file with one subgraph. Buffer 0 is the empty one that the format prescribes. */
export function writeTflite(model: ModelSpec): Uint8Array {
  const b = new Builder(1 << 16);
  const constants = model.tensors.filter((t) => t.data !== undefined);
  const buffers = offsets(b, [writeBuffer(b, undefined), ...constants.map((t) => writeBuffer(b, t.data))]);
  const tensors = offsets(
    b,
    model.tensors.map((t) => writeTensor(b, t, t.data === undefined ? 0 : 1 + constants.indexOf(t))),
  );
  const names = [...new Set(model.operators.map((o) => o.op))];
  const operators = offsets(
    b,
    model.operators.map((o) => writeOperator(b, o, names.indexOf(o.op))),
  );
  const [inputs, outputs, name] = [int32s(b, model.inputs), int32s(b, model.outputs), b.createString('main')];
  b.startObject(5);
  [tensors, inputs, outputs, operators, name].forEach((offset, slot) => b.addFieldOffset(slot, offset, 0));
  const subgraphs = offsets(b, [b.endObject()]);
  const codes = offsets(
    b,
    names.map((n) => writeOperatorCode(b, n)),
  );
  const description = b.createString(model.description);
  b.startObject(8);
  b.addFieldInt32(0, schemaVersion, 0);
  [codes, subgraphs, description, buffers].forEach((offset, i) => b.addFieldOffset(i + 1, offset, 0));
  b.finish(b.endObject(), fileIdentifier);
  return b.asUint8Array();
}
