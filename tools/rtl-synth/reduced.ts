import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS } from '#isa/config/presets';
import { rtlSources, type SourceFile } from '#hardware-rtl/verilated/sources';

/** One lane, 8-bit values, 16-bit accumulators, and 256 elements in each buffer: what an iCE40 block RAM holds. */
export const REDUCED = defineConfig(
  {
    ...PRESET_KEYS.mac64,
    LOG_ACC_WIDTH: 4,
    LOG_BLOCK: 0,
    LOG_BLOCK_IN: 0,
    LOG_BLOCK_OUT: 0,
    LOG_UOP_BUFF_SIZE: 10,
    LOG_INP_BUFF_SIZE: 8,
    LOG_WGT_BUFF_SIZE: 8,
    LOG_ACC_BUFF_SIZE: 9,
  },
  'reduced',
);
export const REDUCED_WIDTH = 64;

/** Constants of `vta_core_pkg` that make a small core of the design (docs/reference/rtl.md, "A small core"). */
export const REDUCED_CONSTANTS: Readonly<Record<string, number>> = {
  CommandQueueDepth: 256,
  FetchBytes: 16,
  FetchChunk: 16,
  LoadBurstBeats: 1,
  StoreBurstBeats: 1,
  LoaderBeats: 1,
  LoaderInsns: 1,
  ReadBursts: 1,
  RobDepth: 1,
  StoreBeats: 1,
  StoreBursts: 1,
  StoreInsns: 1,
  SimpleUops: 0,
  ChainDepth: 1,
  AddrBits: 24,
  TokenBits: 8,
  ResponseBits: 4,
  WholeBeats: 0,
  MaxAccGroups: 1,
  Checks: 0,
  Counters: 0,
  QueueBypass: 0,
};

/** The text of `vta_core_pkg` with other values of some of its constants. */
export function withConstants(text: string, values: Readonly<Record<string, number>>): string {
  let out = text;
  for (const [name, value] of Object.entries(values)) {
    const definition = new RegExp(`(localparam int unsigned ${name}\\s*=) \\d+;`);
    if (!definition.test(out)) throw new Error(`internal error: vta_core_pkg has no number ${name}`);
    out = out.replace(definition, `$1 ${value};`);
  }
  return out;
}

/** The design of the small core, as {@link rtlSources}. */
export const reducedRtl = (): readonly SourceFile[] =>
  rtlSources().map(({ path, text }) => ({
    path,
    text: path.endsWith('/vta_core_pkg.sv') ? withConstants(text, REDUCED_CONSTANTS) : text,
  }));
