import { type Footprint, footprintOf, type Rows, type Scratchpad, type Touched } from '#simulator/values/footprint';
import type { Decoded } from '#simulator/values/decode';
import { executeFast } from '#simulator/values/execute';
import { createMachineState, type MachineState } from '#simulator/values/state';
import type { DebugProgram } from './program.js';

type Numbers = Uint32Array | Int32Array | Int16Array | Uint8Array;

/** Values that an instruction has written and that are not shown yet. */
interface Write {
  readonly to: 'dram' | Scratchpad;
  readonly at: number;
  readonly values: Numbers;
}

/** What an instruction touches and has written. */
interface Effect {
  readonly footprint: Footprint;
  readonly writes: readonly Write[];
  readonly padValue: number;
}

/** Numbers of one element in the working form. */
export function lanesOf(memory: Scratchpad, { shape }: MachineState): number {
  return { uop: 1, inp: shape.inpLanes, wgt: shape.wgtLanes, acc: shape.accLanes }[memory];
}

/** A machine of its own with the contents of another. */
function copyOf(state: MachineState): MachineState {
  const out = createMachineState(state.config);
  out.bytes.set(state.bytes.subarray(0, state.staging));
  return out;
}

/**
 * The values of a launch in the order of time. An instruction executes when its unit starts it, as on the cycle simulator, on a machine
 * that is not shown; the memories that are shown get what it has written when it retires.
 */
export class Replay {
  private readonly working: MachineState;
  private readonly workingDram: Uint8Array;
  readonly shown: MachineState;
  readonly dram: Uint8Array;
  private readonly effects = new Map<number, Effect>();

  constructor(program: DebugProgram) {
    this.working = copyOf(program.before);
    this.workingDram = program.dram.slice();
    this.shown = copyOf(program.before);
    this.dram = program.dram.slice();
    this.working.padValue = 0;
    this.shown.padValue = 0;
  }

  private numbers(memory: 'dram' | Scratchpad, shown: boolean): Numbers {
    if (memory === 'dram') return shown ? this.dram : this.workingDram;
    return (shown ? this.shown : this.working)[memory];
  }

  private ofElements({ memory, elements }: Touched): Write[] {
    const lanes = lanesOf(memory, this.working);
    const from = this.numbers(memory, false);
    return elements.ranges().map(([low, high]) => ({ to: memory, at: low * lanes, values: from.slice(low * lanes, (high + 1) * lanes) }));
  }

  private ofRows(rows: Rows | null): Write[] {
    return Array.from({ length: rows?.rows ?? 0 }, (_, y) => {
      const at = rows!.address + y * rows!.rowStride;
      return { to: 'dram' as const, at, values: this.workingDram.slice(at, at + rows!.rowBytes) };
    });
  }

  /** The unit starts an instruction. */
  start(d: Decoded): void {
    const footprint = footprintOf(d, this.working.uop, this.working.config);
    executeFast(this.working, this.workingDram, d);
    const writes = [...footprint.writes.flatMap((t) => this.ofElements(t)), ...this.ofRows(footprint.dramWrites)];
    this.effects.set(d.index, { footprint, writes, padValue: this.working.padValue });
  }

  /** An instruction that was started retires: what it wrote is shown from now on. */
  retire(d: Decoded): Footprint {
    const effect = this.effects.get(d.index)!;
    this.effects.delete(d.index);
    for (const { to, at, values } of effect.writes) this.numbers(to, true).set(values, at);
    if (d.kind === 'pad-value') this.shown.padValue = effect.padValue;
    return effect.footprint;
  }
}
