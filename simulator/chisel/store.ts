import type { DecodedStore } from '../values/decode.js';
import { beatsOf, burstEnd } from './parameters.js';

/** What a STORE does on the write channels. */
export interface StoreTimes {
  /** AW handshake of the first burst, transfer of the last W beat, and the B response of the last burst, which ends the instruction. */
  readonly first: number;
  readonly last: number;
  readonly done: number;
}

/**
 * Times of a STORE that starts in cycle s. Strictly one after the other, for every burst: a cycle for the command, two for AW, the
 * beats, with a cycle between two elements in which the next one is read from the scratchpad, and one for B.
 */
export function storeTimes(
  d: DecodedStore,
  s: number,
  onBurst: (beats: number, handshake: number, first: number, last: number) => void,
): StoreTimes {
  let command = s + 1;
  let last = command;
  for (let row = 0; row < d.insn.y_size; row++) {
    let from = d.address + row * d.rowStride;
    const end = from + d.insn.x_size * d.elementBytes;
    while (from < end) {
      const to = burstEnd(from, end);
      const beats = beatsOf(from, to);
      const elements = (to - from) / d.elementBytes;
      last = command + 2 + beats + (elements - 1);
      onBurst(beats, command + 2, command + 3, last);
      command = last + 2;
      from = to;
    }
  }
  return { first: s + 3, last, done: last + 1 };
}
