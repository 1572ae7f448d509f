import { fail, nearest } from '#isa/diag/diagnostic';
import type { Artifact } from '../artifact/artifact.js';
import { runtimeMessages as M } from '../messages.js';
import { type Tensor, zeros } from '../tensor.js';

const typeName = (t: { readonly dtype: string; readonly shape: readonly number[] }) => `${t.dtype}[${t.shape.join(',')}]`;

/**
 * The number of the artifact's input or output called `name`; an empty name means the only one.
 * @throws VtaError VTA3107 (no such name), VTA3109 (not the only one)
 */
export function findPort(artifact: Artifact, kind: 'input' | 'output', name: string): number {
  const ports = kind === 'input' ? artifact.inputs : artifact.outputs;
  const all = ports.map((p) => artifact.values[p].name);
  if (name === '') {
    if (all.length !== 1) fail(M.VTA3109, { program: artifact.name, kind, count: all.length, names: all.join(', ') || '(none)' });
    return ports[0];
  }
  const at = all.indexOf(name);
  if (at < 0) {
    const near = nearest(name, all);
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    fail(M.VTA3107, { program: artifact.name, kind, name, hint, names: all.join(', ') || '(none)' });
  }
  return ports[at];
}

/**
 * Puts the given tensors (by input name) in front of an empty value table.
 * @throws VtaError VTA3107, VTA3108 (wrong type), VTA3109 (an input is missing)
 */
export function bindInputs(artifact: Artifact, inputs: ReadonlyMap<string, Tensor>): (Tensor | undefined)[] {
  const values: (Tensor | undefined)[] = artifact.values.map((v) => (v.data === undefined ? undefined : { ...v, data: v.data }));
  for (const [name, tensor] of inputs) {
    const at = findPort(artifact, 'input', name);
    const want = artifact.values[at];
    if (typeName(want) !== typeName(tensor)) {
      fail(M.VTA3108, { name: want.name, expected: typeName(want), given: typeName(tensor) });
    }
    values[at] = tensor;
  }
  for (const at of artifact.inputs) {
    if (values[at] === undefined)
      fail(M.VTA3110, { program: artifact.name, name: artifact.values[at].name, expected: typeName(artifact.values[at]) });
  }
  return values;
}

/** The seed of inputs that are made up. */
export const INPUT_SEED = 1;

/** Deterministic inputs for runs without data: 32-bit xorshift from `seed`, every value of the type's range possible. */
export function seededInputs(artifact: Artifact, seed = INPUT_SEED): Map<string, Tensor> {
  let x = (seed | 0) === 0 ? 1 : seed | 0;
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  };
  const out = new Map<string, Tensor>();
  for (const at of artifact.inputs) {
    const { name, dtype, shape } = artifact.values[at];
    const tensor = zeros(dtype, shape);
    for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = dtype === 'float32' ? next() / 2 ** 31 : next() >> 8;
    out.set(name, tensor);
  }
  return out;
}
