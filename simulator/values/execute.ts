import type { Decoded } from './decode.js';
import { fastAlu, fastGemm } from './fast-compute.js';
import { fastLoad, fastStore } from './fast-memory.js';
import { plainAlu, plainGemm } from './plain-compute.js';
import { plainLoad, plainStore } from './plain-memory.js';
import { checkUopRanges } from './ranges.js';
import type { MachineState } from './state.js';
import { canHashStepwise, hashedAlu, hashedGemm } from './stepwise.js';

/** Executes lane by lane and returns the write hash. @throws VtaError VTA1203 */
export function executePlain(state: MachineState, dram: Uint8Array, d: Decoded): number {
  switch (d.kind) {
    case 'load':
      return plainLoad(state, dram, d);
    case 'store':
      return plainStore(state, dram, d);
    case 'gemm':
    case 'alu':
      if (d.steps === 0) return 0;
      checkUopRanges(d, state);
      return d.kind === 'gemm' ? plainGemm(state, d) : plainAlu(state, d);
    case 'pad-value':
      state.padValue = d.value;
      return 0;
    case 'nop':
    case 'finish':
      return 0;
  }
}

/** Executes with kernels, without a hash. @throws VtaError VTA1203 */
export function executeFast(state: MachineState, dram: Uint8Array, d: Decoded): void {
  switch (d.kind) {
    case 'load':
      fastLoad(state, dram, d);
      break;
    case 'store':
      fastStore(state, dram, d);
      break;
    case 'gemm':
    case 'alu':
      if (d.steps === 0) break;
      checkUopRanges(d, state);
      if (d.kind === 'gemm') fastGemm(state, d);
      else fastAlu(state, d);
      break;
    case 'pad-value':
      state.padValue = d.value;
      break;
    case 'nop':
    case 'finish':
  }
}

/** Executes with kernels where they can hash, otherwise plainly, and returns the write hash. @throws VtaError VTA1203 */
export function executeHashed(state: MachineState, dram: Uint8Array, d: Decoded): number {
  if ((d.kind !== 'gemm' && d.kind !== 'alu') || d.steps === 0 || !canHashStepwise(state)) return executePlain(state, dram, d);
  checkUopRanges(d, state);
  return d.kind === 'gemm' ? hashedGemm(state, d) : hashedAlu(state, d);
}

/**
 * Executes one instruction: its whole effect on scratchpads, pad register and `dram`. The caller decides
 * when. `d` comes from {@link ProgramCache.prepare} with this machine's configuration and this `dram`'s size.
 * @returns the write hash (isa/arch/write-hash.ts) as an unsigned 32-bit number, or 0 unless `hashing`
 * @throws VtaError VTA1203 where a GEMM or ALU reaches an index beyond a scratchpad; nothing is written then
 */
export function executeInsn(state: MachineState, dram: Uint8Array, d: Decoded, hashing: boolean): number {
  if (state.onWrite !== null) return executePlain(state, dram, d);
  if (hashing) return executeHashed(state, dram, d);
  executeFast(state, dram, d);
  return 0;
}
