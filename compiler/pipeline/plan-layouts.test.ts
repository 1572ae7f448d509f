import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { perTensor, tensorType } from '../graph/types.js';
import { type Halo, NO_HALO, ProgramBuilder, type ValueId, type View } from '../partition/program.js';
import { planLayouts } from './plan-layouts.js';

const type = tensorType('int8', [1, 4, 4, 16], perTensor(0.5, 3));
const image: View = { channels: 16, height: 4, width: 4, lanes: 16, zeroPoint: 3 };
const halo = (n: number): Halo => ({ top: n, left: n, bottom: n, right: n });
const build = () => {
  throw new Error('not built here');
};

/** A program of kernels `name: inputs -> output` and host operators. */
class Sketch {
  readonly builder = new ProgramBuilder(preset('default'));
  value = (name: string) => this.builder.value(name, type);
  host(name: string, inputs: readonly ValueId[]): ValueId {
    const output = this.value(name);
    this.builder.add({ kind: 'host', name, operator: 'relu', attrs: {}, inputs, output, macs: 0 });
    return output;
  }
  kernel(name: string, inputs: readonly (readonly [ValueId, Halo, View?])[], view: View = image): ValueId {
    const value = this.value(name);
    const uses = inputs.map(([v, h, w]) => ({ value: v, view: w ?? image, halo: h }));
    this.builder.add({ kind: 'kernel', name, op: 'conv2d', inputs: uses, output: { value, view, halo: NO_HALO }, build });
    return value;
  }
  plan(inputs: readonly ValueId[], outputs: readonly ValueId[]) {
    const program = this.builder.finish(inputs, outputs);
    const plan = planLayouts(program);
    const nameOf = (form: number) => program.values[plan.forms[form].value].name;
    const steps = plan.steps.map((s) =>
      s.kind === 'host' || s.kind === 'kernel' ? `${s.kind} ${s.op.name}` : `${s.kind} ${nameOf(s.form)}`,
    );
    return { plan, steps, halos: plan.forms.map((f) => [program.values[f.value].name, f.layout.halo.top]) };
  }
}

describe('planLayouts', () => {
  test('one form for all readers, with the largest halo; packed and unpacked once, where needed', () => {
    const s = new Sketch();
    const x = s.value('x');
    const a = s.kernel('a', [[x, halo(1)]]);
    const b = s.kernel('b', [[a, halo(0)]]);
    const c = s.kernel('c', [
      [a, halo(2)],
      [x, halo(0)],
    ]);
    const h = s.host('h', [c]);
    const i = s.host('i', [c, b]);
    const { steps, halos } = s.plan([x], [h, i, b]);
    expect(halos).toEqual([
      ['x', 1],
      ['a', 2],
      ['b', 0],
      ['c', 0],
    ]);
    expect(steps).toEqual(['pack x', 'kernel a', 'kernel b', 'kernel c', 'unpack c', 'host h', 'unpack b', 'host i']);
  });

  test('each side of a halo is the largest that a reader needs there', () => {
    const s = new Sketch();
    const x = s.value('x');
    const sides = { top: [1, 3], left: [4, 0], bottom: [0, 5], right: [6, 2] };
    const need = (n: 0 | 1): Halo => ({ top: sides.top[n], left: sides.left[n], bottom: sides.bottom[n], right: sides.right[n] });
    const a = s.kernel('a', [[x, need(0)]]);
    const b = s.kernel('b', [[x, need(1)]]);
    expect(s.plan([x], [a, b]).plan.forms[0].layout.halo).toEqual({ top: 3, left: 4, bottom: 5, right: 6 });
  });

  test('a kernel that reads what the host computed', () => {
    const s = new Sketch();
    const x = s.value('x');
    const h = s.host('h', [s.kernel('a', [[x, NO_HALO]])]);
    const b = s.kernel('b', [[h, NO_HALO]]);
    expect(s.plan([x], [b]).steps).toEqual(['pack x', 'kernel a', 'unpack a', 'host h', 'pack h', 'kernel b', 'unpack b']);
  });

  test('another view of a value is another form, and goes through the host', () => {
    const s = new Sketch();
    const x = s.value('x');
    const flat: View = { ...image, channels: 256, height: 1, width: 1 };
    const wide: View = { ...image, lanes: 8 };
    const a = s.kernel('a', [[x, NO_HALO]]);
    const b = s.kernel('b', [[a, NO_HALO, flat]]);
    const c = s.kernel('c', [
      [a, NO_HALO, wide],
      [b, NO_HALO],
    ]);
    const { steps, plan } = s.plan([x], [c]);
    expect(steps).toEqual(['pack x', 'kernel a', 'unpack a', 'pack a', 'kernel b', 'pack a', 'kernel c', 'unpack c']);
    expect(plan.forms.map((f) => [f.layout.channels, f.lanes])).toEqual([
      [16, 16],
      [16, 16],
      [256, 16],
      [16, 16],
      [16, 8],
      [16, 16],
    ]);
  });

  test('values that are inputs and outputs at once move nothing', () => {
    const s = new Sketch();
    const x = s.value('x');
    expect(s.plan([x], [x]).steps).toEqual([]);
  });
});
