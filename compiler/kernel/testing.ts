/** Helpers of this package's tests: random specs, exact reference results, and running a kernel on a machine. */
import type { Device } from '#isa/arch/device';
import { encodeProgram, INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { roundHalfEven } from '#isa/semantics/requantize';
import { type ActivationLayout, type AddSpec, type CompiledKernel, type ConvSpec, type KernelBuffer, physicalShape } from './spec.js';

/** A small deterministic generator (mulberry32): whole numbers low..high. */
export function random(seed: number): (low: number, high: number) => number {
  let a = seed >>> 0;
  return (low, high) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + (((t ^ (t >>> 14)) >>> 0) % (high - low + 1));
  };
}

export const NO_HALO = { top: 0, left: 0, bottom: 0, right: 0 };

export interface ConvOptions {
  readonly inC: number;
  readonly outC: number;
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: ActivationLayout['halo'];
  readonly inputHalo?: ActivationLayout['halo'];
  readonly outputHalo?: ActivationLayout['halo'];
  readonly relu?: boolean;
  readonly weightBits?: number;
}

/** A convolution with random weights and plausible scales. */
export function randomConv(seed: number, o: ConvOptions): ConvSpec {
  const r = random(seed);
  const oh = Math.floor((o.size[0] + o.padding.top + o.padding.bottom - o.kernel[0]) / o.stride[0]) + 1;
  const ow = Math.floor((o.size[1] + o.padding.left + o.padding.right - o.kernel[1]) / o.stride[1]) + 1;
  const inputZero = r(-128, 127);
  const outputZero = o.relu ? -128 : r(-20, 20);
  const taps = o.kernel[0] * o.kernel[1] * o.inC;
  const limit = 2 ** ((o.weightBits ?? 8) - 1);
  const weights = Int8Array.from({ length: o.outC * taps }, () => r(-limit, limit - 1));
  const bias = Int32Array.from({ length: o.outC }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < taps; i++) sum += weights[c * taps + i];
    return r(-2000, 2000) - inputZero * sum;
  });
  const spread = 128 * limit * 0.6 * Math.sqrt(taps);
  const scales = Float32Array.from({ length: o.outC }, () => ((40 + r(0, 120)) / spread) * (1 + r(0, 1000) / 1000));
  return {
    kind: 'conv2d',
    name: `conv ${seed}`,
    input: { channels: o.inC, height: o.size[0], width: o.size[1], halo: o.inputHalo ?? o.padding, zeroPoint: inputZero },
    output: { channels: o.outC, height: oh, width: ow, halo: o.outputHalo ?? NO_HALO, zeroPoint: outputZero },
    kernel: o.kernel,
    stride: o.stride,
    padding: o.padding,
    weights,
    bias,
    requant: { scales, zeroPoint: outputZero, lo: o.relu ? outputZero : -128, hi: 127, rounding: 'reference' },
  };
}

export const randomImage = (seed: number, a: ActivationLayout): Int8Array => {
  const r = random(seed);
  return Int8Array.from({ length: a.height * a.width * a.channels }, () => r(-128, 127));
};

/** [y][x][channel] image to the blocked layout with halo; unused lanes and batch rows hold rubbish. */
export function packActivation(image: Int8Array, a: ActivationLayout, batch: number, block: number): Uint8Array {
  const p = physicalShape(a, block);
  const out = new Int8Array(p.elements * batch * block).fill(77);
  for (let cb = 0; cb < p.blocks; cb++) {
    for (let y = 0; y < p.rows; y++) {
      for (let x = 0; x < p.columns; x++) {
        for (let c = 0; c < Math.min(block, a.channels - cb * block); c++) {
          const [iy, ix] = [y - a.halo.top, x - a.halo.left];
          const inside = iy >= 0 && iy < a.height && ix >= 0 && ix < a.width;
          const value = inside ? image[(iy * a.width + ix) * a.channels + cb * block + c] : a.zeroPoint;
          out[((cb * p.rows + y) * p.columns + x) * batch * block + c] = value;
        }
      }
    }
  }
  return new Uint8Array(out.buffer);
}

