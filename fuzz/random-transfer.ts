import { insn } from '#isa/codec/codec';
import type { Insn, LoadInsn, StoreInsn } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { DATA_ADDRESS, POOL_ADDRESS, POOL_BYTES, type World } from './world.js';

/** A place in DRAM that a block may come from: bytes. */
interface Region {
  readonly address: number;
  readonly bytes: number;
}

interface Block {
  readonly sram_base: number;
  readonly dram_base: number;
  readonly x_size: number;
  readonly y_size: number;
  readonly x_stride: number;
}
interface Pads {
  readonly y_pad_0: number;
  readonly y_pad_1: number;
  readonly x_pad_0: number;
  readonly x_pad_1: number;
}
const NO_PADS: Pads = { y_pad_0: 0, y_pad_1: 0, x_pad_0: 0, x_pad_1: 0 };
const MOST = 2 ** 16 - 1;
const ADDRESSES = 2 ** 32;

function somePads({ r }: World): Pads {
  if (r.chance(0.6)) return NO_PADS;
  const pad = () => (r.chance(0.5) ? 0 : r.small(0, 15));
  return { y_pad_0: pad(), y_pad_1: pad(), x_pad_0: pad(), x_pad_1: pad() };
}

/** Sizes of a block of at most `depth` elements, padding included. */
function sizes({ r }: World, depth: number, p: Pads): { readonly x: number; readonly y: number } | null {
  const width = (x: number) => x + p.x_pad_0 + p.x_pad_1;
  const height = (y: number) => y + p.y_pad_0 + p.y_pad_1;
  const rows = r.chance(0.05) ? 0 : r.pick([1, 1, 1, r.small(1, 20), r.small(1, Math.min(depth, MOST))]);
  const most = Math.floor(depth / Math.max(1, height(rows))) - p.x_pad_0 - p.x_pad_1;
  if (most < 1 && height(rows) > 0) return rows > 1 && width(1) * height(1) <= depth ? { x: 1, y: 1 } : null;
  return { x: r.small(1, Math.min(MOST, Math.max(1, most))), y: rows };
}

/** A row stride with which `y` rows of `x` elements stay in `room` elements; a stride that is not used is anything. */
function stride({ r }: World, x: number, y: number, room: number): number | null {
  if (y <= 1) return r.chance(0.3) ? r.int(0, MOST) : x;
  const most = Math.floor((room - x) / (y - 1));
  if (most < 0) return null;
  return Math.min(MOST, most, r.pick([x, x, r.small(0, 2 * x + 4), r.small(0, most)]));
}

function block(w: World, depth: number, bytes: number, region: Region, pads: Pads): Block | null {
  const { r } = w;
  const size = sizes(w, Math.min(depth, w.steps, Math.floor((4 * w.lanes) / bytes)), pads);
  const room = Math.floor(region.bytes / bytes);
  if (size === null || size.x > room) return null;
  const x_stride = stride(w, size.x, size.y, room);
  if (x_stride === null) return null;
  const reach = size.x + Math.max(0, size.y - 1) * x_stride;
  const last = Math.max(0, room - reach);
  const first = region.address / bytes + (r.chance(0.6) ? r.small(0, Math.min(last, 64)) : r.int(0, last));
  // an address is a 32-bit product: what overflows is lost
  const wraps = bytes > 1 && r.chance(0.1) ? r.int(1, bytes - 1) * (ADDRESSES / bytes) : 0;
  const elements = (size.x + pads.x_pad_0 + pads.x_pad_1) * (size.y + pads.y_pad_0 + pads.y_pad_1);
  w.steps -= elements;
  w.lanes -= (elements * bytes) / 4;
  const top = Math.max(0, Math.min(MOST, depth - elements));
  const sram_base = r.pick([0, r.int(0, Math.min(top, w.spread)), r.int(0, top), top]);
  return { sram_base, dram_base: first + wraps, x_size: size.x, y_size: size.y, x_stride };
}

const dataOf = (w: World): Region => ({ address: DATA_ADDRESS, bytes: w.dataBytes });

function load(
  w: World,
  type: 'UOP' | 'INP' | 'WGT' | 'ACC' | 'ACC_8BIT',
  depth: number,
  bytes: number,
  region = dataOf(w),
): LoadInsn | null {
  const memory_type = MEMORY_TYPES[type].code;
  const pads = somePads(w);
  const padded = block(w, depth, bytes, region, pads);
  if (padded !== null) return insn('LOAD', { memory_type, ...padded, ...pads });
  const bare = block(w, depth, bytes, region, NO_PADS);
  return bare === null ? null : insn('LOAD', { memory_type, ...bare });
}

/** LOAD of micro-ops, from the pool that nothing stores to. */
export const randomUopLoad = (w: World): LoadInsn | null =>
  load(w, 'UOP', w.config.uopDepth, 4, { address: POOL_ADDRESS, bytes: POOL_BYTES });

export const randomInpLoad = (w: World): LoadInsn | null => load(w, 'INP', w.config.inpDepth, w.config.inpBytes);
export const randomWgtLoad = (w: World): LoadInsn | null => load(w, 'WGT', w.config.wgtDepth, w.config.wgtBytes);

export function randomAccLoad(w: World): LoadInsn | null {
  const { config: c, r } = w;
  const narrow = c.accBits === 32 && r.chance(0.4);
  return load(w, narrow ? 'ACC_8BIT' : 'ACC', c.accDepth, narrow ? c.accBytes / 4 : c.accBytes);
}

export function randomStore(w: World): StoreInsn | null {
  const b = block(w, w.config.accDepth, w.config.outBytes, dataOf(w), NO_PADS);
  return b === null ? null : insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, ...b });
}

/** LOAD PAD_VALUE where the machine has it. */
export const randomPadValue = ({ r, config }: World): LoadInsn | null =>
  config.extension ? insn('LOAD', { memory_type: MEMORY_TYPES.PAD_VALUE.code, sram_base: r.int(0, MOST), x_size: r.int(0, 3) }) : null;

/** A LOAD or STORE with x_size = 0: it does nothing, whatever its other fields say. */
export function randomSync({ r, config }: World): Insn {
  const types = config.extension ? [0, 1, 2, 3, 4, 5, 7] : [0, 1, 2, 3, 4, 5, 6, 7];
  const any = () => ({
    sram_base: r.int(0, MOST),
    dram_base: r.bits(),
    y_size: r.int(0, MOST),
    x_stride: r.int(0, MOST),
    y_pad_0: r.int(0, 15),
    x_pad_1: r.int(0, 15),
  });
  const fields = r.chance(0.5) ? {} : any();
  return r.chance(0.25) ? insn('STORE', { memory_type: r.int(0, 7), ...fields }) : insn('LOAD', { memory_type: r.pick(types), ...fields });
}
