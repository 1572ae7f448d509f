/** LOAD and STORE by whole rows: copies where DRAM and working form agree, kernels for int8, loops for all else. */
import type { DecodedLoad, DecodedStore } from './decode.js';
import { kernelsOf } from './kernels.js';
import { type Lanes, type MachineState, STAGING_BYTES } from './state.js';

/** Loads `count` consecutive elements from byte `address` to element `index` on. */
type LoadRun = (dram: Uint8Array, address: number, index: number, count: number) => void;

/** How one memory type is loaded: its working form, lanes per element, and the copy of a run of elements. */
interface Loader {
  readonly out: Lanes | Uint32Array;
  readonly elementLanes: number;
  readonly run: LoadRun;
}

/** A call of `set` costs about as much as copying this many bytes one by one. */
const SHORT_COPY = 64;

function copy(from: Uint8Array, at: number, to: Uint8Array, toAt: number, count: number): void {
  if (count > SHORT_COPY) to.set(from.subarray(at, at + count), toAt);
  else for (let i = 0; i < count; i++) to[toAt + i] = from[at + i];
}

/** DRAM and working form are the same bytes. */
const copyRun =
  (state: MachineState, out: Lanes | Uint32Array, elementBytes: number): LoadRun =>
  (dram, address, index, count) =>
    copy(dram, address, state.bytes, out.byteOffset + index * elementBytes, count * elementBytes);

/** Through the staging area and a kernel; `size` is that of a working element in bytes. */
const kernelRun =
  (state: MachineState, out: Lanes, elementBytes: number, size: number, call: (from: number, to: number, count: number) => void): LoadRun =>
  (dram, address, index, count) => {
    const most = Math.floor(STAGING_BYTES / elementBytes);
    for (let n = 0; n < count; n += most) {
      const some = Math.min(most, count - n);
      copy(dram, address + n * elementBytes, state.bytes, state.staging, some * elementBytes);
      call(state.staging, out.byteOffset + (index + n) * size, some);
    }
  };

/** Unpacks `count` consecutive `bits`-bit lanes from bit `bit` of byte `at` on. */
function unpack(from: Uint8Array, at: number, bit: number, bits: number, to: Lanes, toAt: number, count: number): void {
  const start = at + (bit >> 3);
  if (bits === 8) {
    for (let i = 0; i < count; i++) to[toAt + i] = (from[start + i] << 24) >> 24;
  } else if (bits === 16) {
    for (let i = 0, p = start; i < count; i++, p += 2) to[toAt + i] = ((from[p] | (from[p + 1] << 8)) << 16) >> 16;
  } else if (bits === 32) {
    for (let i = 0, p = start; i < count; i++, p += 4)
      to[toAt + i] = from[p] | (from[p + 1] << 8) | (from[p + 2] << 16) | (from[p + 3] << 24);
  } else {
    const up = 32 - bits;
    for (let i = 0, b = bit & 7; i < count; i++, b += bits) to[toAt + i] = ((from[start + (b >> 3)] >> (b & 7)) << up) >> up;
  }
}

/** Row by row; `stride` is the distance of rows in lanes. */
const rowsRun =
  (out: Lanes, bits: number, rows: number, lanes: number, stride: number): LoadRun =>
  (dram, address, index, count) => {
    const dense = stride === lanes;
    const runs = dense ? 1 : count * rows;
    const length = dense ? count * rows * lanes : lanes;
    for (let r = 0; r < runs; r++) unpack(dram, address, r * lanes * bits, bits, out, index * rows * stride + r * stride, length);
  };

/** Weights of any width, transposed lane by lane. */
function weightRun({ config: c, shape: s, wgt }: MachineState): LoadRun {
  const row = s.laneBits === 16 ? new Int16Array(c.blockIn) : new Int32Array(c.blockIn);
  return (dram, address, index, count) => {
    for (let r = 0; r < count * c.blockOut; r++) {
      unpack(dram, address, r * c.blockIn * c.wgtBits, c.wgtBits, row, 0, c.blockIn);
      const at = (index + Math.floor(r / c.blockOut)) * s.wgtLanes + (r % c.blockOut) * s.unitLanes;
      for (let i = 0; i < c.blockIn; i++) wgt[at + Math.floor(i / s.unitLanes) * s.rowOut * s.unitLanes + (i % s.unitLanes)] = row[i];
    }
  };
}

function inpRun(state: MachineState): LoadRun {
  const { config: c, shape: s, inp } = state;
  if (c.inpBits === s.laneBits && s.rowIn === c.blockIn) return copyRun(state, inp, c.inpBytes);
  if (c.inpBits === 8 && s.laneBits === 16 && s.rowIn === c.blockIn && s.inpLanes % 8 === 0) {
    const { widen } = kernelsOf(state).memory;
    return kernelRun(state, inp, c.inpBytes, s.inpLanes * 2, (from, to, count) => widen(from, to, (count * s.inpLanes) / 8));
  }
  return rowsRun(inp, c.inpBits, c.batch, c.blockIn, s.rowIn);
}

