import { DEFAULT_MEMORY, type MemorySettings, parseMemory } from '#isa/arch/memory';

/** The memory that `--memory` describes. @throws VtaError VTA1301, VTA1302 */
export const memoryOf = (option: unknown): MemorySettings => (typeof option === 'string' ? parseMemory(option) : DEFAULT_MEMORY);

/**
 * `NAME=FILE` or `FILE` of `--input` and `--output`; an empty name means the only one. A name ends at the last `=`, because
 * tensor names hold all kinds of signs and file names rarely hold `=`.
 */
export function splitNamed(text: string): { readonly name: string; readonly file: string } {
  const at = text.lastIndexOf('=');
  return at < 0 ? { name: '', file: text } : { name: text.slice(0, at), file: text.slice(at + 1) };
}
