/** One operator in TensorFlow Lite's interpreter, in the graph interpreter (which runs the host operators), and on VTA. */
import { importTflite } from '#compiler/frontend/tflite/import';
import { writeTflite } from '#compiler/frontend/tflite/write';
import { interpret } from '#compiler/graph/interpret';
import type { GraphModule } from '#compiler/graph/node';
import type { TensorType } from '#compiler/graph/types';
import { compileGraph } from '#compiler/pipeline/compile';
import { type PRESET_KEYS, preset } from '#isa/config/presets';
import { isExactProgram } from '#runtime/artifact/artifact';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import type { Tensor } from '#runtime/tensor';
import { createFunctional } from '#simulator/functional/device';
import { Interpreter, type Inference, type Kernels, type Values } from './interpreter.js';
import { knownDifference } from './known-differences.js';
import type { OperatorCase } from './random-values.js';

export interface Comparison {
  /** `refused`: the interpreter does not take the model. `known`: the whole result is one of known-differences.ts. */
  readonly outcome: 'equal' | 'differs' | 'refused' | 'known';
  readonly ran: Inference['ran'] | null;
  readonly elements: number;
  readonly differing: number;
  /** The first difference, or why the interpreter refuses. */
  readonly detail: string;
}

/** An interpreter that is made anew when a model has brought it down (TensorFlow Lite ends the process where a scale is absurd). */
export class Reference {
  private interpreter: Interpreter | null = null;

  async run(c: OperatorCase, kernels: Kernels): Promise<Inference | string> {
    this.interpreter ??= await Interpreter.open();
    try {
      return this.interpreter.run(c.model, c.inputs, kernels);
    } catch (e) {
      const message = e instanceof Error ? e.message : String(e);
      if (message.startsWith('the interpreter refuses')) return message;
      if (!message.startsWith('Aborted')) throw e;
      this.interpreter = null;
      return message;
    }
  }
}

const importCase = (c: OperatorCase, kernels: Kernels): GraphModule => importTflite(writeTflite(c.model), c.operator, c.operator, kernels);

function inputTensors(module: GraphModule, c: OperatorCase): Map<string, Tensor> {
  const tensor = (type: TensorType, data: Values): Tensor => ({ dtype: type.dtype, shape: type.shape, data });
  return new Map(module.main.params.map((p, i) => [p.name, tensor(p.type as TensorType, c.inputs[i])]));
}

/** Compares a case with the interpreter's result, element by element; -0 and 0 are two values. */
export async function compareWithReference(reference: Reference, c: OperatorCase, kernels: Kernels): Promise<Comparison> {
  const nothing = { elements: 0, differing: 0, detail: '' };
  const wanted = await reference.run(c, kernels);
  if (typeof wanted === 'string') return { ...nothing, outcome: 'refused', ran: null, detail: wanted };
  const known = knownDifference(c, wanted.ran);
  if (known === 'all') return { ...nothing, outcome: 'known', ran: wanted.ran };
  const module = importCase(c, kernels);
  const got = interpret(module, Object.fromEntries(inputTensors(module, c))).outputs[0].data;
  const y = wanted.outputs[0];
  const wrong = Array.from(y.keys()).filter((i) => !Object.is(y[i], got[i]) && !known(i));
  const [first] = wrong;
  const detail = first === undefined ? '' : `element ${first}: want ${y[first]}, got ${got[first]}`;
  return { outcome: wrong.length === 0 ? 'equal' : 'differs', ran: wanted.ran, elements: y.length, differing: wrong.length, detail };
}

export type PresetName = keyof typeof PRESET_KEYS;
export const VTA_PRESETS = ['default', 'default-x', 'mac64', 'mac64-x'] as const satisfies readonly PresetName[];

/** Elements in which the case, compiled with `--exact` for a machine, differs from the graph. @throws Error where the program says that it may */
export async function differencesOnVta(c: OperatorCase, kernels: Kernels, machine: PresetName): Promise<number> {
  const module = importCase(c, kernels);
  const config = preset(machine);
  const { artifact } = compileGraph(module, { config, exact: true });
  if (!isExactProgram(artifact)) throw new Error('compiled to be exact, but it says that it is not');
  const inputs = inputTensors(module, c);
  const { outputs } = await runArtifact(decodeArtifact(encodeArtifact(artifact), c.operator), createFunctional(config), inputs);
  const wanted = interpret(module, Object.fromEntries(inputs)).outputs[0].data;
  const got = outputs[0].tensor.data;
  return Array.from(wanted).filter((v, i) => !Object.is(v, got[i])).length;
}
