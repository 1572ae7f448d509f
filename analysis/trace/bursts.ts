import type { TimingTraits } from '#isa/arch/timing-traits';
import { BURST_CLIENTS } from '#isa/arch/trace';
import { INSN_BYTES } from '#isa/codec/codec';
import { LOAD_UNIT, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import type { RecordedLaunch } from './launch.js';

/** Numbers of the clients in `trace.bursts.client`. */
export const [FETCH, COMPUTE, LOAD, STORE] = BURST_CLIENTS.map((_, i) => i);

/** Which bursts belong to which instruction. */
export interface BurstOwners {
  /** For each burst of the trace, the instruction that it carries data of; for fetch, the first instruction in it. */
  readonly insn: Int32Array;
  /** For each client, its bursts by position in the trace. */
  readonly ofClient: readonly Int32Array[];
  /** For each instruction, its first burst as a position in its client's list, and how many follow; none are 0. */
  readonly first: Int32Array;
  readonly count: Int32Array;
}

const clientOf = (insn: TimingInsn): number => (insn.unit === LOAD_UNIT ? LOAD : insn.unit === STORE_UNIT ? STORE : COMPUTE);

/** How many bursts the splitting rule of timing.md makes of a row. */
export function burstsInRow(insn: TimingInsn, row: number, burstBytes: number): number {
  const from = insn.address + row * insn.rowStride;
  return Math.floor((from + insn.rowBytes - 1) / burstBytes) - Math.floor(from / burstBytes) + 1;
}

function burstCount(insn: TimingInsn, traits: TimingTraits): number {
  const burstBytes = insn.unit === STORE_UNIT ? traits.storeBurstBytes : traits.burstBytes;
  let count = 0;
  for (let row = 0; row < insn.rows; row++) count += burstsInRow(insn, row, burstBytes);
  return count;
}

/** The first instruction in each fetch burst. */
function fetchedInsns({ insnAddr, insns, traits }: RecordedLaunch): number[] {
  const end = insnAddr + insns.length * INSN_BYTES;
  const out: number[] = [];
  for (let from = insnAddr; from < end; from = traits.fetchEnd(from, end)) out.push((from - insnAddr) / INSN_BYTES);
  return out;
}

/** Matches the bursts of a trace with the instructions that asked for them. */
export function burstOwners(launch: RecordedLaunch): BurstOwners {
  const { bursts } = launch.trace;
  const lists: number[][] = BURST_CLIENTS.map(() => []);
  for (let b = 0; b < bursts.count; b++) lists[bursts.client[b]].push(b);
  const ofClient = lists.map((list) => Int32Array.from(list));
  const insn = new Int32Array(bursts.count);
  const first = new Int32Array(launch.insns.length);
  const count = new Int32Array(launch.insns.length);
  const used = BURST_CLIENTS.map(() => 0);
  fetchedInsns(launch).forEach((i) => {
    insn[ofClient[FETCH][used[FETCH]++]] = i;
  });
  for (const i of launch.insns) {
    const client = clientOf(i);
    first[i.index] = used[client];
    count[i.index] = burstCount(i, launch.traits);
    for (let n = 0; n < count[i.index]; n++) insn[ofClient[client][used[client]++]] = i.index;
  }
  BURST_CLIENTS.forEach((name, c) => {
    if (used[c] !== ofClient[c].length) {
      throw new Error(`internal error: the program makes ${used[c]} bursts of ${name}, the trace has ${ofClient[c].length}`);
    }
  });
  return { insn, ofClient, first, count };
}

/** Padding elements that a load writes, one per step. */
export const paddingSteps = (insn: TimingInsn): number => insn.padBefore + insn.padAfter + insn.rows * (insn.padLeft + insn.padRight);

/** Steps that the walker of a load takes: one per padding element and per beat, one if there is nothing to write. */
export function walkerSteps(insn: TimingInsn, owners: BurstOwners, launch: RecordedLaunch): number {
  let steps = paddingSteps(insn);
  for (const b of burstsOf(insn, owners)) steps += launch.trace.bursts.beats[b];
  return Math.max(1, steps);
}

/** The bursts of an instruction, in order, as positions in the trace. */
export function burstsOf(insn: TimingInsn, owners: BurstOwners): Int32Array {
  const from = owners.first[insn.index];
  return owners.ofClient[clientOf(insn)].subarray(from, from + owners.count[insn.index]);
}
