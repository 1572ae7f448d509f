/**
 * LOAD and STORE, lane by lane as the ISA text states them, with the hash of what they write. Slow and obvious: this
 * is what runs when hashes are asked for, and what the fast path is tested against.
 */
import type { VtaConfig } from '#isa/config/config';
import type { DecodedLoad, DecodedStore } from './decode.js';
import { accLane, inpLane, wgtLane } from './ranges.js';
import type { MachineState } from './state.js';
import { noteWrite } from './write.js';

/** Lane `lane` of packed elements of `bits`-bit integers starting at byte `at`, sign-extended. */
function packedLane(bytes: Uint8Array, at: number, lane: number, bits: number): number {
  const bit = lane * bits;
  let value = 0;
  for (let i = 0; i < bits; i += 8) value |= bytes[at + ((bit + i) >> 3)] << i;
  value >>>= bit & 7;
  return (value << (32 - bits)) >> (32 - bits);
}

/** `count` bytes at `at`, little-endian, zero-extended. */
function granule(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = (value << 8) | bytes[at + i];
  return value >>> 0;
}

/** Calls `element(index, byteAddress)` for everything a LOAD writes; the address is -1 for padding. */
function walk(d: DecodedLoad, element: (index: number, address: number) => void): void {
  const i = d.insn;
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  let index = i.sram_base;
  for (let y = -i.y_pad_0; y < i.y_size + i.y_pad_1; y++) {
    for (let x = -i.x_pad_0; x < width - i.x_pad_0; x++) {
      const inside = y >= 0 && y < i.y_size && x >= 0 && x < i.x_size;
      element(index++, inside ? d.address + y * d.rowStride + x * d.elementBytes : -1);
    }
  }
}

/** Executes a LOAD and returns its write hash. */
export function plainLoad(state: MachineState, dram: Uint8Array, d: DecodedLoad): number {
  const write = { UOP: loadUop, INP: loadInp, WGT: loadWgt, ACC: loadAcc, ACC_8BIT: loadAcc }[d.memory];
  let hash = 0;
  walk(d, (index, address) => {
    hash = (hash + write(state, dram, index, address, d)) | 0;
  });
  if (d.memory === 'UOP') state.uopVersion++;
  return hash >>> 0;
}

function loadUop(state: MachineState, dram: Uint8Array, index: number, address: number): number {
  state.uop[index] = address < 0 ? 0 : granule(dram, address, 4);
  return noteWrite(state, index, state.uop[index]);
}

/** Sum over the granules of one packed element; `pad` is the byte that fills a padding element. */
function packedHash(state: MachineState, dram: Uint8Array, index: number, address: number, bytes: number, pad: number): number {
  const size = Math.min(4, bytes);
  const padding = new Uint8Array(size).fill(pad);
  let hash = 0;
  for (let g = 0; g < bytes / size; g++) {
    const value = address < 0 ? granule(padding, 0, size) : granule(dram, address + g * size, size);
    hash = (hash + noteWrite(state, (index * bytes) / size + g, value)) | 0;
  }
  return hash;
}

function loadInp(state: MachineState, dram: Uint8Array, index: number, address: number): number {
  const c = state.config;
  for (let b = 0; b < c.batch; b++) {
    for (let i = 0; i < c.blockIn; i++) {
      state.inp[inpLane(index, b, i, state.shape)] = address < 0 ? state.padValue : packedLane(dram, address, b * c.blockIn + i, c.inpBits);
    }
  }
  return packedHash(state, dram, index, address, c.inpBytes, state.padValue);
}

function loadWgt(state: MachineState, dram: Uint8Array, index: number, address: number): number {
  const c = state.config;
  for (let o = 0; o < c.blockOut; o++) {
    for (let i = 0; i < c.blockIn; i++) {
      state.wgt[wgtLane(index, o, i, state.shape)] = address < 0 ? 0 : packedLane(dram, address, o * c.blockIn + i, c.wgtBits);
    }
  }
  return packedHash(state, dram, index, address, c.wgtBytes, 0);
}

function loadAcc(state: MachineState, dram: Uint8Array, index: number, address: number, d: DecodedLoad): number {
  const c = state.config;
  const bits = d.memory === 'ACC_8BIT' ? 8 : c.accBits;
  let hash = 0;
  for (let b = 0; b < c.batch; b++) {
    for (let o = 0; o < c.blockOut; o++) {
      const lane = b * c.blockOut + o;
      const value = address < 0 ? 0 : packedLane(dram, address, lane, bits);
      state.acc[accLane(index, b, o, state.shape)] = value;
      hash = (hash + noteWrite(state, index * c.batch * c.blockOut + lane, value)) | 0;
    }
  }
  return hash;
}

/** Writes the low `outBits` of an element's lanes to `out`. */
function packElement(state: MachineState, element: number, out: Uint8Array, c: VtaConfig): void {
  out.fill(0);
  const mask = c.outBits === 32 ? 0xffffffff : 2 ** c.outBits - 1;
  for (let b = 0; b < c.batch; b++) {
    for (let o = 0; o < c.blockOut; o++) {
      const bit = (b * c.blockOut + o) * c.outBits;
      const value = (state.acc[accLane(element, b, o, state.shape)] & mask) >>> 0;
      for (let i = 0; i < c.outBits; i += 8) out[(bit + i) >> 3] |= ((value >>> i) << (bit & 7)) & 0xff;
    }
  }
}

/** Executes a STORE and returns its write hash. */
export function plainStore(state: MachineState, dram: Uint8Array, d: DecodedStore): number {
  const c = state.config;
  const element = new Uint8Array(c.outBytes);
  const size = Math.min(4, c.outBytes);
  let hash = 0;
  for (let y = 0; y < d.insn.y_size; y++) {
    for (let x = 0; x < d.insn.x_size; x++) {
      packElement(state, d.insn.sram_base + y * d.insn.x_size + x, element, c);
      const address = d.address + y * d.rowStride + x * c.outBytes;
      dram.set(element, address);
      for (let g = 0; g < c.outBytes; g += size) hash = (hash + noteWrite(state, (address + g) / size, granule(element, g, size))) | 0;
    }
  }
  return hash >>> 0;
}
