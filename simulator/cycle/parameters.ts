import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { burstBytes, storeBurstBytes } from '#isa/spec/timing';
import { FETCH_BYTES, FETCH_CHUNK, MAX_ACC_GROUPS } from './generated/contract.js';

export * from './generated/contract.js';

/** What turns a count into a place of a ring, which has a power of two of them. */
export function ringMask(places: number): number {
  if ((places & (places - 1)) !== 0) throw new Error(`internal error: a ring of ${places} places`);
  return places - 1;
}

/** What of the machine and its memory decides about time. */
export interface Parameters {
  readonly memory: MemorySettings;
  /** D: bytes of a beat, 8 to 64. */
  readonly beatBytes: number;
  /** Beats of the fetch buffer, and of a fetch burst at most. */
  readonly fetchBeats: number;
  readonly chunkBeats: number;
  /** A load burst, a store burst never crosses a multiple of this. */
  readonly burstBytes: number;
  readonly storeBurstBytes: number;
  /** The bank of every ACC element. */
  readonly bankOf: Uint8Array;
  /** Elements of a row of banks: S * G. */
  readonly bankRow: number;
  readonly latency: number;
  readonly interval: number;
}

/** S and G of timing.md, Loader. */
function bankShape(config: VtaConfig, beatBytes: number): { subs: number; groups: number } {
  const smallest = Math.min(config.accBytes, config.outBytes, config.accBits === 32 ? config.accBytes / 4 : config.accBytes);
  const subs = Math.min(config.accDepth, Math.max(1, beatBytes / smallest));
  return { subs, groups: Math.min(MAX_ACC_GROUPS, config.accDepth / subs) };
}

/** The bank of every ACC element: (i mod S, XOR of the base-G digits of i div S), as one number (timing.md, Loader). */
export function accBanks(config: VtaConfig, beatBytes: number): Uint8Array {
  const { subs, groups } = bankShape(config, beatBytes);
  return Uint8Array.from({ length: config.accDepth }, (_, i) => {
    let fold = 0;
    for (let rest = Math.floor(i / subs); groups > 1 && rest > 0; rest = Math.floor(rest / groups)) fold ^= rest % groups;
    return (i % subs) + subs * fold;
  });
}

const banks = new WeakMap<VtaConfig, Map<number, Uint8Array>>();

/** {@link accBanks}, computed once. */
function bankTable(config: VtaConfig, beatBytes: number): Uint8Array {
  const tables = banks.get(config) ?? new Map<number, Uint8Array>();
  banks.set(config, tables);
  const table = tables.get(beatBytes) ?? accBanks(config, beatBytes);
  tables.set(beatBytes, table);
  return table;
}

export function parametersOf(config: VtaConfig, memory: MemorySettings): Parameters {
  const beatBytes = memory.width / 8;
  const { subs, groups } = bankShape(config, beatBytes);
  return {
    memory,
    beatBytes,
    fetchBeats: FETCH_BYTES / beatBytes,
    chunkBeats: FETCH_CHUNK / beatBytes,
    burstBytes: burstBytes(beatBytes),
    storeBurstBytes: storeBurstBytes(beatBytes),
    bankOf: bankTable(config, beatBytes),
    bankRow: subs * groups,
    latency: memory.latency,
    interval: memory.interval,
  };
}

/** Beats (words of `beatBytes`) that the bytes `[from, to)` touch; both below 2^53. */
export const beatsOf = (from: number, to: number, beatBytes: number): number =>
  Math.floor((to - 1) / beatBytes) - Math.floor(from / beatBytes) + 1;

/** End of the burst that starts at `from` and may reach to `to` but not across a multiple of `unit`. */
export const burstEnd = (from: number, to: number, unit: number): number => Math.min(to, (Math.floor(from / unit) + 1) * unit);
