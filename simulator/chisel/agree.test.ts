/** The machine that jumps from event to event against the one that goes register by register, where no measurement of the original exists. */
import { expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { encodeProgram, INSN_BYTES, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { Recorder } from '../cycle/recorder.js';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { Random } from '#fuzz/random';
import { type Decoded, decodeAt } from '../values/decode.js';
import { ProgramCache } from '../values/program.js';
import { noTokens, type Tokens } from '../values/tokens.js';
import { Machine } from './machine.js';
import { SteppedMachine } from './reference/machine.js';
import { type ChiselInsn, chiselProgram } from './program.js';
import { checkRunnable } from './runnable.js';
import { CHANNELS } from './tokens.js';

const config = preset('default');

/** Start and end of every instruction, on the machine that jumps. */
function jumping(latency: number, insns: readonly ChiselInsn[], tokens: readonly number[]): { started: number[]; retired: number[] } {
  const recorder = new Recorder(insns.length);
  const onLostToken = () => {
    throw new Error('a token was lost');
  };
  const machine = new Machine(latency, insns, tokens, { execute: () => 0, onRetire: null, onLostToken, recorder });
  expect(machine.run()).toBe(true);
  expect(machine.cycles).toBe(recorder.insns.retired[insns.length - 1]);
  return { started: [...recorder.insns.accepted], retired: [...recorder.insns.retired] };
}

/** The same, register by register. */
function plain(latency: number, insns: readonly ChiselInsn[], tokens: readonly number[]): { started: number[]; retired: number[] } {
  const machine = new SteppedMachine(latency, insns, [...tokens]);
  expect(machine.run(2_000_000)).toBe(true);
  return { started: machine.started, retired: machine.retired };
}

const isRunnable = (i: Decoded): boolean => {
  try {
    checkRunnable([i], 16, config);
    return true;
  } catch {
    return false;
  }
};

/** What the original cannot run becomes a nop of the same unit with the same flags. */
function instead(dram: Uint8Array, at: number, index: number): void {
  const d = decodeAt(dram, at, index, config);
  if (isRunnable(d)) return;
  const { pop_prev_dep, pop_next_dep, push_prev_dep, push_next_dep } = d.insn;
  const flags = { pop_prev_dep, pop_next_dep, push_prev_dep, push_next_dep };
  const nop: Insn =
    d.unit === 'store' ? insn('STORE', { memory_type: 4, ...flags }) : insn('LOAD', { memory_type: d.unit === 'load' ? 2 : 0, ...flags });
  dram.set(encodeProgram([nop], config), at);
}

test('random programs at random latencies', { timeout: 120_000 }, () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 150; seed++) {
    const r = new Random(seed);
    const latency = r.pick([2, 3, 5, 18, 18, 40, 150, 400]);
    const c = legalCase(`${seed}`, config, { ...DEFAULT_MEMORY, latency }, r, r.int(5, 60), SMALL_BUDGET);
    const cache = new ProgramCache(config);
    let tokens: Readonly<Tokens> = noTokens();
    for (const { insnAddr, insnCount } of c.launches) {
      const dram = c.dram.slice();
      for (let n = 0; n < insnCount; n++) instead(dram, insnAddr + n * INSN_BYTES, n);
      const program = cache.prepare({ dram, insnAddr, insnCount }, tokens);
      const before = CHANNELS.map((channel) => tokens[channel]);
      const insns = chiselProgram(program);
      for (const { decoded: d } of insns) kinds.add(d.kind === 'load' ? d.memory : d.kind);
      expect(jumping(latency, insns, before), `seed ${seed}`).toEqual(plain(latency, insns, before));
      tokens = program.tokensAfter;
    }
  }
  expect([...kinds].sort()).toEqual(['ACC', 'INP', 'UOP', 'WGT', 'alu', 'finish', 'gemm', 'nop', 'store']);
});

test('fetch waits for a full queue', () => {
  const gemm = insn('GEMM', { uop_end: 1, iter_in: 9000 });
  const nops = new Array<Insn>(700).fill(insn('LOAD'));
  const load = insn('LOAD', { memory_type: 2, dram_base: 16, y_size: 2, x_size: 3, x_stride: 30 });
  const list = [gemm, ...nops, { ...load, push_next_dep: 1 }, gemm, ...nops, insn('FINISH', { pop_prev_dep: 1 })];
  const dram = new Uint8Array(4096 + list.length * INSN_BYTES);
  dram.set(encodeProgram(list, config), 4096);
  const program = new ProgramCache(config).prepare({ dram, insnAddr: 4096, insnCount: list.length }, noTokens());
  const insns = chiselProgram(program);
  expect(jumping(18, insns, [0, 0, 0, 0])).toEqual(plain(18, insns, [0, 0, 0, 0]));
});
