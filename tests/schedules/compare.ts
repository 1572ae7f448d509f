import { compileTir } from '#compiler/pipeline/compile-tir';
import type { Step } from '#compiler/schedule/primitive';
import { applySchedule, printSchedule } from '#compiler/schedule/schedule';
import { interpretTir, type TirArray } from '#compiler/tir/interpret';
import type { Func } from '#compiler/tir/node';
import { parseTir } from '#compiler/tir/parse';
import { printTir } from '#compiler/tir/print';
import { Random } from '#fuzz/random';
import { VtaError } from '#isa/diag/diagnostic';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import type { Tensor } from '#runtime/tensor';
import { createFunctional } from '#simulator/functional/device';
import { MACHINE } from './machine.js';
import { type ProgramKind, randomProgram } from './random-program.js';
import { anyStep, intoInstructions, intoScratchpads } from './random-schedule.js';

const device = createFunctional(MACHINE);

/** At most so many steps are tried on a program, besides those that bring it onto the machine. */
const MOST_STEPS = 14;

type Arrays = Readonly<Record<string, TirArray>>;

function inputsOf(func: Func, r: Random): Arrays {
  const array = (name: string, dtype: string, size: number): TirArray => {
    const data = dtype === 'i8' ? new Int8Array(size) : new Int32Array(size);
    return name === 'out' ? data : data.map(() => r.int(-128, 127));
  };
  return Object.fromEntries(
    func.params.map((p) => [
      p.name,
      array(
        p.name,
        p.dtype,
        p.shape.reduce((n, d) => n * d, 1),
      ),
    ]),
  );
}

/** What a program writes, given its inputs. */
function outputsOf(func: Func, inputs: Arrays): readonly number[] {
  const data = Object.fromEntries(Object.entries(inputs).map(([name, a]) => [name, a.slice()]));
  interpretTir(func, data);
  return [...data.out];
}

/** The function after a step, or null where the step is refused. @throws what is no diagnostic */
function applied(func: Func, step: Step): Func | null {
  try {
    return applySchedule(func, [step]);
  } catch (e) {
    if (e instanceof VtaError) return null;
    throw e;
  }
}

/** What the machine makes of a program; null where it is not one for the machine yet. */
async function onMachine(func: Func, inputs: Arrays): Promise<readonly number[] | null> {
  try {
    const artifact = decodeArtifact(encodeArtifact(compileTir(func, [], MACHINE)), 'random');
    const tensors = artifact.inputs.map((at): [string, Tensor] => {
      const { name, dtype, shape } = artifact.values[at];
      return [name, { dtype, shape, data: inputs[name] } as Tensor];
    });
    const { outputs } = await runArtifact(artifact, device, new Map(tensors));
    return [...outputs[0].tensor.data];
  } catch (e) {
    if (e instanceof VtaError) return null;
    throw e;
  }
}

/** What became of a random program under a random schedule. */
export interface Outcome {
  readonly steps: number;
  readonly refused: number;
  /** The scheduled program ran on the functional simulator. */
  readonly ran: boolean;
  /** The program, the schedule and what differs, if something does. */
  readonly wrong: string | null;
}

const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

/**
 * Makes program `index` of a seed, applies random steps, and compares after every step what the program computes with what it computed before any; at the
 * end also what the machine computes.
 */
export async function compareSchedule(kind: ProgramKind, seed: number, index: number): Promise<Outcome> {
  const r = Random.of(seed, index);
  const text = randomProgram(kind, r);
  let func = parseTir(text, 'random.tir');
  const inputs = inputsOf(func, r);
  const want = outputsOf(func, inputs);
  const done: Step[] = [];
  let refused = 0;
  const wrong = (what: string) => `${what}\n${text}\n${printSchedule(done)}gives\n${printTir(func)}`;
  /** @returns whether the program still computes the same */
  const attempt = (step: Step): boolean => {
    const next = applied(func, step);
    if (next === null) refused++;
    else [func] = [next, done.push(step)];
    return next === null || same(outputsOf(func, inputs), want);
  };
  const some = (count: number) => Array.from({ length: count }, () => () => [anyStep(func, r)]);
  const memories = () => intoScratchpads(func);
  const machine = () => intoInstructions(func);
  const count = r.int(0, MOST_STEPS);
  const early = r.int(0, count);
  const phases = r.pick([
    [...some(count), memories, machine],
    [memories, ...some(count), machine],
    [...some(early), memories, machine, ...some(count - early)],
  ]);
  const outcome = (ran: boolean, what: string | null): Outcome => ({ steps: done.length, refused, ran, wrong: what });
  for (const phase of phases) {
    for (const step of phase()) if (!attempt(step)) return outcome(false, wrong('the last step changes what is computed'));
  }
  const got = await onMachine(func, inputs);
  return outcome(got !== null, got === null || same(got, want) ? null : wrong('the machine computes something else'));
}
