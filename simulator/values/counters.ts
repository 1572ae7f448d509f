import { type Counters, zeroCounters } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import type { Decoded } from './decode.js';
import type { PreparedProgram } from './program.js';

/** Adds the work of one instruction, as the official simulator counts it: padding excluded, ACC_8BIT at the size of ACC. */
export function count(d: Decoded, config: VtaConfig, counters: Counters): void {
  counters.insns++;
  if (d.kind === 'load') {
    const elements = d.insn.y_size * d.insn.x_size;
    if (d.memory === 'UOP') counters.uopLoadBytes += elements * config.uopBytes;
    else if (d.memory === 'INP') counters.inpLoadBytes += elements * config.inpBytes;
    else if (d.memory === 'WGT') counters.wgtLoadBytes += elements * config.wgtBytes;
    else counters.accLoadBytes += elements * config.accBytes;
  } else if (d.kind === 'store') {
    counters.outStoreBytes += d.insn.y_size * d.insn.x_size * d.elementBytes;
  } else if (d.kind === 'gemm') {
    if (d.insn.reset_reg) counters.gemmResetOps += d.steps;
    else counters.gemmOps += d.steps;
  } else if (d.kind === 'alu') {
    counters.aluOps += d.steps;
  }
}

const cache = new WeakMap<PreparedProgram, Counters>();

/**
 * The work counters of a launch that ended well. Each instruction has then executed exactly once, so they follow from the program alone, on
 * every machine and with or without values. Computed once per program; the caller gets a copy.
 */
export function programCounters(program: PreparedProgram, config: VtaConfig): Counters {
  let counters = cache.get(program);
  if (counters === undefined) {
    counters = zeroCounters();
    for (const d of program.insns) count(d, config, counters);
    cache.set(program, counters);
  }
  return { ...counters };
}