export function unpackActivation(bytes: Uint8Array, a: ActivationLayout, batch: number, block: number): Int8Array {
  const p = physicalShape(a, block);
  const data = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Int8Array(a.height * a.width * a.channels);
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      for (let c = 0; c < a.channels; c++) {
        const element = (Math.floor(c / block) * p.rows + y + a.halo.top) * p.columns + x + a.halo.left;
        out[(y * a.width + x) * a.channels + c] = data[element * batch * block + (c % block)];
      }
    }
  }
  return out;
}

/** Accumulators with bias, [y][x][channel], straight from the definition. */
export function referenceAccumulators(spec: ConvSpec, image: Int8Array): Int32Array {
  const { input, output, padding } = spec;
  const [kh, kw] = spec.kernel;
  const out = new Int32Array(output.height * output.width * output.channels);
  let at = 0;
  for (let y = 0; y < output.height; y++) {
    for (let x = 0; x < output.width; x++) {
      for (let o = 0; o < output.channels; o++) {
        let sum = spec.bias[o];
        for (let dy = 0; dy < kh; dy++) {
          for (let dx = 0; dx < kw; dx++) {
            const iy = y * spec.stride[0] + dy - padding.top;
            const ix = x * spec.stride[1] + dx - padding.left;
            const inside = iy >= 0 && iy < input.height && ix >= 0 && ix < input.width;
            for (let i = 0; i < input.channels; i++) {
              const value = inside ? image[(iy * input.width + ix) * input.channels + i] : input.zeroPoint;
              sum += value * spec.weights[((o * kh + dy) * kw + dx) * input.channels + i];
            }
          }
        }
        out[at++] = sum;
      }
    }
  }
  return out;
}

/** The reference requantization (float32 product, ties to even) of one accumulator. */
export const referenceRequant = (spec: ConvSpec, acc: number, channel: number): number => {
  const { scales, zeroPoint, lo, hi } = spec.requant;
  return Math.max(lo, Math.min(hi, roundHalfEven(Math.fround(Math.fround(acc) * scales[channel])) + zeroPoint));
};

export function referenceConv(spec: ConvSpec, image: Int8Array): Int8Array {
  const channels = spec.output.channels;
  return Int8Array.from(referenceAccumulators(spec, image), (acc, i) => referenceRequant(spec, acc, i % channels));
}

export function referenceAdd(spec: AddSpec, a: Int8Array, b: Int8Array): Int8Array {
  return a.map((x, i) => {
    const sum = (spec.constant + x * spec.mulA + b[i] * spec.mulB) | 0;
    return Math.max(spec.lo, Math.min(spec.hi, (sum >> spec.shift) + spec.zeroPoint));
  });
}

const elementBytes = (memory: KernelBuffer['memory'], c: VtaConfig): number =>
  ({ UOP: c.uopBytes, WGT: c.wgtBytes, INP: c.inpBytes, ACC: c.accBytes, OUT: c.outBytes, ACC_8BIT: c.accBytes / 4 })[memory];

/** Links a kernel into a memory image, runs it and returns the bytes of its output buffer. */
export async function runKernel(kernel: CompiledKernel, inputs: Readonly<Record<string, Uint8Array>>, device: Device) {
  const c = device.config;
  let end = 4096;
  const addresses = kernel.buffers.map((b) => {
    const bytes = elementBytes(b.memory, c);
    const at = Math.ceil(end / Math.max(bytes, 64)) * Math.max(bytes, 64);
    end = at + bytes * b.elements;
    return at;
  });
  const insns = kernel.insns.map((insn, i) => {
    const b = kernel.relocations[i];
    if (b < 0 || (insn.op !== 'LOAD' && insn.op !== 'STORE')) return insn;
    return { ...insn, dram_base: insn.dram_base + addresses[b] / elementBytes(kernel.buffers[b].memory, c) };
  });
  const insnAddr = Math.ceil(end / INSN_BYTES) * INSN_BYTES;
  const program = encodeProgram(insns, c);
  const dram = new Uint8Array(insnAddr + program.length + 64);
  dram.set(program, insnAddr);
  kernel.buffers.forEach((b, i) => {
    const data = b.data ?? inputs[b.role];
    if (data !== undefined) dram.set(data, addresses[i]);
  });
  const result = await device.launch({ dram, insnAddr, insnCount: insns.length });
  const out = kernel.buffers.findIndex((b) => b.role === 'output');
  const bytes = elementBytes(kernel.buffers[out].memory, c) * kernel.buffers[out].elements;
  return { output: dram.slice(addresses[out], addresses[out] + bytes), result };
}
