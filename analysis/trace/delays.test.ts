/**
 * Every delay of the timing table is the least one that traces of the cycle simulator show: the rules of docs/reference/timing.md imply it, and
 * nothing in the machine is faster.
 */
import { expect, test } from 'vitest';
import { NO_CYCLE } from '#isa/arch/trace';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { TIMING } from '#isa/spec/timing';
import { recordInsns } from '../../tests/support/traces.js';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT, NOP, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import { burstOwners, burstsOf } from './bursts.js';
import type { RecordedLaunch } from './launch.js';

const one = { dram_base: 0x100, y_size: 1, x_size: 1, x_stride: 1 };
const UOP = insn('LOAD', { memory_type: 0, ...one });
const load = (flags: Partial<Insn> = {}): Insn => insn('LOAD', { memory_type: 2, ...one, ...flags });
const PADDING = insn('LOAD', { memory_type: 2, x_size: 1, y_pad_0: 1 });
const gemm = insn('GEMM', { uop_end: 1, iter_out: 1, iter_in: 8 });
const alu = insn('ALU', { alu_opcode: 4, uop_end: 1, iter_out: 1, iter_in: 8, dst_factor_in: 1, use_imm: 1 });
const store = insn('STORE', { memory_type: 4, ...one, dram_base: 0x400, push_prev_dep: 1 });
const FINISH = insn('FINISH', { pop_next_dep: 1 });
const PROGRAM: readonly Insn[] = [
  ...[PADDING, UOP, load(), load(), PADDING, load({ push_next_dep: 1 } as Partial<Insn>)],
  ...[{ ...gemm, pop_prev_dep: 1 }, gemm, alu, { ...alu, push_next_dep: 1 }],
  ...[{ ...store, push_prev_dep: 0, pop_prev_dep: 1 }, store, FINISH],
] as readonly Insn[];

/** The least number of cycles from one point to another over all instructions that have both. */
const least = (times: readonly (readonly [from: number, to: number])[]): number =>
  Math.min(...times.filter(([from, to]) => from !== NO_CYCLE && to !== NO_CYCLE && from >= 0).map(([from, to]) => to - from));

function delaysOf(launch: RecordedLaunch) {
  const { insns: at, bursts } = launch.trace;
  const owners = burstOwners(launch);
  const of = (pick: (i: TimingInsn) => boolean) => launch.insns.filter(pick);
  const loads = of((i) => i.unit === LOAD_UNIT);
  const first = (i: TimingInsn): number => burstsOf(i, owners)[0] ?? -1;
  const withData = (i: TimingInsn) => first(i) >= 0;
  const span = (list: readonly TimingInsn[], from: keyof typeof at, to: keyof typeof at) =>
    least(list.map((i) => [at[from][i.index], at[to][i.index]] as const));
  const turn = (list: readonly TimingInsn[]) =>
    least(list.slice(1).map((i, n) => [at.accepted[list[n].index], at.accepted[i.index]] as const));
  const toAddress = (list: readonly TimingInsn[]) =>
    least(list.filter(withData).map((i) => [at.accepted[i.index], bursts.handshake[first(i)]] as const));
  return {
    LaunchToAddress: bursts.handshake[0],
    EngineTurn: turn(loads),
    IssueTurn: turn(of((i) => i.unit === COMPUTE_UNIT)),
    AcceptToAddress: toAddress(loads),
    'EntryVisible + AcceptToAddress': toAddress(of((i) => i.kind === LOAD && i.unit === COMPUTE_UNIT)),
    StoreToAddress: toAddress(of((i) => i.unit === STORE_UNIT)),
    BeatToStep: least(loads.filter(withData).map((i) => [bursts.first[first(i)], at.started[i.index]] as const)),
    AcceptToStep: span(
      loads.filter((i) => !withData(i)),
      'accepted',
      'started',
    ),
    StepToRetire: span(loads, 'finished', 'retired'),
    'EntryVisible + StartDelay': span(
      of((i) => i.kind === GEMM),
      'accepted',
      'started',
    ),
    'GemmWrite + WriteToDone': span(
      of((i) => i.kind === GEMM),
      'finished',
      'retired',
    ),
    'AluIssue + AluWrite + WriteToDone': span(
      of((i) => i.kind === ALU),
      'finished',
      'retired',
    ),
    'EntryVisible of a NOP': span(
      of((i) => i.unit === COMPUTE_UNIT && i.kind === NOP),
      'accepted',
      'retired',
    ),
    AddressToData: least(of((i) => i.unit === STORE_UNIT).map((i) => [bursts.handshake[first(i)], bursts.first[first(i)]] as const)),
    LastWriteToRetire: span(
      of((i) => i.unit === STORE_UNIT),
      'finished',
      'retired',
    ),
  };
}

test('delays of the table are the least ones of a trace', async () => {
  const t = TIMING;
  const found = delaysOf(await recordInsns(preset('default'), PROGRAM));
  expect(found).toEqual({
    LaunchToAddress: t.LaunchToAddress,
    EngineTurn: t.EngineTurn,
    IssueTurn: t.IssueTurn,
    AcceptToAddress: t.AcceptToAddress,
    'EntryVisible + AcceptToAddress': t.EntryVisible + t.AcceptToAddress,
    StoreToAddress: t.StoreToAddress,
    BeatToStep: t.BeatToStep,
    AcceptToStep: t.AcceptToStep,
    StepToRetire: t.StepToRetire,
    'EntryVisible + StartDelay': t.EntryVisible + t.StartDelay,
    'GemmWrite + WriteToDone': t.GemmWrite + t.WriteToDone,
    'AluIssue + AluWrite + WriteToDone': t.AluIssue + t.AluWrite + t.WriteToDone,
    'EntryVisible of a NOP': t.EntryVisible,
    AddressToData: t.AddressToData,
    LastWriteToRetire: t.LastWriteToRetire,
  });
});
