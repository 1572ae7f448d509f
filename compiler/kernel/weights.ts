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
  return new Uint8Array(out.buffer);
}
