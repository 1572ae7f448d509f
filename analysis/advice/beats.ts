import { INSN_BYTES } from '#isa/codec/codec';
import { FETCH_CHUNK } from '#simulator/cycle/parameters';
import { eachBeat } from '../trace/beats.js';
import { FETCH } from '../trace/bursts.js';
import type { Facts } from './facts.js';
import type { At } from './resources.js';

/** Beat `n` (from 0) of a burst. */
function beat({ launch }: Facts, burst: number, n: number): At {
  let time = -1;
  let seen = 0;
  eachBeat(launch, burst, (cycle) => {
    if (seen++ === n) time = cycle;
  });
  return { point: 'beat', id: burst, time };
}

/** The beat that is the `n`-th of all that the client of `burst` asked for, at or before that burst. */
export function beatAt(f: Facts, burst: number, n: number): At {
  let b = burst;
  while (f.beatsBefore[b] > n) b = f.clientBefore[b];
  return beat(f, b, n - f.beatsBefore[b]);
}

/** The beat with the last byte of an instruction. */
export function fetchBeat(f: Facts, insn: number): At {
  const { insnAddr, p } = f.launch;
  const last = insnAddr + (insn + 1) * INSN_BYTES - 1;
  const chunk = Math.floor(last / FETCH_CHUNK);
  const burst = f.owners.ofClient[FETCH][chunk - Math.floor(insnAddr / FETCH_CHUNK)];
  const from = Math.max(insnAddr, chunk * FETCH_CHUNK);
  return beat(f, burst, Math.floor(last / p.beatBytes) - Math.floor(from / p.beatBytes));
}

/** The instruction whose last byte is in, or first after, the `n`-th beat that fetch asked for. */
export function insnOfBeat(f: Facts, burst: number, n: number): number {
  const { insnAddr, insns, p } = f.launch;
  let b = burst;
  while (f.beatsBefore[b] > n) b = f.clientBefore[b];
  const first = insnAddr + f.owners.insn[b] * INSN_BYTES;
  const end = (Math.floor(first / p.beatBytes) + (n - f.beatsBefore[b]) + 1) * p.beatBytes;
  return Math.min(insns.length - 1, Math.ceil((end - insnAddr) / INSN_BYTES) - 1);
}
