/** What a converter is: from one TFLite operator to graph calls. One file per family; the table of all is table.ts. */
import type { DType } from '#runtime/tensor';
import type { ValueNode } from '../../../graph/node.js';
import type { OperatorContext } from '../context.js';

export interface Converter {
  /** Element types of operand 0 and of the result that it takes. */
  readonly takes: readonly (readonly [input: DType, result: DType])[];
  readonly convert: (c: OperatorContext) => ValueNode;
}

export const INT8: Converter['takes'] = [['int8', 'int8']];
/** Of operators that only move elements. */
export const ANY_TYPE: Converter['takes'] = (['int8', 'uint8', 'int32', 'float32'] as const).map((t) => [t, t] as const);

export const int8 = (convert: Converter['convert']): Converter => ({ takes: INT8, convert });
