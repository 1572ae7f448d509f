import type { VtaConfig } from '#isa/config/config';
import { createWasmMemory, type WasmMemory } from './wasm/runtime.js';

/** Numbers a scratchpad holds in its working form. */
export type Lanes = Int16Array | Int32Array;

/**
 * The working form of the scratchpads: every lane unpacked to a whole machine integer, rows padded so that vector kernels
 * never need a remainder loop. Padding lanes never reach DRAM or a hash. INP and ACC elements are rows of lanes; a WGT element
 * is transposed in units of 32 bits, [units][rowOut][lanes of a unit], so that one vector holds the same unit of four rows.
 */
export interface Shape {
  /** Bits of a working INP and WGT lane: the smallest that holds both, so that one kernel multiplies them. */
  readonly laneBits: 16 | 32;
  /** Lanes of a unit: 2 or 1. */
  readonly unitLanes: number;
  /** Units of an INP row. */
  readonly units: number;
  /** Lanes from one INP row (of blockIn) to the next. */
  readonly rowIn: number;
  /** Lanes from one ACC row (of blockOut) to the next, and rows of a WGT element: a multiple of 4. */
  readonly rowOut: number;
  /** Lanes of a whole element: batch * rowIn, rowOut * rowIn, batch * rowOut. */
  readonly inpLanes: number;
  readonly wgtLanes: number;
  readonly accLanes: number;
}

/** Everything a VTA keeps on chip between instructions, apart from tokens. */
export interface MachineState {
  readonly config: VtaConfig;
  readonly shape: Shape;
  readonly memory: WasmMemory;
  /** All of `memory`. */
  readonly bytes: Uint8Array;
  /** Byte address of {@link STAGING_BYTES} bytes where LOAD puts what a kernel unpacks. */
  readonly staging: number;
  /** Micro-op words. */
  readonly uop: Uint32Array;
  /** [inpDepth][batch][rowIn] */
  readonly inp: Lanes;
  /** [wgtDepth][units][rowOut][unitLanes] */
  readonly wgt: Lanes;
  /** [accDepth][batch][rowOut], sign-extended from the accumulator width. */
  readonly acc: Int32Array;
  /** The value of INP padding (extension): set by LOAD PAD_VALUE, 0 at launch. */
  padValue: number;
  /** Told of every write that a write hash counts (isa/arch/write-hash.ts). While it is set, instructions execute lane by lane. */
  onWrite: ((place: number, value: number) => void) | null;
  /** Grows by one with every LOAD of micro-ops, so that what was derived from them can be cached. */
  uopVersion: number;
}

/** The working form at one configuration. */
export function shapeOf(c: VtaConfig): Shape {
  const laneBits = Math.max(c.inpBits, c.wgtBits) <= 16 ? 16 : 32;
  const unitLanes = 32 / laneBits;
  const units = Math.ceil(c.blockIn / unitLanes);
  const rowIn = units * unitLanes;
  const rowOut = Math.max(4, c.blockOut);
  return { laneBits, unitLanes, units, rowIn, rowOut, inpLanes: c.batch * rowIn, wgtLanes: rowOut * rowIn, accLanes: c.batch * rowOut };
}

const LANE_ARRAYS = { 16: Int16Array, 32: Int32Array } as const;
/** Size of the staging area; the largest element has 4096 bytes. */
export const STAGING_BYTES = 65536;

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** A machine whose scratchpads are all zero. */
export function createMachineState(config: VtaConfig): MachineState {
  const shape = shapeOf(config);
  const bytes = shape.laneBits / 8;
  const uopAt = 0;
  const inpAt = align(uopAt + config.uopDepth * 4);
  const wgtAt = align(inpAt + config.inpDepth * shape.inpLanes * bytes);
  const accAt = align(wgtAt + config.wgtDepth * shape.wgtLanes * bytes);
  const staging = align(accAt + config.accDepth * shape.accLanes * 4);
  const memory = createWasmMemory(staging + STAGING_BYTES);
  const lanes = (at: number, count: number): Lanes => new LANE_ARRAYS[shape.laneBits](memory.buffer, at, count);
  return {
    config,
    shape,
    memory,
    bytes: new Uint8Array(memory.buffer),
    staging,
    uop: new Uint32Array(memory.buffer, uopAt, config.uopDepth),
    inp: lanes(inpAt, config.inpDepth * shape.inpLanes),
    wgt: lanes(wgtAt, config.wgtDepth * shape.wgtLanes),
    acc: new Int32Array(memory.buffer, accAt, config.accDepth * shape.accLanes),
    padValue: 0,
    onWrite: null,
    uopVersion: 0,
  };
}

/** Zeroes everything, as at power-up. */
export function resetMachineState(state: MachineState): void {
  resetUops(state);
  state.inp.fill(0);
  state.wgt.fill(0);
  state.acc.fill(0);
  state.padValue = 0;
}

/** Zeroes the micro-ops only. */
export function resetUops(state: MachineState): void {
  state.uop.fill(0);
  state.uopVersion++;
}
