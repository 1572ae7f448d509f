/** Importing a model whatever its form: the content decides. */
import { fail } from '#isa/diag/diagnostic';
import type { GraphModule } from '../graph/node.js';
import { compilerMessages } from '../messages.js';
import type { Kernels } from './tflite/delegate.js';
import { importTflite, isTflite } from './tflite/import.js';

/**
 * ONNX files are protocol buffers without an identifier: they begin with field 1 (ir_version, a small number), followed by a
 * field of ModelProto with a length (producer name 2, version 3, domain 4, doc 6, graph 7, opset 8) or the model version (5).
 */
function isOnnx(bytes: Uint8Array): boolean {
  return (
    bytes.length > 3 && bytes[0] === 0x08 && bytes[1] > 0 && bytes[1] < 32 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(bytes[2])
  );
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  const head = [...bytes.subarray(0, 8)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  return `it has ${bytes.length} bytes and begins with ${head}`;
}

/** The name of a file without folders and extension. */
export const labelOf = (filename: string): string => filename.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '') || filename;

/** Is it a model of a known form, readable or not? */
export const isModel = (bytes: Uint8Array): boolean => isTflite(bytes) || isOnnx(bytes);

/** Reads a model, to compute as the given kernels of its framework do. Throws VTA2020 for unknown content, VTA2021 for ONNX, and what the importer throws. */
export function importModel(bytes: Uint8Array, filename: string, kernels: Kernels = 'delegate'): GraphModule {
  if (isTflite(bytes)) return importTflite(bytes, labelOf(filename), filename, kernels);
  if (isOnnx(bytes)) fail(compilerMessages.VTA2021, { file: filename });
  fail(compilerMessages.VTA2020, { file: filename, found: describe(bytes) });
}
