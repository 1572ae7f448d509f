import { fail } from '#isa/diag/diagnostic';
import { runtimeMessages as M } from '../messages.js';
import { crc32 } from './crc32.js';

/**
 * The envelope of a .vta file, little-endian:
 *
 *   0   8  signature: 89 'V' 'T' 'A' 0D 0A 1A 0A (detects text-mode transfers, as PNG's does)
 *   8   4  format version
 *   12  4  bytes of the whole file
 *   16  4  CRC-32 of everything from byte 20
 *   20  4  bytes of the manifest
 *   24     manifest: UTF-8 JSON
 *          sections, each starting at a multiple of 64 of the file, at the offsets that the manifest gives
 */
export const FORMAT_VERSION = 1;
const SIGNATURE = [0x89, 0x56, 0x54, 0x41, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 24;
const CHECKED_FROM = 20;
const SECTION_ALIGN = 64;

const alignUp = (n: number) => Math.ceil(n / SECTION_ALIGN) * SECTION_ALIGN;

/** Collects binary sections while the manifest is built; `add` gives the section's offset from the first section. */
export class SectionWriter {
  private readonly parts: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  private size = 0;

  add(bytes: Uint8Array): { readonly offset: number; readonly length: number } {
    const offset = this.size;
    this.parts.push({ offset, bytes });
    this.size = alignUp(offset + bytes.length);
    return { offset, length: bytes.length };
  }

  /** The finished file. */
  finish(manifest: unknown): Uint8Array {
    const text = new TextEncoder().encode(JSON.stringify(manifest));
    const start = alignUp(HEADER_BYTES + text.length);
    const file = new Uint8Array(start + this.size);
    const view = new DataView(file.buffer);
    file.set(SIGNATURE);
    view.setUint32(8, FORMAT_VERSION, true);
    view.setUint32(12, file.length, true);
    view.setUint32(20, text.length, true);
    file.set(text, HEADER_BYTES);
    for (const part of this.parts) file.set(part.bytes, start + part.offset);
    view.setUint32(16, crc32(file.subarray(CHECKED_FROM)), true);
    return file;
  }
}

/** Does `bytes` start like a .vta file? */
export const isArtifact = (bytes: Uint8Array): boolean => SIGNATURE.every((b, i) => bytes[i] === b);

/**
 * Opens the envelope.
 * @param label the file's name, for diagnostics
 * @throws VtaError VTA3101 (not a .vta file), VTA3102 (version), VTA3103 (cut off), VTA3104 (damaged), VTA3105 (manifest is not JSON)
 */
export function openContainer(bytes: Uint8Array, label: string): { readonly manifest: unknown; readonly sections: Uint8Array } {
  if (!isArtifact(bytes)) fail(M.VTA3101, { file: label });
  if (bytes.length < HEADER_BYTES) fail(M.VTA3103, { file: label, size: bytes.length, needed: HEADER_BYTES });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) fail(M.VTA3102, { file: label, version, supported: FORMAT_VERSION });
  const needed = view.getUint32(12, true);
  if (bytes.length < needed) fail(M.VTA3103, { file: label, size: bytes.length, needed });
  const stored = view.getUint32(16, true);
  const found = crc32(bytes.subarray(CHECKED_FROM));
  const hex = (n: number) => n.toString(16).padStart(8, '0');
  if (found !== stored) fail(M.VTA3104, { file: label, found: hex(found), stored: hex(stored) });
  const length = view.getUint32(20, true);
  const start = alignUp(HEADER_BYTES + length);
  if (start > bytes.length) fail(M.VTA3105, { file: label, path: 'the manifest', expected: 'inside the file' });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length));
    return { manifest: JSON.parse(text), sections: bytes.subarray(start) };
  } catch {
    return fail(M.VTA3105, { file: label, path: 'the manifest', expected: 'JSON in UTF-8' });
  }
}
