import { defineMessages, fail, nearest } from '../diag/diagnostic.js';

/**
 * The memory behind the AXI port: one definition, used by the cycle simulator and by the Verilator harness
 * (docs/reference/timing.md, "Memory").
 */
export interface MemorySettings {
  /** Data width of the bus in bits. */
  readonly width: 64 | 128 | 256 | 512;
  /** Cycles from the AR handshake of an idle memory to the first R beat. */
  readonly latency: number;
  /** Cycles between R beats (and between accepted W beats): 1 is full bandwidth, 2 is half, ... */
  readonly interval: number;
  /** Chance in 256 that a channel (AR, R, AW, W, B) refuses a transfer in a cycle; 0 is none. */
  readonly stall: number;
  /** Seed of the stalls. */
  readonly seed: number;
}

export const DEFAULT_MEMORY: MemorySettings = Object.freeze({ width: 64, latency: 18, interval: 1, stall: 0, seed: 1 });

export const memoryMessages = defineMessages({
  VTA1301: {
    what: 'memory setting {setting} is not understood{hint}',
    why: 'memory settings are KEY=VALUE pairs separated by commas',
    do: 'use any of width=64|128|256|512, latency=1..4096, interval=1..64, stall=0..240, seed=N; for instance --memory width=128,latency=40',
  },
  VTA1302: {
    what: 'memory setting {key} = {value} is not allowed: {allowed}',
    why: 'the memory model and the RTL are not defined outside that range',
    do: 'choose a value in the range',
  },
  VTA1303: {
    what: 'memory setting {key} is given twice: {first} and {value}',
    why: 'only one of the two could be used',
    do: 'leave one of them out',
  },
});

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  latency: [1, 4096],
  interval: [1, 64],
  stall: [0, 240],
  seed: [0, 0xffffffff],
};

/** The form that {@link parseMemory} reads. */
export const memoryText = (m: MemorySettings): string =>
  `width=${m.width},latency=${m.latency},interval=${m.interval},stall=${m.stall},seed=${m.seed}`;

/** Parses `width=128,latency=40`; what is not named is as in {@link DEFAULT_MEMORY}. @throws VtaError VTA1301, VTA1302, VTA1303 */
export function parseMemory(text: string): MemorySettings {
  const out: Record<string, number> = { ...DEFAULT_MEMORY };
  const given = new Map<string, string>();
  for (const part of text.split(',')) {
    const match = /^(\w+)=(-?\d+)$/.exec(part);
    if (match === null || !Object.hasOwn(out, match[1])) {
      const near = nearest(match?.[1] ?? part, Object.keys(out));
      fail(memoryMessages.VTA1301, { setting: part === '' ? '(nothing)' : part, hint: near ? ` (did you mean ${near}?)` : '' });
    }
    const [, key, value] = match;
    if (given.has(key)) fail(memoryMessages.VTA1303, { key, first: given.get(key)!, value });
    given.set(key, value);
    const v = Number(value);
    if (key === 'width' ? ![64, 128, 256, 512].includes(v) : v < RANGES[key][0] || v > RANGES[key][1]) {
      fail(memoryMessages.VTA1302, {
        key,
        value,
        allowed: key === 'width' ? '64, 128, 256 or 512 bits' : `${RANGES[key][0]}..${RANGES[key][1]}`,
      });
    }
    out[key] = v;
  }
  return out as unknown as MemorySettings;
}

/** The AXI channels, as numbers for {@link stalls}. */
export const AXI_CHANNELS = { AR: 0, R: 1, AW: 2, W: 3, B: 4 } as const;

/**
 * Does `channel` refuse a transfer in `cycle` (counted from launch)? A pure function of the settings, so that simulator
 * and harness agree without talking to each other. 32-bit arithmetic, repeated in the C++ harness.
 */
export function stalls(settings: MemorySettings, channel: number, cycle: number): boolean {
  if (settings.stall === 0) return false;
  let x = Math.imul(settings.seed + 0x9e3779b9 + Math.imul(channel + 1, 0x85ebca6b), 0xc2b2ae35) ^ Math.imul(cycle + 1, 0x27d4eb2f);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) & 0xff) < settings.stall;
}