function wgtRun(state: MachineState): LoadRun {
  const { config: c, shape: s, wgt } = state;
  if (c.wgtBits === 8 && s.laneBits === 16 && c.blockIn % 8 === 0 && c.blockOut >= 4) {
    return kernelRun(state, wgt, c.wgtBytes, s.wgtLanes * 2, kernelsOf(state).memory.transpose);
  }
  return weightRun(state);
}

function loaders(state: MachineState): Readonly<Record<DecodedLoad['memory'], Loader>> {
  const { config: c, shape: s, uop, inp, wgt, acc } = state;
  const accRows = (bits: number) => rowsRun(acc, bits, c.batch, c.blockOut, s.rowOut);
  const accRun = c.accBits === 32 && s.rowOut === c.blockOut ? copyRun(state, acc, c.accBytes) : accRows(c.accBits);
  return {
    UOP: { out: uop, elementLanes: 1, run: copyRun(state, uop, 4) },
    INP: { out: inp, elementLanes: s.inpLanes, run: inpRun(state) },
    WGT: { out: wgt, elementLanes: s.wgtLanes, run: wgtRun(state) },
    ACC: { out: acc, elementLanes: s.accLanes, run: accRun },
    ACC_8BIT: { out: acc, elementLanes: s.accLanes, run: accRows(8) },
  };
}

const cache = new WeakMap<MachineState, ReturnType<typeof loaders>>();
function loadersOf(state: MachineState): ReturnType<typeof loaders> {
  let made = cache.get(state);
  if (made === undefined) {
    made = loaders(state);
    cache.set(state, made);
  }
  return made;
}

/** Executes a LOAD whose ranges are checked. */
export function fastLoad(state: MachineState, dram: Uint8Array, d: DecodedLoad): void {
  const { out, elementLanes, run } = loadersOf(state)[d.memory];
  const { insn: i } = d;
  const pad = d.memory === 'INP' ? state.padValue : 0;
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  const fill = (from: number, count: number) => {
    if (count > 0) out.fill(pad, from * elementLanes, (from + count) * elementLanes);
  };
  const first = i.sram_base + i.y_pad_0 * width;
  fill(i.sram_base, i.y_pad_0 * width);
  if (width === i.x_size && d.rowStride === i.x_size * d.elementBytes) {
    run(dram, d.address, first, i.y_size * i.x_size);
  } else {
    for (let y = 0, row = first; y < i.y_size; y++, row += width) {
      fill(row, i.x_pad_0);
      run(dram, d.address + y * d.rowStride, row + i.x_pad_0, i.x_size);
      fill(row + i.x_pad_0 + i.x_size, i.x_pad_1);
    }
  }
  fill(first + i.y_size * width, i.y_pad_1 * width);
  if (d.memory === 'UOP') state.uopVersion++;
}

/** Packs `count` consecutive accumulators into `bits`-bit lanes from bit `bit` of byte `at` on. */
function pack(acc: Int32Array, from: number, count: number, bits: number, dram: Uint8Array, at: number, bit: number): void {
  if (bits >= 8) {
    for (let i = 0, p = at + (bit >> 3); i < count; i++) {
      for (let b = 0; b < bits; b += 8) dram[p++] = acc[from + i] >> b;
    }
    return;
  }
  const mask = (1 << bits) - 1;
  for (let i = 0, b = bit; i < count; i++, b += bits) {
    const p = at + (b >> 3);
    dram[p] = (dram[p] & ~(mask << (b & 7))) | ((acc[from + i] & mask) << (b & 7));
  }
}

/** Stores `count` consecutive accumulators as bytes, by way of the staging area. The kernel may read and write up to 15 lanes more. */
function storeBytes(state: MachineState, dram: Uint8Array, from: number, address: number, count: number): void {
  const { acc, bytes, staging } = state;
  const { narrow } = kernelsOf(state).memory;
  for (let n = 0; n < count; n += STAGING_BYTES) {
    const some = Math.min(STAGING_BYTES, count - n);
    narrow(acc.byteOffset + (from + n) * 4, staging, Math.ceil(some / 16));
    copy(bytes, staging, dram, address + n, some);
  }
}

/** Executes a STORE whose ranges are checked. */
export function fastStore(state: MachineState, dram: Uint8Array, d: DecodedStore): void {
  const { config: c, shape: s, acc } = state;
  const { insn: i } = d;
  const dense = d.rowStride === i.x_size * d.elementBytes;
  const rows = dense ? 1 : i.y_size;
  const columns = dense ? i.x_size * i.y_size : i.x_size;
  for (let y = 0; y < rows; y++) {
    const from = (i.sram_base + y * columns) * s.accLanes;
    const address = d.address + y * d.rowStride;
    if (c.outBits === 8 && s.rowOut === c.blockOut) {
      storeBytes(state, dram, from, address, columns * s.accLanes);
    } else {
      for (let r = 0; r < columns * c.batch; r++) {
        pack(acc, from + r * s.rowOut, c.blockOut, c.outBits, dram, address, r * c.blockOut * c.outBits);
      }
    }
  }
}
