import { type ModelSpec, type OperatorSpec, type TensorSpec, writeTflite } from '#compiler/frontend/tflite/write';

/** A model of one fully connected layer, int8 [1, 4] to [1, 2], with parts replaced. */
export interface Changes {
  readonly input?: Partial<TensorSpec>;
  readonly weights?: Partial<TensorSpec>;
  readonly output?: Partial<TensorSpec>;
  readonly operator?: Partial<OperatorSpec>;
  /** The results; the layer's output where absent. */
  readonly outputs?: readonly number[];
  readonly operators?: readonly OperatorSpec[];
}

const scaled = (scale: number) => ({ scales: [scale], zeroPoint: 0 });

export function denseModel(changes: Changes = {}): ModelSpec {
  const tensors: readonly TensorSpec[] = [
    { name: 'x', shape: [1, 4], type: 'INT8', quantization: scaled(0.5), ...changes.input },
    { name: 'w', shape: [2, 4], type: 'INT8', data: Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8), quantization: scaled(0.25), ...changes.weights },
    { name: 'b', shape: [2], type: 'INT32', data: Int32Array.of(10, -10), quantization: scaled(0.125) },
    { name: 'y', shape: [1, 2], type: 'INT8', quantization: scaled(1), ...changes.output },
  ];
  const layer: OperatorSpec = {
    op: 'FULLY_CONNECTED',
    inputs: [0, 1, 2],
    outputs: [3],
    options: {},
    ...changes.operator,
  };
  return { tensors, operators: changes.operators ?? [layer], inputs: [0], outputs: changes.outputs ?? [3] };
}

export const dense = (changes: Changes = {}): Uint8Array => writeTflite(denseModel(changes));

/** A copy with one 32-bit number of the file's root table changed: what field `number` refers to, or the field itself. */
function patched(bytes: Uint8Array, number: number, value: number, referred: boolean): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const root = view.getUint32(0, true);
  const field = root + view.getUint16(root - view.getInt32(root, true) + 4 + 2 * number, true);
  view.setUint32(referred ? field + view.getUint32(field, true) : field, value, true);
  return copy;
}

export const withSchemaVersion = (bytes: Uint8Array, version: number): Uint8Array => patched(bytes, 0, version, false);
export const withSubgraphCount = (bytes: Uint8Array, count: number): Uint8Array => patched(bytes, 2, count, true);
