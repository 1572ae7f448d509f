import { COMMAND_QUEUE_DEPTH } from '#simulator/cycle/parameters';
import { COMPUTE_UNIT, LOAD_UNIT } from '#simulator/cycle/program';
import { type BurstOwners, FETCH } from './bursts.js';
import type { RecordedLaunch } from './launch.js';
import { type Span, SpanList, waits } from './spans.js';

/** Registered counts that decide whether fetch rests: the two queues, and work under way in load and compute. */
const [LOADS, COMPUTES, WALKING, IN_FLIGHT] = [0, 1, 2, 3];

/** Stretches `[from, to)` in which fetch asks for nothing because enough instructions wait (timing.md, Fetch). */
function rests({ insns, trace, traits }: RecordedLaunch): readonly (readonly [from: number, to: number])[] {
  if (!traits.fetchRests) return [];
  const { queued, accepted, finished, retired } = trace.insns;
  const changes: { at: number; count: number; by: number }[] = [];
  const change = (at: number, count: number, by: number) => changes.push({ at, count, by });
  for (const { index, unit } of insns) {
    if (unit !== LOAD_UNIT && unit !== COMPUTE_UNIT) continue;
    const isLoad = unit === LOAD_UNIT;
    change(queued[index], isLoad ? LOADS : COMPUTES, 1);
    change(accepted[index] + 1, isLoad ? LOADS : COMPUTES, -1);
    change(accepted[index] + 1, isLoad ? WALKING : IN_FLIGHT, 1);
    change((isLoad ? finished : retired)[index] + 1, isLoad ? WALKING : IN_FLIGHT, -1);
  }
  changes.sort((a, b) => a.at - b.at);
  const counts = [0, 0, 0, 0];
  const out: [number, number][] = [];
  let since = -1;
  for (let n = 0; n < changes.length; n++) {
    const { at, count, by } = changes[n];
    counts[count] += by;
    if (changes[n + 1]?.at === at) continue;
    const now = counts[LOADS] > 0 && counts[COMPUTES] > 0 && counts[WALKING] + counts[IN_FLIGHT] > 0;
    if (now && since < 0) since = at;
    else if (!now && since >= 0) {
      out.push([since, at]);
      since = -1;
    }
  }
  return out;
}

/** Cycles in which fetch may not have asked for the burst of each instruction: up to the one before its address handshake. */
function requestedAt({ insns, trace }: RecordedLaunch, owners: BurstOwners): Int32Array {
  const out = new Int32Array(insns.length);
  const bursts = owners.ofClient[FETCH];
  bursts.forEach((b, n) => {
    const end = n + 1 < bursts.length ? owners.insn[bursts[n + 1]] : insns.length;
    out.fill(trace.bursts.handshake[b] - 1, owners.insn[b], end);
  });
  return out;
}

/** Dispatches that are at most as far apart as a full instruction stream brings them are one span. */
export function fetchSpans(launch: RecordedLaunch, owners: BurstOwners): readonly Span[] {
  const { insns, trace, traits } = launch;
  const { queued, accepted, retired } = trace.insns;
  const leaves = traits.isSerial ? retired : accepted;
  const resting = rests(launch);
  const requested = requestedAt(launch, owners);
  const list = new SpanList();
  const dispatched: number[][] = [[], [], []];
  let run = { first: 0, memory: 0, queue: 0 };
  let next = 0;
  const close = (to: number) => {
    if (to > list.at) list.work(to, run.first, waits(run.memory, 0, run.queue));
  };
  /** Up to the request: waiting because it rests, or for the bus. */
  const beforeRequest = (i: number, to: number) => {
    while (next < resting.length && resting[next][1] <= list.at) next++;
    for (let n = next; n < resting.length && resting[n][0] < to; n++) {
      list.wait(Math.min(resting[n][0], to), 'memory', i);
      list.wait(Math.min(resting[n][1], to), 'queue', i);
    }
    list.wait(to, 'memory', i);
  };
  insns.forEach((insn, i) => {
    const dispatch = queued[i] - 1;
    const before = i === 0 ? -1 : queued[i - 1] - 1;
    // the queue has room in the cycle after the instruction at its head left it
    const roomAfter = dispatched[insn.unit].at(-COMMAND_QUEUE_DEPTH);
    const full = roomAfter === undefined ? -1 : leaves[roomAfter];
    dispatched[insn.unit].push(i);
    const blocked = Math.min(Math.max(full - before, 0), dispatch - before - 1);
    if (i > 0 && dispatch - before <= traits.fetchPace) {
      run.queue += blocked;
      run.memory += dispatch - before - 1 - blocked;
      return;
    }
    if (i > 0) close(before + 1);
    list.wait(before + 1 + blocked, 'queue', i);
    beforeRequest(i, Math.min(dispatch, requested[i]));
    list.wait(dispatch, 'memory', i);
    run = { first: i, memory: 0, queue: 0 };
  });
  close(queued[insns.length - 1]);
  return list.close(trace.cycles);
}
