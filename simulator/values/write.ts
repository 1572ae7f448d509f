import { mix } from '#isa/arch/write-hash';
import type { MachineState } from './state.js';

/** Notes one write of plain execution: its share of the write hash. */
export function noteWrite(state: MachineState, place: number, value: number): number {
  state.onWrite?.(place, value);
  return mix(place, value);
}
