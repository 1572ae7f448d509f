/**
 * Layout planning: which values have a blocked form in device memory, with which halo, and where values are packed and unpacked.
 *
 *   kernel conv (reads x with halo 1), kernel conv (reads x with halo 0), host softmax (reads x)
 *   =>   one blocked form of x with halo 1; an unpack in front of softmax
 *
 * A value has one form for every view that a kernel takes of it (usually one); a form's halo is the maximum over its readers. A
 * kernel writes one form; every other form is packed from the host's copy, which is unpacked from the written form where the host
 * did not make the value. Packing and unpacking happen as late as possible, and at most once.
 */
import type { ActivationLayout } from '../kernel/spec.js';
import type { BlockedUse, Halo, HostOp, KernelOp, Program, ValueId, View } from '../partition/program.js';
import { layoutOf } from '../partition/vta-specs.js';

/** A blocked form of a value; `lanes` is the block of its tiles. */
export interface BlockedForm {
  readonly value: ValueId;
  readonly lanes: number;
  readonly layout: ActivationLayout;
}

/** A step of the planned program; forms by number. */
export type PlannedStep =
  | { readonly kind: 'host'; readonly op: HostOp }
  | { readonly kind: 'kernel'; readonly op: KernelOp; readonly inputs: readonly number[]; readonly output: number }
  | { readonly kind: 'pack'; readonly form: number }
  | { readonly kind: 'unpack'; readonly form: number };

export interface LayoutPlan {
  readonly forms: readonly BlockedForm[];
  readonly steps: readonly PlannedStep[];
}

const keyOf = (value: ValueId, v: View): string => `${value}:${v.channels}x${v.height}x${v.width}/${v.lanes}`;

const larger = (a: Halo, b: Halo): Halo => ({
  top: Math.max(a.top, b.top),
  left: Math.max(a.left, b.left),
  bottom: Math.max(a.bottom, b.bottom),
  right: Math.max(a.right, b.right),
});

const usesOf = (op: KernelOp): readonly BlockedUse[] => [...op.inputs, op.output];

function collectForms(program: Program): { forms: BlockedForm[]; numbers: Map<string, number> } {
  const uses = new Map<string, BlockedUse>();
  for (const op of program.ops) {
    if (op.kind !== 'kernel') continue;
    for (const use of usesOf(op)) {
      const key = keyOf(use.value, use.view);
      const known = uses.get(key);
      uses.set(key, known === undefined ? use : { ...use, halo: larger(known.halo, use.halo) });
    }
  }
  const forms = [...uses.values()].map(({ value, view, halo }) => ({ value, lanes: view.lanes, layout: layoutOf(view, halo) }));
  return { forms, numbers: new Map([...uses.keys()].map((key, i) => [key, i])) };
}

/** Follows the program and inserts the steps that make every operand available where it is read. */
class Mover {
  readonly steps: PlannedStep[] = [];
  private readonly onHost: Set<ValueId>;
  private readonly onDevice = new Set<number>();

  constructor(
    program: Program,
    private readonly forms: readonly BlockedForm[],
    private readonly numbers: ReadonlyMap<string, number>,
  ) {
    const known = program.values.flatMap((v, id) => (v.tensor === undefined ? [] : [id]));
    this.onHost = new Set([...program.inputs, ...known]);
  }

  needOnHost(value: ValueId): void {
    if (this.onHost.has(value)) return;
    const form = [...this.onDevice].find((f) => this.forms[f].value === value);
    if (form === undefined) throw new Error(`internal error: value ${value} is read before it is written`);
    this.steps.push({ kind: 'unpack', form });
    this.onHost.add(value);
  }

  needOnDevice(use: BlockedUse): number {
    const form = this.numbers.get(keyOf(use.value, use.view)) as number;
    if (!this.onDevice.has(form)) {
      this.needOnHost(use.value);
      this.steps.push({ kind: 'pack', form });
      this.onDevice.add(form);
    }
    return form;
  }

  host(op: HostOp): void {
    for (const value of op.inputs) this.needOnHost(value);
    this.steps.push({ kind: 'host', op });
    this.onHost.add(op.output);
  }

  kernel(op: KernelOp): void {
    const inputs = op.inputs.map((use) => this.needOnDevice(use));
    const output = this.numbers.get(keyOf(op.output.value, op.output.view)) as number;
    this.steps.push({ kind: 'kernel', op, inputs, output });
    this.onDevice.add(output);
  }
}

/** Plans the blocked forms and data movements of a program. */
export function planLayouts(program: Program): LayoutPlan {
  const { forms, numbers } = collectForms(program);
  const mover = new Mover(program, forms, numbers);
  for (const op of program.ops) {
    if (op.kind === 'host') mover.host(op);
    else mover.kernel(op);
  }
  for (const value of program.outputs) mover.needOnHost(value);
  return { forms, steps: mover.steps };
}

const haloText = ({ top, left, bottom, right }: Halo): string => `${top},${left},${bottom},${right}`;

/** The plan as text, for dumps. */
export function printLayouts(program: Program, plan: LayoutPlan): string {
  const nameOf = (f: number) => program.values[plan.forms[f].value].name;
  const forms = plan.forms.map(({ value, lanes, layout: l }, i) => {
    const image = `${l.channels} channels of ${l.height}x${l.width} in tiles of ${lanes}`;
    return `form ${i}: %${program.values[value].name}, ${image}, halo ${haloText(l.halo)}, zero point ${l.zeroPoint}`;
  });
  const steps = plan.steps.map((s) => {
    if (s.kind === 'host') return `host    %${s.op.name} = ${s.op.operator}`;
    if (s.kind === 'kernel')
      return `kernel  %${s.op.name} = ${s.op.op}(${s.inputs.map((f) => `form ${f}`).join(', ')}) -> form ${s.output}`;
    return `${s.kind.padEnd(7)} %${nameOf(s.form)} ${s.kind === 'pack' ? '->' : '<-'} form ${s.form}`;
  });
  return `${[...forms, '', ...steps].join('\n')}\n`;
}
