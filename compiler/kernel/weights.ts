import type { VtaConfig } from '#isa/config/config';
import { convShape } from './conv-tir.js';
import type { ConvSpec } from './spec.js';

/** Weights as WGT elements [output block][input block][kh][kw][BLOCK_OUT][BLOCK_IN], zero in lanes beyond the channels. */
export function packWeights(spec: ConvSpec, config: VtaConfig): Uint8Array {
  const s = convShape(spec, config);
  const { blockIn, blockOut } = config;
  const inC = spec.input.channels;
  const taps = s.kh * s.kw;
  const out = new Int8Array(s.co * s.ko * taps * blockOut * blockIn);
  for (let o = 0; o < spec.output.channels; o++) {
    const [co, oLane] = [Math.floor(o / blockOut), o % blockOut];
    for (let t = 0; t < taps; t++) {
      for (let i = 0; i < inC; i++) {
        const [ko, iLane] = [Math.floor(i / blockIn), i % blockIn];
        const element = (co * s.ko + ko) * taps + t;
        out[(element * blockOut + oLane) * blockIn + iLane] = spec.weights[(o * taps + t) * inC + i];
      }
    }
  }
  return packBits(out, config.wgtBits);
}

/** Signed values of `bits` bits, the first in the low bits; little-endian where they are wider than a byte. */
function packBits(values: Int8Array, bits: number): Uint8Array {
  if (bits === 8) return new Uint8Array(values.buffer);
  if (bits > 8) {
    const wide = new Uint8Array((values.length * bits) / 8);
    values.forEach((w, i) => {
      for (let byte = 0; byte < bits / 8; byte++) wide[(i * bits) / 8 + byte] = w >> Math.min(31, 8 * byte);
    });
    return wide;
  }
  const packed = new Uint8Array(Math.ceil((values.length * bits) / 8));
  const mask = 2 ** bits - 1;
  values.forEach((w, i) => {
    packed[(i * bits) >> 3] |= (w & mask) << ((i * bits) & 7);
  });
  return packed;
}
