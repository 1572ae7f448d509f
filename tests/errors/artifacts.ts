import { importModel } from '#compiler/frontend/import';
import { compileGraph } from '#compiler/pipeline/compile';
import { assemble } from '#isa/asm/assemble';
import { preset } from '#isa/config/presets';
import type { Artifact, HostStep } from '#runtime/artifact/artifact';
import { encodeArtifact } from '#runtime/artifact/encode';
import { rawArtifact } from '#runtime/artifact/raw';
import { dense } from './tflite-models.js';

const page = 4096;

/** A program of instructions alone, at byte 4096 of an otherwise empty memory. */
export function program(lines: readonly string[], config = 'default', insnCount?: number): Artifact {
  const machine = preset(config);
  const { bytes, insns } = assemble(lines.join('\n'), machine, 'p.vasm');
  const dram = new Uint8Array(page + bytes.length);
  dram.set(bytes, page);
  return rawArtifact({ name: 'p', config: machine, dram, insnAddr: page, insnCount: insnCount ?? insns.length });
}

export const programFile = (lines: readonly string[], config?: string): Uint8Array => encodeArtifact(program(lines, config));

/** A compiled model, for the machine `default-x`. */
export const compiled = (model: Uint8Array): Artifact =>
  compileGraph(importModel(model, 'm.tflite'), { config: preset('default-x') }).artifact;

/** An artifact of one host operator, int8 [1, 2] to [1, 2], with parts of the step replaced. */
export function hostProgram(changes: Partial<HostStep>): Uint8Array {
  const value = (name: string) => ({ name, dtype: 'int8' as const, shape: [1, 2], quantization: { scale: 0.5, zeroPoint: 0 } });
  const step: HostStep = {
    kind: 'host',
    name: 'relu_0',
    op: 'relu',
    attrs: { clamp: [0, 127] },
    inputs: [0],
    output: 1,
    macs: 0,
    ...changes,
  };
  return encodeArtifact({
    name: 'host',
    config: preset('default'),
    values: [value('x'), value('y')],
    inputs: [0],
    outputs: [1],
    steps: [step],
    dramBytes: page,
    image: [],
  });
}

/** A program that takes two tensors, a and b, and gives one of them back changed. */
export function twoInputs(): Uint8Array {
  const value = (name: string) => ({ name, dtype: 'int8' as const, shape: [1, 2], quantization: { scale: 0.5, zeroPoint: 0 } });
  const concatenate = {
    kind: 'host' as const,
    name: 'c',
    op: 'concatenate',
    attrs: { axis: 1 },
    inputs: [0, 1],
    output: 2,
    macs: 0,
  };
  return encodeArtifact({
    name: 'two',
    config: preset('default'),
    values: [value('a'), value('b'), { ...value('c'), shape: [1, 4] }],
    inputs: [0, 1],
    outputs: [2],
    steps: [concatenate],
    dramBytes: page,
    image: [],
  });
}

export const denseFile = (): Uint8Array => encodeArtifact(compiled(dense()));
