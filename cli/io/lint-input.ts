import { INSN_BYTES } from '#isa/codec/codec';
import type { Artifact, Step } from '#runtime/artifact/artifact';
import { layoutBytes } from '#runtime/artifact/decode';
import { initialDram } from '#runtime/artifact/raw';
import { newData, sizeOf } from '#runtime/tensor';
import type { Rows } from '#simulator/values/footprint';
import type { LintInput, LintLaunch } from '#analysis/lint/lint';
import type { ProgramFile } from './programs.js';

/** Memory that a step of the host writes. */
function writtenBy(step: Step, artifact: Artifact): Rows[] {
  const block = (address: number, rowBytes: number): Rows[] => [{ address, rowBytes, rowStride: 0, rows: 1 }];
  if (step.kind === 'pack') return block(step.layout.address, layoutBytes(step.layout));
  if (step.kind !== 'write') return [];
  const { dtype, shape } = artifact.values[step.value];
  return block(step.address, sizeOf(shape) * newData(dtype, 1).byteLength);
}

/** The launches of an artifact, with what the host writes between them. */
export function artifactInput(name: string, artifact: Artifact): LintInput {
  const memory = initialDram(artifact);
  const launches: LintLaunch[] = [];
  let hostWrites: Rows[] = [];
  for (const step of artifact.steps) {
    hostWrites = [...hostWrites, ...writtenBy(step, artifact)];
    if (step.kind !== 'vta') continue;
    const code = memory.slice(step.insnAddr, step.insnAddr + step.insnCount * INSN_BYTES);
    launches.push({ name: step.name, code, insnAddr: step.insnAddr, hostWrites });
    hostWrites = [];
  }
  return { name, config: artifact.config, memory, launches };
}

/** A program file as lint looks at it. */
export function lintInput(file: ProgramFile): LintInput {
  if (file.kind === 'artifact') return artifactInput(file.name, file.artifact);
  const launch: LintLaunch = { name: file.name, code: file.code, insnAddr: null, hostWrites: [] };
  return { name: file.name, config: file.config, memory: null, launches: [launch] };
}
