import { AXI_CHANNELS, stalls } from '#isa/arch/memory';
import { NO_CYCLE } from '#isa/arch/trace';
import { COMPUTE_UNIT, LOAD, LOAD_UNIT, NOP, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import { type BurstOwners, burstsInRow, burstsOf, STORE, walkerSteps } from './bursts.js';
import { aluPasses } from './chains.js';
import { fetchSpans } from './fetch-spans.js';
import { gemmStretches } from './gemm-stretches.js';
import type { RecordedLaunch } from './launch.js';
import { TokenWaits } from './queue-waits.js';
import { NO_INSN, type Span, SpanList, type UnitId, waits } from './spans.js';

/** Each unit's time, cut into spans that cover `[0, cycles)`. In time proportional to instructions and bursts. */
export function unitSpans(launch: RecordedLaunch, owners: BurstOwners): Readonly<Record<UnitId, readonly Span[]>> {
  const compute = (kind: number) => launch.insns.filter((i) => i.unit === COMPUTE_UNIT && i.kind === kind);
  const loads = launch.insns.filter((i) => i.unit === LOAD_UNIT);
  return {
    fetch: fetchSpans(launch, owners),
    load: walkerSpans(launch, owners, loads, LOAD_UNIT),
    loader: walkerSpans(launch, owners, compute(LOAD), COMPUTE_UNIT),
    gemm: gemmSpans(launch),
    alu: aluSpans(launch),
    store: storeSpans(launch, owners),
    read: busSpans(launch, owners, false),
    write: busSpans(launch, owners, true),
  };
}

/** Cycle in which the first beat that a load waits for is visible; -1 if its first step needs none. */
function firstBeatVisible(insn: TimingInsn, owners: BurstOwners, launch: RecordedLaunch): number {
  if (insn.kind === NOP || insn.rows === 0 || insn.padBefore + insn.padLeft > 0) return -1;
  return launch.trace.bursts.first[burstsOf(insn, owners)[0]] + 1;
}

/**
 * The last step that a load could have had after its first one if no step had waited for a bank: one step per cycle, and none before its beat is
 * visible. Beats come one per cycle at most, so within a burst only the last can be waited for in the end.
 */
function unhinderedFinish(insn: TimingInsn, owners: BurstOwners, launch: RecordedLaunch): number {
  const { bursts, insns } = launch.trace;
  const mine = burstsOf(insn, owners);
  let at = insns.started[insn.index] - 1 + insn.padBefore;
  let n = 0;
  for (let row = 0; row < insn.rows; row++) {
    at += insn.padLeft;
    for (const end = n + burstsInRow(insn, row, launch.traits.burstBytes); n < end; n++)
      at = Math.max(at + bursts.beats[mine[n]], bursts.last[mine[n]] + 1);
    at += insn.padRight;
  }
  at += insn.padAfter;
  return Math.max(at, insns.started[insn.index]);
}

/** Loads, in the load unit or in the compute loader: the walker's steps. */
function walkerSpans(launch: RecordedLaunch, owners: BurstOwners, loads: readonly TimingInsn[], unit: number): readonly Span[] {
  const { started, finished, accepted } = launch.trace.insns;
  const list = new SpanList();
  const tokens = new TokenWaits(launch, unit);
  for (const insn of loads) {
    const { index } = insn;
    if (started[index] === NO_CYCLE) continue;
    tokens.fill(list, launch, index, started[index]);
    if (unit === LOAD_UNIT || launch.traits.isSerial) list.wait(started[index], 'memory', index);
    else {
      const visible = firstBeatVisible(insn, owners, launch);
      if (visible >= 0) list.wait(Math.min(started[index], Math.max(visible, accepted[index] + 1)), 'memory', index);
      list.wait(started[index], 'hazard', index);
    }
    const hazard = launch.traits.isSerial ? 0 : finished[index] - unhinderedFinish(insn, owners, launch);
    const steps = walkerSteps(insn, owners, launch);
    list.work(finished[index] + 1, index, waits(finished[index] + 1 - started[index] - steps - hazard, hazard));
  }
  return list.close(launch.trace.cycles);
}

/** GEMM: a step in every cycle of a stretch. */
function gemmSpans(launch: RecordedLaunch): readonly Span[] {
  const list = new SpanList();
  const tokens = new TokenWaits(launch, COMPUTE_UNIT);
  for (const { insn, from, to } of gemmStretches(launch)) {
    tokens.fill(list, launch, insn, from);
    list.wait(from, 'hazard', insn);
    list.work(to + 1, insn);
  }
  return list.close(launch.trace.cycles);
}

/** ALU: a pass is the work of its first instruction. What is not a vector between first and last waits for an interlock or a bank. */
function aluSpans(launch: RecordedLaunch): readonly Span[] {
  const { started, finished } = launch.trace.insns;
  const list = new SpanList();
  const tokens = new TokenWaits(launch, COMPUTE_UNIT);
  for (const index of aluPasses(launch).keys()) {
    tokens.fill(list, launch, index, started[index]);
    list.wait(started[index], 'hazard', index);
    list.work(finished[index] + 1, index, waits(0, finished[index] + 1 - started[index] - launch.insns[index].steps));
  }
  return list.close(launch.trace.cycles);
}

/**
 * Cycles up to `to` in which the store's command engine held a burst back that it could have sent: it waits for compute (timing.md, Store), or for room
 * in the completion queue. The address register holds a burst for a cycle before the handshake, and longer while AW stalls.
 */
function heldBackUntil({ trace, memory, traits }: RecordedLaunch, burst: number): number {
  if (traits.isSerial) return -1;
  let ready = trace.bursts.handshake[burst] - 1;
  while (stalls(memory, AXI_CHANNELS.AW, ready)) ready--;
  return ready;
}

/**
 * Store: the transfers of W beats. Before them, from the cycle after accept on, `hazard` while its bursts are held back; the rest waits for the bus or
 * fills the path to it.
 */
function storeSpans(launch: RecordedLaunch, owners: BurstOwners): readonly Span[] {
  const { bursts } = launch.trace;
  const list = new SpanList();
  const tokens = new TokenWaits(launch, STORE_UNIT);
  for (const insn of launch.insns) {
    if (insn.unit !== STORE_UNIT || insn.rows === 0) continue;
    const mine = burstsOf(insn, owners);
    const first = bursts.first[mine[0]];
    tokens.fill(list, launch, insn.index, first);
    list.wait(Math.min(first, heldBackUntil(launch, mine[0])), 'hazard', insn.index);
    list.wait(first, 'memory', insn.index);
    let [beats, hazard, before] = [0, 0, first - 1];
    for (const b of mine) {
      beats += bursts.beats[b];
      hazard += Math.max(0, Math.min(bursts.first[b], heldBackUntil(launch, b)) - before - 1);
      before = bursts.last[b];
    }
    list.work(before + 1, insn.index, waits(before + 1 - first - beats - hazard, hazard));
  }
  return list.close(launch.trace.cycles);
}

/** A data channel of the bus: transfers, and waiting for them from the address handshake on. Bursts are served in order. */
function busSpans({ trace }: RecordedLaunch, owners: BurstOwners, isWrite: boolean): readonly Span[] {
  const { count, client, beats, handshake, first, last } = trace.bursts;
  const list = new SpanList();
  for (let b = 0; b < count; b++) {
    if ((client[b] === STORE) !== isWrite) continue;
    list.wait(Math.min(handshake[b], first[b]), 'idle', NO_INSN);
    list.wait(first[b], 'memory', owners.insn[b]);
    list.work(last[b] + 1, owners.insn[b], waits(last[b] + 1 - first[b] - beats[b]));
  }
  return list.close(trace.cycles);
}
