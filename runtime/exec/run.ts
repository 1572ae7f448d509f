import type { Device, LaunchResult, Retire } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { fail } from '#isa/diag/diagnostic';
import { type Artifact, type HostStep, isExactProgram, type LaunchStep, type Step } from '../artifact/artifact.js';
import { initialDram } from '../artifact/raw.js';
import { runtimeMessages as M } from '../messages.js';
import { type Tensor, zeros } from '../tensor.js';
import { bindInputs } from './bind.js';
import { pack, unpack } from './pack.js';
import { bytesOf, type LayerReport, type RunReport, utilizationOf } from './report.js';

export interface RunOptions {
  /** Used by devices that count cycles. */
  readonly memory?: MemorySettings;
  /** Called after every launch and host operator, in order. */
  readonly onLayer?: (layer: LayerReport) => void;
  /** Called for every retired instruction, with the launch's step. */
  readonly onRetire?: (record: Retire, step: LaunchStep) => void;
  /** Device memory to run in, at least `artifact.dramBytes` long and holding {@link initialDram}; a fresh one where absent. */
  readonly dram?: Uint8Array;
}

/** The state of one run: host values by number, and the device's memory. */
interface Run {
  readonly artifact: Artifact;
  readonly device: Device;
  readonly options: RunOptions;
  readonly dram: Uint8Array;
  readonly values: (Tensor | undefined)[];
}

const tensorAt = (run: Run, at: number): Tensor => {
  const tensor = run.values[at];
  if (tensor === undefined) throw new Error(`internal error: value ${at} (${run.artifact.values[at].name}) is read before it is written`);
  return tensor;
};

const bytesIn = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

async function launch(run: Run, step: LaunchStep): Promise<LayerReport> {
  const { memory, onRetire } = run.options;
  const result: LaunchResult = await run.device.launch({
    dram: run.dram,
    insnAddr: step.insnAddr,
    insnCount: step.insnCount,
    ...(memory === undefined ? {} : { memory }),
    ...(onRetire === undefined ? {} : { onRetire: (record: Retire) => onRetire(record, step) }),
  });
  return {
    name: step.name,
    op: step.op,
    target: 'vta',
    cycles: result.cycles,
    macs: step.macs,
    utilization: utilizationOf(step.macs, result.cycles, run.device.config),
    instructions: step.insnCount,
    bytes: bytesOf(result.counters),
    notes: [...step.notes, ...(result.notes ?? [])],
  };
}

async function host(run: Run, step: HostStep): Promise<LayerReport> {
  // Programs without host operators start sooner without them.
  const { runHostOperator } = await import('../host/registry.js');
  const operands = step.inputs.map((v) => tensorAt(run, v));
  run.values[step.output] = runHostOperator(step.op, operands, step.attrs);
  return {
    name: step.name,
    op: step.op,
    target: 'host',
    cycles: null,
    macs: step.macs,
    utilization: null,
    instructions: 0,
    bytes: null,
    notes: [],
  };
}

async function runStep(run: Run, step: Step): Promise<LayerReport | null> {
  switch (step.kind) {
    case 'vta':
      return launch(run, step);
    case 'host':
      return host(run, step);
    case 'pack':
      pack(tensorAt(run, step.value).data as Int8Array, run.dram, step.layout);
      return null;
    case 'unpack': {
      const { dtype, shape } = run.artifact.values[step.value];
      run.values[step.value] = { dtype, shape, data: unpack(run.dram, step.layout) };
      return null;
    }
    case 'write':
      run.dram.set(bytesIn(tensorAt(run, step.value)), step.address);
      return null;
    case 'read': {
      const { dtype, shape } = run.artifact.values[step.value];
      const tensor = zeros(dtype, shape);
      const bytes = bytesIn(tensor);
      bytes.set(run.dram.subarray(step.address, step.address + bytes.length));
      run.values[step.value] = tensor;
      return null;
    }
  }
}

function summarize(run: Run, layers: readonly LayerReport[]): RunReport {
  const onDevice = layers.filter((l) => l.target === 'vta');
  const timed = onDevice.length > 0 && onDevice.every((l) => l.cycles !== null);
  const cycles = timed ? onDevice.reduce((sum, l) => sum + (l.cycles ?? 0), 0) : null;
  const macsOf = (list: readonly LayerReport[]) => list.reduce((sum, l) => sum + l.macs, 0);
  return {
    program: run.artifact.name,
    config: run.artifact.config.name,
    on: run.device.name,
    ...(run.device.timing === undefined ? {} : { timing: run.device.timing }),
    cycles,
    macs: macsOf(layers),
    utilization: utilizationOf(macsOf(onDevice), cycles, run.device.config),
    exact: isExactProgram(run.artifact),
    layers,
    outputs: run.artifact.outputs.map((at) => ({
      name: run.artifact.values[at].name,
      tensor: tensorAt(run, at),
      quantization: run.artifact.values[at].quantization,
    })),
  };
}

/** @throws VtaError VTA3106 where the device is not the machine that the artifact was compiled for */
export function checkFingerprint(artifact: Artifact, device: Device): void {
  const [wanted, given] = [artifact.config.fingerprint, device.config.fingerprint];
  if (wanted !== given) fail(M.VTA3106, { program: artifact.name, artifact: wanted, device: device.name, given });
}

/**
 * Runs a compiled program: places tensors, runs host operators, packs and unpacks activations, launches the device.
 * @param inputs by name; an empty name means the only input
 * @throws VtaError VTA3106 (wrong machine), VTA3107..VTA3110 (inputs and host operators), and what the device throws
 */
export async function runArtifact(
  artifact: Artifact,
  device: Device,
  inputs: ReadonlyMap<string, Tensor>,
  options: RunOptions = {},
): Promise<RunReport> {
  checkFingerprint(artifact, device);
  device.reset();
  const run: Run = { artifact, device, options, dram: options.dram ?? initialDram(artifact), values: bindInputs(artifact, inputs) };
  const layers: LayerReport[] = [];
  for (const step of artifact.steps) {
    const layer = await runStep(run, step);
    if (layer === null) continue;
    layers.push(layer);
    options.onLayer?.(layer);
  }
  return summarize(run, layers);
}
