import { fail } from '#isa/diag/diagnostic';
import type { ArtifactValue, ValueQuantization } from '#runtime/artifact/artifact';
import { shapeProblem } from '#runtime/artifact/limits';
import type { Quantization } from '../graph/types.js';
import type { Program, ValueId } from '../partition/program.js';
import { pipelineMessages as M } from './messages.js';

const perTensor = (q: Quantization | null): ValueQuantization | null =>
  q === null || q.axis !== null ? null : { scale: q.scales[0], zeroPoint: q.zeroPoint };

/** @throws VtaError VTA2107 where no file could hold the value */
export function checkShape({ name, shape }: Pick<ArtifactValue, 'name' | 'shape'>): void {
  const problem = shapeProblem(shape);
  if (problem !== null) fail(M.VTA2107, { name, shape: shape.join(', '), problem });
}

/** The values of a program that the host sees, numbered in the order of their first use. */
export class ArtifactValues {
  readonly list: ArtifactValue[] = [];
  private readonly numbers = new Map<ValueId, number>();
  private readonly names = new Set<string>();

  constructor(private readonly program: Program) {}

  /** The number of a value in the artifact. */
  use(id: ValueId): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const { type, tensor } = this.program.values[id];
    const head = { name: this.nameOf(id), dtype: type.dtype, shape: type.shape, quantization: perTensor(type.quantization) };
    checkShape(head);
    const number = this.list.push(tensor === undefined ? head : { ...head, data: tensor.data }) - 1;
    this.numbers.set(id, number);
    return number;
  }

  /** A model's result has the name of the model's file where that is a plain one; everything else the layer's name. */
  private nameOf(id: ValueId): string {
    const { name, origin } = this.program.values[id];
    const plain = this.program.outputs.includes(id) && /^[\w.]+$/.test(origin) ? origin : name;
    const free = this.names.has(plain) ? name : plain;
    this.names.add(free);
    return free;
  }
}
