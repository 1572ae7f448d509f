import { type CosimResult, cosimProgram } from '#hardware-rtl/lockstep/cosim';
import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import type { Artifact } from '#runtime/artifact/artifact';
import { seededInputs } from '#runtime/exec/bind';
import { runArtifact } from '#runtime/exec/run';
import type { GoldenVector } from '#simulator/vector/vector';
import { createDevice } from './devices.js';

/** Lockstep of one golden vector. @throws VtaError VTA5xxx where the RTL cannot be built */
export const cosimVector = (v: GoldenVector, memory: MemorySettings): Promise<CosimResult> =>
  cosimProgram({ config: v.config, dram: v.dramIn.slice(), insnAddr: v.insnAddr, insnCount: v.insnCount, memory, name: v.name });

/**
 * Lockstep of every launch of an artifact in order, on the seeded inputs. Between launches the host steps run, on the values of
 * the functional machine. Cycles and instructions are summed; the first divergence ends it.
 */
export async function cosimArtifact(artifact: Artifact, memory: MemorySettings, show: (launch: string) => void): Promise<CosimResult> {
  const functional = await createDevice('functional', artifact.config);
  const names = artifact.steps.flatMap((s) => (s.kind === 'vta' ? [s.name] : []));
  const sum = { cycle: 0, rtl: 0, instructions: 0 };
  let launch = 0;
  let divergence: CosimResult['divergence'] = null;
  const device: Device = {
    ...functional,
    launch: async (request) => {
      const { dram, insnAddr, insnCount } = request;
      const name = names[launch++];
      if (divergence === null) {
        show(`${launch}/${names.length} ${name}`);
        const r = await cosimProgram({ config: artifact.config, dram: dram.slice(), insnAddr, insnCount, memory, name });
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
