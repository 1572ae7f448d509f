import type { Device, LaunchResult, Retire } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import { createCycle } from '#simulator/cycle/device';
import { createFunctional } from '#simulator/functional/device';
import { ProgramCache } from '#simulator/values/program';
import { noTokens } from '#simulator/values/tokens';
import { createRtl, type RtlDevice, type RtlLaunchRequest } from '../verilated/device.js';
import { type Divergence, firstDivergence, type Trail } from './divergence.js';
import { firstWrite, type WatchedRun } from './first-write.js';

export type { Divergence } from './divergence.js';

/** A program to run in lockstep. `dram` is not changed. */
export interface CosimRequest {
  readonly name: string;
  readonly config: VtaConfig;
  readonly dram: Uint8Array;
  /** Byte address of the first instruction, a multiple of 16. */
  readonly insnAddr: number;
  readonly insnCount: number;
  readonly memory?: MemorySettings;
  /** Also write the RTL's signals of these cycles to `file` (FST form). */
  readonly waveform?: RtlLaunchRequest['waveform'];
}

/** The verdict. Cycles are the cycle registers; 0 where the program ended with an error. */
export interface CosimResult {
  readonly match: boolean;
  readonly cycles: { readonly cycle: number; readonly rtl: number };
  /** Instructions that retired on the RTL. */
  readonly instructions: number;
  readonly divergence: Divergence | null;
}

/** RTL machines by configuration, made once and reset before each use. */
const rtlDevices = new Map<string, Promise<RtlDevice>>();

function rtlOf(config: VtaConfig): Promise<RtlDevice> {
  let device = rtlDevices.get(config.fingerprint);
  if (device === undefined) {
    device = createRtl(config);
    rtlDevices.set(config.fingerprint, device);
    device.catch(() => rtlDevices.delete(config.fingerprint));
  }
  return device;
}

interface Ran {
  readonly trail: Trail;
  readonly result: LaunchResult | null;
}

/** Diagnostics of building and running the model, not of what the program does to it: the RTL that stops, or that reports an error, is a finding. */
const isOfTheModel = (code: string): boolean => code.startsWith('VTA50') && code !== 'VTA5005' && code !== 'VTA5006';

/** Runs on a copy of memory. Errors in the program are part of what a machine did; those of building the RTL (50xx) are not. */
async function runOn(device: Device, request: CosimRequest, memory: MemorySettings): Promise<Ran> {
  const dram = request.dram.slice();
  const records: Retire[] = [];
  const { insnAddr, insnCount } = request;
  const launch: RtlLaunchRequest = { dram, insnAddr, insnCount, memory, hashes: true, trace: true, onRetire: (r) => records.push(r) };
  try {
    const result = await device.launch(device.name === 'rtl' ? { ...launch, waveform: request.waveform } : launch);
    const { trace, tokens } = result;
    return { trail: { records, dram, error: null, ...(trace && { trace }), ...(tokens && { tokens }) }, result };
  } catch (error) {
    if (!(error instanceof VtaError) || isOfTheModel(error.code)) throw error;
    return { trail: { records, dram, error: `${error.code}: ${error.diagnostics[0].what}` }, result: null };
  }
}

/** Adds which element and lane differ, where an instruction wrote other values and the RTL can run the program again. */
async function withFirstWrite(d: Divergence, run: WatchedRun, error: string | null, device: RtlDevice): Promise<Divergence> {
  if (d.kind !== 'writes' || d.insn === null || error !== null || d.values.functional === d.values.rtl) return d;
  const { insns } = new ProgramCache(run.config).prepare(run, noTokens());
  return { ...d, first: await firstWrite(run, insns, d.insn, device) };
}

/**
 * Runs a program on the functional simulator, the cycle simulator and the RTL, each from power-up on its own copy of memory, and
 * compares every retired instruction and the memory afterwards (docs/reference/cosim.md says what is compared).
 * @throws VtaError VTA50xx but VTA5005 and VTA5006: there is no RTL to run, it breaks a bus protocol, or a file cannot be written
 */
export async function cosimProgram(request: CosimRequest): Promise<CosimResult> {
  const { config, insnAddr, insnCount } = request;
  const memory = request.memory ?? DEFAULT_MEMORY;
  const device = await rtlOf(config);
  device.reset();
  const rtl = await runOn(device, request, memory);
  const functional = await runOn(createFunctional(config), request, memory);
  const cycle = await runOn(createCycle(config), request, memory);
  const program = request.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
  // the functional simulator has no counters of its own: what the flags of the program leave
  const tokens = functional.result === null ? undefined : new ProgramCache(config).prepare(request, noTokens()).tokensAfter;
  const trails = { functional: { ...functional.trail, ...(tokens && { tokens }) }, cycle: cycle.trail, rtl: rtl.trail };
  const found = firstDivergence(trails, { name: request.name, config, memory, program });
  const run = { config, dram: request.dram, insnAddr, insnCount, memory };
  const divergence = found === null ? null : await withFirstWrite(found, run, trails.rtl.error, device);
  return {
    match: divergence === null,
    cycles: { cycle: cycle.result?.cycles ?? 0, rtl: rtl.result?.cycles ?? 0 },
    instructions: rtl.trail.records.length,
    divergence,
  };
}
