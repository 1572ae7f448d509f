import { type CosimRequest, type CosimResult, cosimProgram } from '#hardware-rtl/lockstep/cosim';
import type { Device } from '#isa/arch/device';
import { fail, nearest } from '#isa/diag/diagnostic';
import { shellWord } from '#isa/diag/shell';
import type { Artifact, LaunchStep } from '#runtime/artifact/artifact';
import { seededInputs } from '#runtime/exec/bind';
import { runArtifact } from '#runtime/exec/run';
import type { GoldenVector } from '#simulator/vector/vector';
import { createDevice } from './devices.js';
import { cliMessages as M } from './messages.js';

/** What all launches of a command share. */
export type LockstepOptions = Pick<CosimRequest, 'memory' | 'waveform'>;

/**
 * Lockstep of one golden vector.
 * @param path the vector's folder, for the command line that reproduces a divergence
 * @throws VtaError VTA5xxx where the RTL cannot be built
 */
export const cosimVector = (v: GoldenVector, path: string, options: LockstepOptions): Promise<CosimResult> =>
  cosimProgram({ ...options, config: v.config, dram: v.dramIn, insnAddr: v.insnAddr, insnCount: v.insnCount, name: shellWord(path) });

/** A waveform file holds one launch. @throws VtaError VTA6008 */
export function oneLaunch(count: number, { waveform }: LockstepOptions): void {
  if (waveform !== undefined && count !== 1) fail(M.VTA6008, { count });
}

/** The launches of an artifact, or the one called `only`. @throws VtaError VTA6007 */
export function launchesOf(artifact: Artifact, path: string, only: string | undefined): readonly LaunchStep[] {
  const all = artifact.steps.flatMap((s) => (s.kind === 'vta' ? [s] : []));
  if (only === undefined) return all;
  const chosen = all.filter((s) => s.name === only);
  const names = all.map((s) => s.name);
  if (chosen.length === 0) {
    const near = nearest(only, names);
    fail(M.VTA6007, { file: path, name: only, hint: near === null ? '' : ` (did you mean ${near}?)`, names: names.join(', ') });
  }
  return chosen;
}

/**
 * Lockstep of launches of an artifact in order, on the seeded inputs. Between launches the host steps run, on the values of the
 * functional machine. Cycles and instructions are summed; the first divergence ends the comparison.
 */
export async function cosimArtifact(
  artifact: Artifact,
  launches: readonly LaunchStep[],
  path: string,
  options: LockstepOptions,
  show: (launch: string) => void,
): Promise<CosimResult> {
  const functional = await createDevice('functional', artifact.config);
  const sum = { cycle: 0, rtl: 0, instructions: 0 };
  let divergence: CosimResult['divergence'] = null;
  const device: Device = {
    ...functional,
    launch: async (request) => {
      const { dram, insnAddr, insnCount } = request;
      const step = launches.find((s) => s.insnAddr === insnAddr);
      if (divergence === null && step !== undefined) {
        show(step.name);
        const name = `${shellWord(path)} --launch ${shellWord(step.name)}`;
        const r = await cosimProgram({ ...options, config: artifact.config, dram, insnAddr, insnCount, name });
        sum.cycle += r.cycles.cycle;
        sum.rtl += r.cycles.rtl;
        sum.instructions += r.instructions;
        divergence = r.divergence;
      }
      return functional.launch(request);
    },
  };
  await runArtifact(artifact, device, seededInputs(artifact));
  return { match: divergence === null, cycles: { cycle: sum.cycle, rtl: sum.rtl }, instructions: sum.instructions, divergence };
}
