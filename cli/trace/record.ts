import type { Device, LaunchRequest } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import type { Artifact } from '#runtime/artifact/artifact';
import type { RunReport } from '#runtime/exec/report';
import { runArtifact } from '#runtime/exec/run';
import type { Tensor } from '#runtime/tensor';
import { type RecordedLaunch, recordedLaunch, tokensAfter } from '#analysis/trace/launch';
import { noTokens } from '#simulator/values/tokens';

/** What a recorded run is asked for. */
export interface RecordOptions {
  readonly memory: MemorySettings;
  /** Keep only the launch of this layer; the others run, too. */
  readonly only?: string;
  /** Called before every launch. */
  readonly onLaunch?: (layer: string) => void;
}

export interface Recording {
  readonly report: RunReport;
  readonly launches: readonly RecordedLaunch[];
}

/** Runs an artifact and records its launches. @throws VtaError what {@link runArtifact} throws */
export async function recordRun(
  artifact: Artifact,
  device: Device,
  inputs: ReadonlyMap<string, Tensor>,
  { memory, only, onLaunch }: RecordOptions,
): Promise<Recording> {
  const steps = artifact.steps.flatMap((s) => (s.kind === 'vta' ? [s] : []));
  const launches: RecordedLaunch[] = [];
  let done = 0;
  let tokens = noTokens();
  const recording: Device = {
    name: device.name,
    config: device.config,
    timing: device.timing,
    reset: () => device.reset(),
    launch: async (request: LaunchRequest) => {
      const { name } = steps[done++];
      onLaunch?.(name);
      const { insnAddr, insnCount } = request;
      const program = request.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
      const result = await device.launch({ ...request, trace: true });
      if (result.trace === undefined) throw new Error(`internal error: the ${device.name} machine records no trace`);
      const launch = recordedLaunch({
        name,
        config: artifact.config,
        memory,
        timing: device.timing,
        insnAddr,
        program,
        tokens,
        trace: result.trace,
      });
      tokens = tokensAfter(launch);
      if (only === undefined || only === name) launches.push(launch);
      return result;
    },
  };
  return { report: await runArtifact(artifact, recording, inputs, { memory }), launches };
}
