/** Linking: gives every buffer an address, every instruction its buffer's, and makes the artifact. */
import { encodeProgram } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Artifact, BlockedLayout } from '#runtime/artifact/artifact';
import { type CompiledKernel, physicalShape } from '../kernel/spec.js';
import type { KernelOp, Program } from '../partition/program.js';
import type { BlockedForm, LayoutPlan, PlannedStep } from './plan-layouts.js';
import { ArtifactValues } from './artifact-values.js';
import { DeviceMemory, elementBytes } from './device-memory.js';
import { relocate } from './relocate.js';

/** Reserves a blocked form and fills it with its zero point where it has a halo. */
function placeForm(form: BlockedForm, memory: DeviceMemory, config: VtaConfig): BlockedLayout {
  const { layout, lanes } = form;
  const { channels, height, width, halo } = layout;
  const length = physicalShape(layout, lanes).elements * config.batch * lanes;
  const address = memory.reserve(length, config.batch * lanes);
  if (Object.values(halo).some((n) => n > 0)) {
    memory.image.push({ kind: 'fill', role: 'halo', address, length, value: layout.zeroPoint & 0xff });
  }
  return { address, batch: config.batch, block: lanes, channels, height, width, halo };
}

/**
 * Places the activations of a plan in device memory.
 * @throws VtaError VTA2104 where they do not fit
 */
export const placeForms = (plan: LayoutPlan, config: VtaConfig, memory = new DeviceMemory()): BlockedLayout[] =>
  plan.forms.map((form) => placeForm(form, memory, config));

type KernelStep = Extract<PlannedStep, { kind: 'kernel' }>;

/** Addresses of a kernel's buffers in elements, in the order of the kernel. */
function bufferBases(
  step: KernelStep,
  kernel: CompiledKernel,
  forms: readonly BlockedLayout[],
  memory: DeviceMemory,
  config: VtaConfig,
): number[] {
  const formOf = { input: step.inputs[0], input2: step.inputs[1], output: step.output };
  return kernel.buffers.map((buffer) => {
    const bytes = elementBytes(buffer.memory, config);
    if (buffer.data !== undefined) return memory.place(buffer.role === 'uops' ? 'uops' : 'constants', buffer.data, bytes) / bytes;
    const form = forms[formOf[buffer.role as keyof typeof formOf]];
    if (form === undefined) throw new Error(`internal error: kernel ${step.op.name} has a ${buffer.role} buffer without contents`);
    const tiles = physicalShape({ ...form, zeroPoint: 0 }, form.block).elements;
    if (buffer.elements !== tiles || bytes !== form.batch * form.block) {
      throw new Error(
        `internal error: ${buffer.role} of kernel ${step.op.name} is ${buffer.elements} tiles of ${bytes} bytes, planned are ${tiles}`,
      );
    }
    return form.address / bytes;
  });
}

export interface LinkInput {
  readonly name: string;
  readonly program: Program;
  readonly plan: LayoutPlan;
  readonly kernels: ReadonlyMap<KernelOp, CompiledKernel>;
}

/**
 * Makes the artifact of a planned program.
 * @throws VtaError VTA2104 where it needs more memory than can be addressed
 */
export function link({ name, program, plan, kernels }: LinkInput): Artifact {
  const { config } = program;
  const memory = new DeviceMemory();
  const values = new ArtifactValues(program);
  const forms = placeForms(plan, config, memory);
  const steps = plan.steps.map((step): Artifact['steps'][number] => {
    switch (step.kind) {
      case 'host': {
        const { name: layer, operator: op, attrs, macs } = step.op;
        return {
          kind: 'host',
          name: layer,
          op,
          attrs,
          inputs: step.op.inputs.map((v) => values.use(v)),
          output: values.use(step.op.output),
          macs,
        };
      }
      case 'kernel': {
        const kernel = kernels.get(step.op) as CompiledKernel;
        const insns = relocate(kernel.insns, kernel.relocations, bufferBases(step, kernel, forms, memory, config));
        const insnAddr = memory.place('instructions', encodeProgram(insns, config));
        const { name: layer, op } = step.op;
        return {
          kind: 'vta',
          name: layer,
          op,
          insnAddr,
          insnCount: insns.length,
          macs: kernel.macs,
          notes: kernel.notes,
          exact: kernel.exact,
        };
      }
      default:
        return { kind: step.kind, value: values.use(plan.forms[step.form].value), layout: forms[step.form] };
    }
  });
  const [inputs, outputs] = [program.inputs, program.outputs].map((list) => list.map((v) => values.use(v)));
  return { name, config, values: values.list, inputs, outputs, steps, dramBytes: memory.size, image: memory.image };
}
