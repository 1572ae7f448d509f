import type { Device } from '#isa/arch/device';
import { fail } from '#isa/diag/diagnostic';
import type { Artifact } from '#runtime/artifact/artifact';
import { seededInputs } from '#runtime/exec/bind';
import { type Timeline, timeline } from '#analysis/trace/timeline';
import type { Context } from '../context.js';
import { createTimedDevice } from '../devices.js';
import { machineOf, memoryOf } from '../io/options.js';
import { placeProgram, type ProgramFile, readProgram } from '../io/programs.js';
import { progressOf } from '../io/progress.js';
import { launchesOf } from '../lockstep.js';
import { cliMessages as M } from '../messages.js';
import { recordRun } from './record.js';

type Options = Readonly<Record<string, unknown>>;

/** Instructions alone run behind an empty memory. */
const artifactOf = (file: ProgramFile): Artifact =>
  file.kind === 'artifact' ? file.artifact : placeProgram(file.name, file.code, new Uint8Array(0), file.config);

/**
 * Runs the program that a command line names, with the machine, memory and layer of its options, on fixed seeded inputs (time does not depend on values), and
 * records it.
 * @throws VtaError of the program's file, VTA6007 for a layer that it does not have, VTA6009, VTA6022, and what the machine throws
 */
export async function tracedProgram(context: Context, path: string, options: Options): Promise<Timeline> {
  const machine = machineOf(options);
  const memory = memoryOf(options.memory);
  const file = readProgram(path, options.config as string, options.dram as string | undefined);
  const artifact = artifactOf(file);
  const only = options.launch as string | undefined;
  if (launchesOf(artifact, path, only).length === 0) fail(M.VTA6022, { file: path });
  const device: Device = await createTimedDevice(machine, artifact.config);
  const progress = progressOf(context);
  let done = 0;
  const onLaunch = (layer: string) => progress.show(`${++done} ${layer}`);
  const recorded = await recordRun(artifact, device, seededInputs(artifact), { memory, only, onLaunch }).finally(() => progress.clear());
  const on = device.timing === undefined ? device.name : `${device.name} with timing ${device.timing}`;
  return timeline(file.name, on, recorded.launches);
}
