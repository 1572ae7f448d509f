import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { FIRST_ADDRESS, type ImageSection } from '#runtime/artifact/artifact';
import { MAX_DRAM } from '#runtime/artifact/limits';
import type { KernelBuffer } from '../kernel/spec.js';
import { pipelineMessages as M } from './messages.js';

/** Buffers begin at multiples of this (and of their elements), so that they share no beat of the widest bus. */
const ALIGN = 64;

/** Hands out addresses from the bottom up. */
export class DeviceMemory {
  private next = FIRST_ADDRESS;
  readonly image: ImageSection[] = [];

  reserve(bytes: number, elementBytes = 1): number {
    const align = Math.max(ALIGN, elementBytes);
    const address = Math.ceil(this.next / align) * align;
    this.next = address + bytes;
    if (this.next > MAX_DRAM) fail(M.VTA2104, { bytes: this.next });
    return address;
  }

  place(role: string, bytes: Uint8Array, elementBytes = 1): number {
    const address = this.reserve(bytes.length, elementBytes);
    this.image.push({ kind: 'data', role, address, bytes });
    return address;
  }

  get size(): number {
    return Math.ceil(this.next / ALIGN) * ALIGN;
  }
}

/** Bytes of one element of a memory type in device memory. */
export function elementBytes(memory: KernelBuffer['memory'], c: VtaConfig): number {
  const bytes = {
    UOP: c.uopBytes,
    WGT: c.wgtBytes,
    INP: c.inpBytes,
    ACC: c.accBytes,
    OUT: c.outBytes,
    ACC_8BIT: c.batch * c.blockOut,
  };
  return bytes[memory];
}
