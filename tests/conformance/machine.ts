import type { Device } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { insn } from '#isa/codec/codec';
import { createCycle } from '#simulator/cycle/device';
import { createFunctional } from '#simulator/functional/device';
import { serial, testProgram } from '../support/programs.js';

/** Machines that hand-written programs run on: name, and a way to launch with or without hashes. */
export const MACHINES: readonly (readonly [name: string, make: (c: VtaConfig) => Device, hashes: boolean])[] = [
  ['functional, kernels', createFunctional, false],
  ['functional, hashes', createFunctional, true],
  ['cycle', createCycle, false],
];

/** Runs instructions one after the other (tokens are added) and returns the image afterwards. */
export async function runSerial(
  device: Device,
  insns: readonly Insn[],
  data: Readonly<Record<number, ArrayLike<number>>>,
  hashes: boolean,
): Promise<Uint8Array> {
  const program = testProgram(device.config, serial([...insns, insn('FINISH')]), data);
  await device.launch({ ...program, hashes });
  return program.dram;
}

/** `count` bytes as int8, and `count` little-endian int32. */
export const readInt8 = (dram: Uint8Array, at: number, count: number): number[] =>
  Array.from(new Int8Array(dram.slice(at, at + count).buffer));
