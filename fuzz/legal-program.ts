import type { MemorySettings } from '#isa/arch/memory';
import { encodeInsn, INSN_BYTES } from '#isa/codec/codec';
import { layoutOf } from '#isa/codec/layout';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { type Decoded, decodeAt } from '#simulator/values/decode';
import { accessesOf } from './accesses.js';
import type { FuzzCase, FuzzLaunch } from './case.js';
import { MOTIFS, type Motif } from './motifs.js';
import type { Random } from './random.js';
import { randomAlu, randomGemm } from './random-compute.js';
import { randomAccLoad, randomInpLoad, randomPadValue, randomStore, randomSync, randomUopLoad, randomWgtLoad } from './random-transfer.js';
import { COMPUTE, LOAD, SCHEMES, STORE, type Step, TokenPlan, type UnitNumber } from './token-plan.js';
import { applyUopLoad, uopPool } from './uop-pool.js';
import { type Budget, DATA_ADDRESS, POOL_ADDRESS, type World } from './world.js';

/** What a fast run affords: about 10 ms of plain execution. */
export const SMALL_BUDGET: Budget = { steps: 4000, lanes: 200_000, iterations: 40 };

/** Instructions of one unit that certainly fit in its queue, so that the stream may have them in any order. */
const QUEUE = 500;
const PAGE = 4096;

const MAKERS: readonly ((w: World) => Insn | null)[] = [
  randomGemm,
  randomAlu,
  randomAccLoad,
  randomUopLoad,
  randomInpLoad,
  randomWgtLoad,
  randomStore,
  randomSync,
  randomPadValue,
];
const PRELUDE = [randomUopLoad, randomInpLoad, randomWgtLoad, randomAccLoad];

const unitNumber = (d: Decoded): UnitNumber => (d.unit === 'load' ? LOAD : d.unit === 'store' ? STORE : COMPUTE);

/** Bytes with a meaning to trip over: limits, small numbers, zeros, anything. */
function fillData(dram: Uint8Array, from: number, to: number, r: Random): void {
  const styles: readonly (() => number)[] = [
    () => r.bits(),
    () => r.int(-3, 3),
    () => r.pick([0x80, 0x7f, 0xff, 0, 1]),
    () => 0,
    () => r.int(0, 255),
  ];
  let style = styles[0];
  for (let at = from; at < to; at++) {
    if (at % 64 === 0) style = r.pick(styles);
    dram[at] = style();
  }
}

const single = (make: (w: World) => Insn | null): Motif =>
  function* (w) {
    const insn = make(w);
    if (insn !== null) yield insn;
  };

/** Instructions and motifs of one launch: how often each comes differs from launch to launch. */
function motifsOf(r: Random, count: number): Motif[] {
  const weights = MAKERS.map(() => r.pick([1, 1, 2, 5]));
  weights[7] = r.pick([0, 1]);
  const motifs = r.pick([0, 0.02, 0.1, 0.3]);
  const bag = MAKERS.flatMap((make, i) => new Array<Motif>(weights[i]).fill(single(make)));
  const chosen = Array.from({ length: count }, () => r.pick(r.chance(motifs) ? MOTIFS : bag));
  return [...(r.chance(0.8) ? PRELUDE.map(single) : []), ...chosen];
}

/** The instructions of one launch in the order that gives them their meaning. */
function steps(w: World, count: number): Step[] {
  const { r, config } = w;
  const view = new DataView(w.dram.buffer);
  const out: Step[] = [];
  for (const motif of motifsOf(r, count)) {
    if (out.length >= count + PRELUDE.length) break;
    for (const insn of motif(w)) {
      const d = decodeAt(encodeInsn(insn, config), 0, out.length, config);
      out.push({ insn, unit: unitNumber(d), accesses: accessesOf(d, w.uop, config) });
      if (d.kind === 'load' && d.memory === 'UOP') applyUopLoad(d, w.uop, view);
    }
  }
  return out;
}

