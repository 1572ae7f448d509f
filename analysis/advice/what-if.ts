import type { LaunchRequest } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { encodeProgram, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { createCycle, type CycleDevice } from '#simulator/cycle/device';
import type { Loss, LossKind } from './losses.js';
import type { Resource } from './resources.js';

/** Changes whose effect is measured, not estimated: the same program again, on a changed machine or with one more buffer. */
export const EXPERIMENTS = ['width', 'latency', 'input buffer', 'output buffer', 'both buffers'] as const;
export type Experiment = (typeof EXPERIMENTS)[number];

/** Cycles that a launch needs with each change; null where the change does not apply, or was not wanted. */
export type Measured = Readonly<Record<Experiment, number | null>>;

/** The next wider bus; null from 512 bits on. */
export const widerBus = ({ width }: MemorySettings): MemorySettings['width'] | null =>
  width === 512 ? null : ((width * 2) as MemorySettings['width']);

/** What each change is, in words. */
export function experimentText(experiment: Experiment, memory: MemorySettings): string {
  switch (experiment) {
    case 'width':
      return `a bus of ${widerBus(memory) ?? memory.width} bits`;
    case 'latency':
      return 'a memory latency of 1';
    case 'input buffer':
      return 'one more input buffer';
    case 'output buffer':
      return 'one more output buffer';
    case 'both buffers':
      return 'one more of both buffers';
  }
}

/** Which measurements tell whether the advice would help. */
const TESTED_BY: Readonly<Partial<Record<LossKind, readonly Experiment[]>>> = {
  'input buffer': ['input buffer', 'both buffers'],
  'output buffer': ['output buffer', 'both buffers'],
  latency: ['latency'],
};
const OF_RESOURCE: Readonly<Partial<Record<Resource, Experiment>>> = { read: 'width', write: 'width', fetch: 'width', latency: 'latency' };

/** The experiments that say what a loss costs. */
export const experimentsOn = ({ kind, resource }: Pick<Loss, 'kind' | 'resource'>): readonly Experiment[] => [
  ...new Set([...(TESTED_BY[kind] ?? []), OF_RESOURCE[resource]].filter((e) => e !== undefined)),
];

/** Added in front of a program and before its FINISH. */
interface Frame {
  readonly first: readonly Insn[];
  readonly last: readonly Insn[];
}

type Buffers = 'input buffer' | 'output buffer' | 'both buffers';

const INPUT_TOKEN = insn('LOAD', { push_prev_dep: 1 });
const OUTPUT_TOKEN = insn('STORE', { memory_type: 4, push_prev_dep: 1 });
const TAKE_OUTPUT_TOKEN = insn('LOAD', { pop_next_dep: 1 });

/**
 * A buffer more is a token more: the unit that fills buffers may be one further ahead. It is pushed by an instruction without work in front of the
 * program. The one for stores is taken again before FINISH, which must wait for the last store.
 */
const FRAMES: Readonly<Record<Buffers, Frame>> = {
  'input buffer': { first: [INPUT_TOKEN], last: [] },
  'output buffer': { first: [OUTPUT_TOKEN], last: [TAKE_OUTPUT_TOKEN] },
  'both buffers': { first: [INPUT_TOKEN, OUTPUT_TOKEN], last: [TAKE_OUTPUT_TOKEN] },
};

const ALIGN = 256;

/** Instructions that the longest frame adds. */
const MOST_FRAME = Math.max(...Object.values(FRAMES).map(({ first, last }) => first.length + last.length));

/** The program between a frame, behind the image; all frames have their turn in the same memory, which the cycle simulator does not change without values. */
function framing({ dram, insnAddr, insnCount }: LaunchRequest, config: VtaConfig): (frame: Frame) => LaunchRequest {
  const program = dram.subarray(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const body = program.subarray(0, program.length - INSN_BYTES);
  const at = Math.ceil(dram.length / ALIGN) * ALIGN + (insnAddr % ALIGN);
  const image = new Uint8Array(at + program.length + MOST_FRAME * INSN_BYTES);
  image.set(dram);
  return ({ first, last }) => {
    let to = at;
    for (const part of [encodeProgram(first, config), body, encodeProgram(last, config), program.subarray(body.length)]) {
      image.set(part, to);
      to += part.length;
    }
    return { dram: image, insnAddr: at, insnCount: (to - at) / INSN_BYTES };
  };
}

/** Runs the launches of one program again with changes, on the cycle simulator without values. */
export class WhatIf {
  private readonly changed: Readonly<Record<'width' | 'latency', MemorySettings | null>>;
  /** Micro-ops stay from launch to launch, so each change of the memory has its own machine. */
  private readonly devices: Readonly<Record<'width' | 'latency' | 'buffer', CycleDevice>>;

  constructor(
    private readonly config: VtaConfig,
    private readonly memory: MemorySettings = DEFAULT_MEMORY,
  ) {
    const width = widerBus(memory);
    this.changed = {
      width: width === null ? null : { ...memory, width },
      latency: memory.latency === 1 ? null : { ...memory, latency: 1 },
    };
    const create = () => createCycle(config, { timingOnly: true });
    this.devices = { width: create(), latency: create(), buffer: create() };
  }

  /**
   * Measures a launch that is about to run, with other memories: their machines have to see every launch. Memory is not changed.
   * @returns measures it with those of the other changes that are wanted, also when the launch is over
   */
  async before({ dram, insnAddr, insnCount }: LaunchRequest): Promise<(wanted: ReadonlySet<Experiment>) => Promise<Measured>> {
    const plain = { dram, insnAddr, insnCount };
    const onMemory = (e: 'width' | 'latency') => {
      const memory = this.changed[e];
      return memory === null ? null : this.cycles(this.devices[e], { ...plain, memory });
    };
    const [width, latency] = [await onMemory('width'), await onMemory('latency')];
    const framed = framing(plain, this.config);
    return async (wanted) => {
      const withBuffer = (e: Buffers) => {
        if (!wanted.has(e)) return null;
        this.devices.buffer.reset();
        return this.cycles(this.devices.buffer, { ...framed(FRAMES[e]), memory: this.memory });
      };
      return {
        width,
        latency,
        'input buffer': await withBuffer('input buffer'),
        'output buffer': await withBuffer('output buffer'),
        'both buffers': await withBuffer('both buffers'),
      };
    };
  }

  /** A program that the change makes impossible (its tokens came from an earlier launch) has no answer. */
  private async cycles(device: CycleDevice, request: LaunchRequest): Promise<number | null> {
    try {
      return (await device.launch(request)).cycles;
    } catch (error) {
      if (error instanceof VtaError) return null;
      throw error;
    }
  }
}
