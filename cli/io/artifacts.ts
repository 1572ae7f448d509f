import type { Artifact } from '#runtime/artifact/artifact';
import { decodeArtifact } from '#runtime/artifact/decode';
import { readBytes } from './files.js';

/** Reads a .vta file. @throws VtaError VTA6101, VTA31xx */
export const readArtifact = (file: string): Artifact => decodeArtifact(readBytes(file), file);