/** One stream of the three units' instructions: as placed, or in any other order that keeps each unit's own. */
function interleave(plan: TokenPlan, r: Random): Insn[] {
  const { streams, placement } = plan;
  const next = [0, 0, 0];
  const out: Insn[] = [];
  const take = (unit: UnitNumber) => out.push(streams[unit][next[unit]++]);
  const run = r.pick([0, 0, 1, 4, 60]);
  if (run === 0 || streams.some((s) => s.length > QUEUE)) {
    placement.forEach(take);
    return out;
  }
  // FINISH, the last of compute, stays the last of all
  const left = (u: UnitNumber) => streams[u].length - next[u] - (u === COMPUTE ? 1 : 0);
  const units = () => ([LOAD, COMPUTE, STORE] as const).filter((u) => left(u) > 0);
  for (let some = units(); some.length > 0; some = units()) {
    const unit = r.pick(some);
    for (let n = r.int(1, run); n > 0 && left(unit) > 0; n--) take(unit);
  }
  take(COMPUTE);
  return out;
}

/** Sets some of the bits that no field uses: published streams carry garbage there (reference 2.1). */
function addGarbage(bytes: Uint8Array, insn: Insn, config: VtaConfig, r: Random): void {
  const used = new Uint8Array(8 * INSN_BYTES);
  for (const f of layoutOf(config).insns[insn.op]) used.fill(1, f.lo, f.lo + f.width);
  for (let bit = 0; bit < used.length; bit++) if (used[bit] === 0 && r.chance(0.5)) bytes[bit >> 3] |= 1 << (bit & 7);
}

function encodeStream(insns: readonly Insn[], config: VtaConfig, garbage: boolean, r: Random): Uint8Array {
  const out = new Uint8Array(insns.length * INSN_BYTES);
  insns.forEach((insn, i) => {
    const bytes = encodeInsn(insn, config);
    if (garbage) addGarbage(bytes, insn, config, r);
    out.set(bytes, i * INSN_BYTES);
  });
  return out;
}

/** The size of the data region: room for a few of the largest elements. */
const dataBytesOf = (c: VtaConfig, r: Random): number =>
  Math.ceil(Math.max(r.pick([2, 8, 16]) * PAGE, 6 * c.wgtBytes, 6 * c.accBytes, 6 * c.inpBytes) / PAGE) * PAGE;

/**
 * A random legal case: every index and address in range, every two instructions that touch the same data ordered by tokens, and
 * everything ordered before FINISH; so every machine must leave the same memory and write the same values.
 * @param insns the most instructions of a launch, tokens' synchronisations not counted
 */
export function legalCase(name: string, config: VtaConfig, memory: MemorySettings, r: Random, insns: number, budget: Budget): FuzzCase {
  const launchCount = r.pick([1, 1, 2, 3]);
  const dataBytes = dataBytesOf(config, r);
  const spread = r.pick([1, 2, 4, 16, 64, 4096]);
  const pool = uopPool(config, r, spread);
  const head = new Uint8Array(DATA_ADDRESS + dataBytes);
  const view = new DataView(head.buffer);
  pool.forEach((word, i) => view.setUint32(POOL_ADDRESS + 4 * i, word, true));
  fillData(head, DATA_ADDRESS, head.length, r);
  // also a very large machine makes a few steps
  const lanes = Math.max(Math.ceil(budget.lanes / launchCount), 4 * config.batch * config.blockIn * config.blockOut);
  const share = { steps: Math.ceil(budget.steps / launchCount), lanes, iterations: budget.iterations };
  const uop = new Uint32Array(config.uopDepth);
  let stale = { l2c: 0, c2l: 0, c2s: 0, s2c: 0 };
  const parts: Uint8Array[] = [head];
  const launches: FuzzLaunch[] = [];
  let motifUops = 0;
  let end = head.length;
  for (let n = 0; n < launchCount; n++) {
    const w: World = { config, r, dram: head, uop, dataBytes, spread, ...share, motifUops };
    const plan = new TokenPlan(r, r.pick(SCHEMES), stale);
    for (const step of steps(w, r.chance(0.6) ? r.int(1, insns) : r.small(1, insns))) plan.add(step);
    motifUops = w.motifUops;
    stale = plan.finish(r.chance(0.2));
    const stream = encodeStream(interleave(plan, r), config, r.chance(0.3), r);
    const gap = r.chance(0.5) ? 0 : r.int(0, 40) * INSN_BYTES;
    parts.push(new Uint8Array(gap), stream);
    launches.push({ insnAddr: end + gap, insnCount: stream.length / INSN_BYTES });
    end += gap + stream.length;
  }
  const dram = new Uint8Array(end);
  let at = 0;
  for (const part of parts) {
    dram.set(part, at);
    at += part.length;
  }
  return { name, config, memory, dram, launches };
}
