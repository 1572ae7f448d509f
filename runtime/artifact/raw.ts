import type { VtaConfig } from '#isa/config/config';
import type { Artifact, ImageSection } from './artifact.js';

/** A program without a model: a memory image and where its instructions are. */
export interface RawProgram {
  readonly name: string;
  readonly config: VtaConfig;
  /** Initial device memory, byte 0 is address 0. */
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
  readonly macs?: number;
}

const PAGE = 0x1000;

/** Whole pages that are not all zero, neighbours joined. */
function usedRuns(dram: Uint8Array): ImageSection[] {
  const out: ImageSection[] = [];
  let start = -1;
  for (let page = 0; page < dram.length + PAGE; page += PAGE) {
    const used = page < dram.length && dram.subarray(page, page + PAGE).some((b) => b !== 0);
    if (used && start < 0) start = page;
    if (!used && start >= 0) {
      const address = start;
      out.push({ kind: 'data', role: 'image', address, bytes: dram.slice(address, Math.min(page, dram.length)) });
      start = -1;
    }
  }
  return out;
}

/** A raw program as an artifact: one launch, no values. */
export const rawArtifact = (program: RawProgram): Artifact => ({
  name: program.name,
  config: program.config,
  values: [],
  inputs: [],
  outputs: [],
  steps: [
    {
      kind: 'vta',
      name: program.name,
      op: 'program',
      insnAddr: program.insnAddr,
      insnCount: program.insnCount,
      macs: program.macs ?? 0,
      notes: [],
      exact: true,
    },
  ],
  dramBytes: program.dram.length,
  image: usedRuns(program.dram),
});

/** A fresh device memory holding the artifact's initial image. */
export function initialDram(artifact: Artifact): Uint8Array {
  const dram = new Uint8Array(artifact.dramBytes);
  for (const s of artifact.image) {
    if (s.kind === 'data') dram.set(s.bytes, s.address);
    else dram.fill(s.value, s.address, s.address + s.length);
  }
  return dram;
}
