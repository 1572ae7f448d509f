/** LOAD and STORE by whole rows: copies where DRAM and working form agree, unpacking loops where they do not. */
import type { DecodedLoad, DecodedStore } from './decode.js';
import type { Lanes, MachineState } from './state.js';

/** How elements of one memory type unpack: `rows` of `lanes` lanes of `bits` bits, stored `stride` lanes apart. */
interface Packing {
  readonly out: Lanes | Uint32Array;
  readonly bits: number;
  readonly rows: number;
  readonly lanes: number;
  readonly stride: number;
  /** Lanes of a whole element in working form. */
  readonly elementLanes: number;
  /** DRAM and working form are the same bytes. */
  readonly same: boolean;
}

function packing(out: Lanes | Uint32Array, bits: number, rows: number, lanes: number, stride: number, elementLanes: number): Packing {
  const same = bits === out.BYTES_PER_ELEMENT * 8 && stride === lanes && elementLanes === rows * lanes;
  return { out, bits, rows, lanes, stride, elementLanes, same };
}

function packings({ config: c, shape: s, uop, inp, wgt, acc }: MachineState) {
  return {
    UOP: packing(uop, 32, 1, 1, 1, 1),
    INP: packing(inp, c.inpBits, c.batch, c.blockIn, s.rowIn, s.inpLanes),
    WGT: packing(wgt, c.wgtBits, c.blockOut, c.blockIn, s.rowIn, s.wgtLanes),
    ACC: packing(acc, c.accBits, c.batch, c.blockOut, s.rowOut, s.accLanes),
    ACC_8BIT: packing(acc, 8, c.batch, c.blockOut, s.rowOut, s.accLanes),
  } as const;
}

const cache = new WeakMap<MachineState, ReturnType<typeof packings>>();
function packingsOf(state: MachineState): ReturnType<typeof packings> {
  let p = cache.get(state);
  if (p === undefined) {
    p = packings(state);
    cache.set(state, p);
  }
  return p;
}

/** A call of `set` costs about as much as copying this many bytes one by one. */
const SHORT_COPY = 64;

function copy(from: Uint8Array, at: number, to: Uint8Array, toAt: number, count: number): void {
  if (count > SHORT_COPY) to.set(from.subarray(at, at + count), toAt);
  else for (let i = 0; i < count; i++) to[toAt + i] = from[at + i];
}

/** Unpacks `count` consecutive `bits`-bit lanes from bit `bit` on. */
function unpack(from: Uint8Array, bit: number, bits: number, to: Lanes | Uint32Array, toAt: number, count: number): void {
  const at = bit >> 3;
  if (bits === 8) {
    for (let i = 0; i < count; i++) to[toAt + i] = (from[at + i] << 24) >> 24;
  } else if (bits === 16) {
    for (let i = 0; i < count; i++) to[toAt + i] = ((from[at + 2 * i] | (from[at + 2 * i + 1] << 8)) << 16) >> 16;
  } else if (bits === 32) {
    for (let i = 0, p = at; i < count; i++, p += 4) to[toAt + i] = from[p] | (from[p + 1] << 8) | (from[p + 2] << 16) | (from[p + 3] << 24);
  } else {
    const up = 32 - bits;
    for (let i = 0, b = bit & 7; i < count; i++, b += bits) to[toAt + i] = ((from[at + (b >> 3)] >> (b & 7)) << up) >> up;
  }
}

/** Loads `count` consecutive elements from byte `address` to element `index`. */
function loadRun(p: Packing, bytes: Uint8Array, dram: Uint8Array, address: number, index: number, count: number): void {
  if (p.same) {
    const size = p.elementLanes * p.out.BYTES_PER_ELEMENT;
    copy(dram, address, bytes, p.out.byteOffset + index * size, count * size);
    return;
  }
  if (p.stride === p.lanes && p.elementLanes === p.rows * p.lanes) {
    const run = dram.subarray(address);
    unpack(run, 0, p.bits, p.out, index * p.elementLanes, count * p.elementLanes);
    return;
  }
  const elementBytes = (p.rows * p.lanes * p.bits) / 8;
  for (let e = 0; e < count; e++) {
    const run = dram.subarray(address + e * elementBytes);
    for (let r = 0; r < p.rows; r++) unpack(run, r * p.lanes * p.bits, p.bits, p.out, (index + e) * p.elementLanes + r * p.stride, p.lanes);
  }
}

/** Executes a LOAD whose ranges are checked. */
export function fastLoad(state: MachineState, dram: Uint8Array, d: DecodedLoad): void {
  const p = packingsOf(state)[d.memory];
  const bytes = state.bytes;
  const { insn: i } = d;
  const pad = d.memory === 'INP' ? state.padValue : 0;
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  const fill = (from: number, count: number) => {
    if (count > 0) p.out.fill(pad, from * p.elementLanes, (from + count) * p.elementLanes);
  };
  const first = i.sram_base + i.y_pad_0 * width;
  fill(i.sram_base, i.y_pad_0 * width);
  if (width === i.x_size && d.rowStride === i.x_size * d.elementBytes) {
    loadRun(p, bytes, dram, d.address, first, i.y_size * i.x_size);
  } else {
    for (let y = 0, row = first; y < i.y_size; y++, row += width) {
      fill(row, i.x_pad_0);
      loadRun(p, bytes, dram, d.address + y * d.rowStride, row + i.x_pad_0, i.x_size);
      fill(row + i.x_pad_0 + i.x_size, i.x_pad_1);
    }
  }
  fill(first + i.y_size * width, i.y_pad_1 * width);
  if (d.memory === 'UOP') state.uopVersion++;
}

/** Packs `count` consecutive accumulators into `bits`-bit lanes from bit `bit` of byte `at` on; partial bytes are merged. */
function pack(acc: Int32Array, from: number, count: number, bits: number, dram: Uint8Array, at: number, bit: number): void {
  if (bits >= 8) {
    const bytes = bits / 8;
    for (let i = 0, p = at + (bit >> 3); i < count; i++) {
      for (let b = 0; b < bytes; b++) dram[p++] = acc[from + i] >> (8 * b);
    }
    return;
  }
  const mask = (1 << bits) - 1;
  for (let i = 0, b = bit; i < count; i++, b += bits) {
    const p = at + (b >> 3);
    const keep = dram[p] & ~(mask << (b & 7));
    dram[p] = keep | ((acc[from + i] & mask) << (b & 7));
  }
}

/** Executes a STORE whose ranges are checked. */
export function fastStore(state: MachineState, dram: Uint8Array, d: DecodedStore): void {
  const { config: c, shape: s, acc } = state;
  const { insn: i } = d;
  for (let y = 0; y < i.y_size; y++) {
    const element = i.sram_base + y * i.x_size;
    const address = d.address + y * d.rowStride;
    if (c.outBits === 8 && s.rowOut === c.blockOut) {
      const from = element * s.accLanes;
      const count = i.x_size * s.accLanes;
      for (let n = 0; n < count; n++) dram[address + n] = acc[from + n];
    } else {
      for (let r = 0; r < i.x_size * c.batch; r++) {
        pack(acc, element * s.accLanes + r * s.rowOut, c.blockOut, c.outBits, dram, address, r * c.blockOut * c.outBits);
      }
    }
  }
}
