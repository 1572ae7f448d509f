import { isModel } from '#compiler/frontend/import';
import { looksLikeTir } from '#compiler/tir/parse';

/** Is it a tensor program, by what it holds (its first bytes are enough)? By its name only where it holds nothing that is known. */
export const isTensorProgram = (bytes: Uint8Array, file: string): boolean =>
  looksLikeTir(bytes) || (file.endsWith('.tir') && !isModel(bytes));
