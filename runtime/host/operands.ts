/** Checked access to the operands and attributes of a host operator; everything unexpected is VTA3011. */
import { fail } from '#isa/diag/diagnostic';
import { runtimeMessages } from '../messages.js';
import { sizeOf, type DType, type Tensor, type TensorData } from '../tensor.js';
import type { HostAttrs } from './operator.js';
import type { RequantSpec, Rounding } from './requantize-rules.js';

interface Arrays {
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  int32: Int32Array;
  float32: Float32Array;
}

export type TypedTensor<D extends DType> = Tensor & { readonly data: Arrays[D] };

/** The operands and attributes of one run, with the operator's name for messages. */
export class Operands {
  constructor(
    readonly operator: string,
    private readonly inputs: readonly Tensor[],
    private readonly attrs: HostAttrs,
  ) {}

  fail(problem: string): never {
    fail(runtimeMessages.VTA3011, { operator: this.operator, problem });
  }

  /** Refuses unless `ok`. */
  check(ok: boolean, problem: string): void {
    if (!ok) this.fail(problem);
  }

  get count(): number {
    return this.inputs.length;
  }

  /** Operand `index`, of any type. */
  any(index: number): Tensor {
    const t = this.inputs[index];
    if (t === undefined) this.fail(`operand ${index} is missing`);
    this.check(t.data.length === sizeOf(t.shape), `operand ${index} has ${t.data.length} elements for the shape [${t.shape}]`);
    return t;
  }

  tensor<D extends DType>(index: number, dtype: D, rank?: number): TypedTensor<D> {
    const t = this.any(index);
    this.check(t.dtype === dtype, `operand ${index} is ${t.dtype}, not ${dtype}`);
    this.check(rank === undefined || t.shape.length === rank, `operand ${index} has the shape [${t.shape}], ${rank} dimensions are needed`);
    return t as TypedTensor<D>;
  }

  number(name: string): number {
    const v = this.attrs[name];
    return typeof v === 'number' && Number.isFinite(v) ? v : this.fail(`attribute ${name} must be a number`);
  }

  /** A whole number within the int8 range. */
  int8(name: string): number {
    const v = this.number(name);
    this.check(Number.isInteger(v) && v >= -128 && v <= 127, `attribute ${name} must be an int8 value, not ${v}`);
    return v;
  }

  numbers(name: string, length?: number): readonly number[] {
    const v = this.attrs[name];
    if (!Array.isArray(v) || !v.every((x) => typeof x === 'number' && Number.isFinite(x)))
      this.fail(`attribute ${name} must be a list of numbers`);
    this.check(length === undefined || v.length === length, `attribute ${name} must have ${length} numbers`);
    return v;
  }

  /** Whole numbers not below `low`. */
  ints(name: string, low: number, length?: number): readonly number[] {
    const v = this.numbers(name, length);
    this.check(
      v.every((x) => Number.isInteger(x) && x >= low),
      `attribute ${name} must hold whole numbers of at least ${low}`,
    );
    return v;
  }

  bool(name: string): boolean {
    const v = this.attrs[name];
    return typeof v === 'boolean' ? v : this.fail(`attribute ${name} must be true or false`);
  }

  clamp(): readonly number[] {
    const c = this.ints('clamp', -128, 2);
    this.check(c[0] <= c[1] && c[1] <= 127, 'attribute clamp must be an interval within -128..127');
    return c;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const v = values.find((value) => value === this.attrs[name]);
    return v ?? this.fail(`attribute ${name} must be one of ${values.join(', ')}`);
  }

  rounding(): Rounding {
    return this.oneOf('rounding', ['reference', 'single', 'double']);
  }

  /** The requantization of a layer with `channels` output channels. */
  requant(channels: number): RequantSpec {
    const weightScales = this.numbers('weightScales');
    this.check(
      weightScales.length === 1 || weightScales.length === channels,
      `${weightScales.length} weight scales for ${channels} channels`,
    );
    return {
      inputScale: this.number('inputScale'),
      weightScales,
      outputScale: this.number('outputScale'),
      outputZeroPoint: this.int8('outputZeroPoint'),
      clamp: this.clamp(),
      rounding: this.rounding(),
    };
  }
}

/** An int8 result. */
export const int8Tensor = (shape: readonly number[], data: TensorData): Tensor => ({ dtype: 'int8', shape, data });
