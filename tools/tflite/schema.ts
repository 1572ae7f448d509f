/**
 * The part of the TensorFlow Lite schema (version 3) that we write: field numbers of its tables, and the numbers and versions
 * of operators. A field number is the position of the field in its table of the published schema.
 */

export const fileIdentifier = 'TFL3';
export const schemaVersion = 3;

/** TensorType. */
export const tensorTypes = { float32: 0, int32: 2, uint8: 3, int64: 4, int8: 9 } as const;

/** BuiltinOperator with the version that the published converter gives the int8 form. */
export const operatorCodes = {
  ADD: { code: 0, version: 2 },
  AVERAGE_POOL_2D: { code: 1, version: 2 },
  CONV_2D: { code: 3, version: 3 },
  DEPTHWISE_CONV_2D: { code: 4, version: 3 },
  FULLY_CONNECTED: { code: 9, version: 4 },
  LOGISTIC: { code: 14, version: 2 },
  RESHAPE: { code: 22, version: 1 },
  SOFTMAX: { code: 25, version: 2 },
  TANH: { code: 28, version: 2 },
} as const;

export type OperatorName = keyof typeof operatorCodes;

/** A field of an options table: its number, how it is stored, and the value that is not stored. */
interface OptionField {
  readonly slot: number;
  readonly kind: 'int8' | 'int32' | 'float32';
  readonly default: number;
}

const int8 = (slot: number): OptionField => ({ slot, kind: 'int8', default: 0 });
const int32 = (slot: number, value = 0): OptionField => ({ slot, kind: 'int32', default: value });

const window = { padding: int8(0), strideWidth: int32(1), strideHeight: int32(2) };

/** BuiltinOptions: the union's number and the fields of the table. */
export const optionTables = {
  convolution: { union: 1, fields: { ...window, activation: int8(3), dilationWidth: int32(4, 1), dilationHeight: int32(5, 1) } },
  depthwise: {
    union: 2,
    fields: { ...window, depthMultiplier: int32(3), activation: int8(4), dilationWidth: int32(5, 1), dilationHeight: int32(6, 1) },
  },
  pool: { union: 5, fields: { ...window, filterWidth: int32(3), filterHeight: int32(4), activation: int8(5) } },
  fullyConnected: { union: 8, fields: { activation: int8(0) } },
  softmax: { union: 9, fields: { beta: { slot: 0, kind: 'float32', default: 0 } as OptionField } },
  add: { union: 11, fields: { activation: int8(0) } },
} satisfies Record<string, { union: number; fields: Record<string, OptionField> }>;

export type OptionTable = keyof typeof optionTables;

/** Padding and ActivationFunctionType. */
export const padding = { same: 0, valid: 1 } as const;
export const activation = { none: 0, relu: 1, relu6: 3 } as const;
