import type { Device, LaunchRequest } from '#isa/arch/device';
import { fail } from '#isa/diag/diagnostic';
import type { Artifact, LaunchStep } from '#runtime/artifact/artifact';
import { seededInputs } from '#runtime/exec/bind';
import { runArtifact } from '#runtime/exec/run';
import { createCycle } from '#simulator/cycle/device';
import type { DebugProgram } from '#analysis/debug/program';
import { createFunctionalState, launchFunctional } from '#simulator/functional/device';
import { createMachineState } from '#simulator/values/state';
import { memoryOf } from '../io/options.js';
import { placeProgram, type ProgramFile, readProgram } from '../io/programs.js';
import { launchesOf } from '../lockstep.js';
import { cliMessages as M } from '../messages.js';

type Options = Readonly<Record<string, unknown>>;

/** Ends a run of which no more is wanted. */
class Enough extends Error {}

const artifactOf = (file: ProgramFile): Artifact =>
  file.kind === 'artifact' ? file.artifact : placeProgram(file.name, file.code, new Uint8Array(0), file.config);

/** Runs an artifact on seeded inputs up to a launch, which is recorded with everything that was there before it. */
async function record(artifact: Artifact, target: LaunchStep, options: Options): Promise<DebugProgram> {
  const memory = memoryOf(options.memory);
  const cycle = createCycle(artifact.config);
  const values = createFunctionalState(artifact.config);
  let recorded: DebugProgram | null = null;
  const launch = async (request: LaunchRequest) => {
    const { insnAddr, insnCount } = request;
    if (insnAddr !== target.insnAddr) {
      launchFunctional(values, { ...request, dram: request.dram.slice() });
      return cycle.launch({ ...request, memory });
    }
    const before = createMachineState(artifact.config);
    before.bytes.set(values.machine.bytes.subarray(0, before.staging));
    const dram = request.dram.slice();
    const { trace } = await cycle.launch({ ...request, memory, trace: true });
    const { name } = target;
    recorded = { name, config: artifact.config, dram, insnAddr, insnCount, before, tokens: { ...values.tokens }, trace: trace! };
    throw new Enough();
  };
  const device: Device = { name: 'cycle', config: artifact.config, launch, reset: () => cycle.reset() };
  await runArtifact(artifact, device, seededInputs(artifact)).catch((error: unknown) => {
    if (!(error instanceof Enough)) throw error;
  });
  if (recorded === null) throw new Error('internal error: the launch to be debugged did not run');
  return recorded;
}

/**
 * The launch that a command line names, run and timed.
 * @throws VtaError of the program's file, VTA6007, VTA6022 (nothing to debug), and what the cycle simulator throws
 */
export function debugProgram(path: string, options: Options): Promise<DebugProgram> {
  const artifact = artifactOf(readProgram(path, options.config as string, options.dram as string | undefined));
  const [target] = launchesOf(artifact, path, options.launch as string | undefined);
  if (target === undefined) fail(M.VTA6022, { file: path });
  return record(artifact, target, options);
}
