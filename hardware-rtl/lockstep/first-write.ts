import type { VtaConfig } from '#isa/config/config';
import { createFunctionalState, launchFunctional } from '#simulator/functional/device';
import type { Decoded } from '#simulator/values/decode';
import type { MemorySettings } from '#isa/arch/memory';
import type { Unit } from '#isa/spec/tables';
import type { RtlDevice } from '../verilated/device.js';
import type { Watch, Write } from '../verilated/protocol.js';

/** The first place that an instruction left another value in, on the RTL than on the functional simulator. */
export interface FirstWrite {
  /** `memory`: a STORE, `element` is the address of the OUT element in units of its bytes. */
  readonly memory: 'acc' | 'inp' | 'wgt' | 'uop' | 'memory';
  readonly element: number;
  /** Lane of the element, [batch][block] or [row][column] counted through; 0 for a micro-op. */
  readonly lane: number;
  /** The lane on each machine (of a micro-op the whole word); null where the RTL did not write it. */
  readonly functional: number;
  readonly rtl: number | null;
}

/** What is run: the program, from power-up, on its own copy of memory. */
export interface WatchedRun {
  readonly config: VtaConfig;
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
  readonly memory: MemorySettings;
}

/** Ends the functional run when the instruction has executed. */
const DONE = Symbol('the instruction has executed');

/** What an instruction writes on the functional simulator, by place, in the order of the first write of each; the last value counts. */
function functionalWrites(run: WatchedRun, insn: number): ReadonlyMap<number, number> {
  const state = createFunctionalState(run.config);
  let writes = new Map<number, number>();
  state.machine.onWrite = (place, value) => writes.set(place >>> 0, value >>> 0);
  try {
    launchFunctional(state, {
      ...run,
      dram: run.dram.slice(),
      onRetire: (r) => {
        if (r.insn === insn) throw DONE;
        writes = new Map();
      },
    });
  } catch (e) {
    if (e !== DONE) throw e;
  }
  return writes;
}

async function rtlWrites(run: WatchedRun, watch: Watch, device: RtlDevice): Promise<ReadonlyMap<number, number>> {
  device.reset();
  const { dram, insnAddr, insnCount, memory } = run;
  const { watched } = await device.launch({ dram: dram.slice(), insnAddr, insnCount, memory, hashes: true, watch });
  return new Map(watched.map(([place, value]: Write) => [place, value]));
}

/** Bits of a lane, lanes of an element, and the memory, of what an instruction writes. */
function formOf(d: Decoded, c: VtaConfig): { readonly memory: FirstWrite['memory']; readonly bits: number; readonly bytes: number } {
  if (d.kind === 'store') return { memory: 'memory', bits: c.outBits, bytes: c.outBytes };
  if (d.kind !== 'load' || d.memory === 'ACC' || d.memory === 'ACC_8BIT')
    return { memory: 'acc', bits: 32, bytes: 4 * c.batch * c.blockOut };
  if (d.memory === 'UOP') return { memory: 'uop', bits: 32, bytes: 4 };
  return d.memory === 'INP' ? { memory: 'inp', bits: c.inpBits, bytes: c.inpBytes } : { memory: 'wgt', bits: c.wgtBits, bytes: c.wgtBytes };
}

const laneOf = (granule: number, first: number, bits: number): number => (granule << (32 - bits - first)) >> (32 - bits);

/** Names the lane in which two granules differ. */
function named(place: number, functional: number, rtl: number | null, d: Decoded, c: VtaConfig): FirstWrite {
  const { memory, bits, bytes } = formOf(d, c);
  // a granule is a whole word, or a whole element that is smaller
  const size = Math.min(4, bytes);
  const perElement = bytes / size;
  const element = Math.floor(place / perElement);
  let first = 0;
  const differ = (at: number) => rtl === null || laneOf(functional, at, bits) !== laneOf(rtl, at, bits);
  while (first + bits < 8 * size && !differ(first)) first += bits;
  const lane = ((place - element * perElement) * 8 * size + first) / bits;
  return { memory, element, lane, functional: laneOf(functional, first, bits), rtl: rtl === null ? null : laneOf(rtl, first, bits) };
}

/**
 * Runs a program again on the functional simulator and on the RTL, and compares what one instruction wrote, lane by lane.
 * @param insns the instructions of the program
 * @param insn number of the instruction, which retires on both
 * @returns null where both leave the same values (an element was written another number of times)
 */
export async function firstWrite(run: WatchedRun, insns: readonly Decoded[], insn: number, device: RtlDevice): Promise<FirstWrite | null> {
  const d = insns[insn];
  const unit: Unit = d.unit;
  const ordinal = insns.filter((other) => other.unit === unit && other.index < insn).length;
  const wanted = functionalWrites(run, insn);
  const got = await rtlWrites(run, { unit, ordinal }, device);
  for (const [place, value] of wanted) {
    const rtl = got.get(place) ?? null;
    if (rtl !== value) return named(place, value, rtl, d, run.config);
  }
  return null;
}
