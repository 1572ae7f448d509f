import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { programCounters } from '#simulator/values/counters';
import type { Decoded } from '#simulator/values/decode';
import { atInsn } from '#simulator/values/describe';
import { type PreparedProgram, ProgramCache } from '#simulator/values/program';
import { noTokens, type Tokens } from '#simulator/values/tokens';
import { rtlMessages as M } from '../messages.js';
import { buildModel } from './build.js';
import type { PerformanceCounters } from './counters.js';
import { failWithRtlError } from './errors.js';
import { RtlProcess } from './process.js';
import type { JobResult, Watch, Write } from './protocol.js';
import type { ModelKind, SourceFile } from './sources.js';
import { requireVerilator } from './verilator.js';
import { type Waveform, withWaveform } from './waveform.js';

/** The RTL machine. `close` ends its process; a Node process that ends does so too. */
export interface RtlDevice extends Device {
  readonly name: 'rtl';
  launch(request: RtlLaunchRequest): Promise<RtlLaunchResult>;
  close(): void;
}

export interface RtlLaunchRequest extends LaunchRequest {
  /**
   * Write these cycles (inclusive) to `file`: in VCD form if its name ends in .vcd, else in FST form. Uses a traced build of the model, whose state is its own.
   * The file appears when the launch is over.
   */
  readonly waveform?: Waveform;
  /** The instruction whose writes are wanted: {@link RtlLaunchResult.watched}. */
  readonly watch?: Watch;
}

export interface RtlLaunchResult extends LaunchResult {
  readonly cycles: number;
  /** Cycles until every unit was idle. */
  readonly clocks: number;
  /** Cycles in which GEMM or ALU wrote accumulators (user counter of the register map). */
  readonly accWrites: number;
  /** The performance counters of the register map. */
  readonly performance: PerformanceCounters;
  /** What the instruction of {@link RtlLaunchRequest.watch} wrote. */
  readonly watched: readonly Write[];
}

/** Choices of {@link createRtl}. */
export interface RtlOptions {
  /** Builds the model of this bus width at once; otherwise that of a launch is built with the first launch. */
  readonly memory?: MemorySettings;
  /** Other sources of the design than the package's own, packages first. */
  readonly rtl?: readonly SourceFile[];
}

/**
 * The RTL under Verilator. Programs are checked before they start exactly as by the simulators, so that a mistake has the same
 * diagnostic on every machine. Scratchpads and tokens survive from launch to launch, per bus width.
 * @throws VtaError VTA5001..VTA5003
 */
export async function createRtl(config: VtaConfig, options: RtlOptions = {}): Promise<RtlDevice> {
  await requireVerilator();
  const { memory, rtl } = options;
  if (memory !== undefined) await buildModel({ config, width: memory.width, rtl });
  return new VerilatedDevice(config, rtl);
}

/** A cycle that no launch reaches. */
const END = 0xffffffff;

class VerilatedDevice implements RtlDevice {
  readonly name = 'rtl';
  private readonly programs: ProgramCache;
  private readonly processes = new Map<string, RtlProcess>();
  private tokens: Readonly<Tokens> = noTokens();

  constructor(
    readonly config: VtaConfig,
    private readonly rtl?: readonly SourceFile[],
  ) {
    this.programs = new ProgramCache(config);
  }

  /** @throws VtaError VTA12xx as the simulators, VTA5001..VTA5009 */
  async launch(request: RtlLaunchRequest): Promise<RtlLaunchResult> {
    const program = this.programs.prepare(request, this.tokens);
    const memory = request.memory ?? DEFAULT_MEMORY;
    const { dram, insnAddr, insnCount, waveform, watch } = request;
    const job = { dram, insnAddr, insnCount, memory, watch, hashes: request.hashes === true, traced: request.trace === true };
    const result = await (waveform === undefined
      ? this.process(memory.width).then((process) => process.run(job))
      : withWaveform(waveform, async (path, kind) => {
          const process = await this.process(memory.width, path, kind);
          return process.run({ ...job, window: [waveform.from, waveform.to ?? END] });
        }));
    dram.set(result.dram);
    for (const record of result.retired) request.onRetire?.(record);
    this.check(result, program);
    this.tokens = program.tokensAfter;
    const { cycles, clocks, accWrites, tokens, trace, watched, counters: performance } = result;
    return {
      cycles,
      clocks,
      accWrites,
      performance,
      tokens,
      watched,
      counters: programCounters(program, this.config),
      ...(trace && { trace }),
    };
  }

  reset(): void {
    for (const p of this.processes.values()) p.reset();
    this.tokens = noTokens();
  }

  close(): void {
    for (const p of this.processes.values()) p.close();
    this.processes.clear();
  }

  private async process(width: number, traceFile?: string, kind: ModelKind = 'plain'): Promise<RtlProcess> {
    const key = `${width} ${traceFile ?? ''}`;
    let p = this.processes.get(key);
    if (p === undefined || p.ended) {
      p = new RtlProcess(await buildModel({ config: this.config, width, kind, rtl: this.rtl }), traceFile);
      this.processes.set(key, p);
    }
    return p;
  }

  private check(result: JobResult, program: PreparedProgram): void {
    if (result.error === 0 && result.finished) return;
    this.tokens = noTokens();
    if (result.error !== 0) {
      const d = program.insns[result.errorInsn];
      failWithRtlError(result, this.config, d === undefined ? {} : atInsn(d.index, d.insn, this.config));
    }
    this.reset();
    fail(M.VTA5005, { waiting: waiting(result, program.insns) });
  }
}

/** The first instruction of each unit that did not retire. */
function waiting(result: JobResult, insns: readonly Decoded[]): string {
  return UNITS.flatMap((unit) => {
    const done = result.retired.filter((r) => r.unit === unit).length;
    const next = insns.filter((d) => d.unit === unit)[done];
    return next === undefined ? [] : [`instruction ${next.index} of ${unit} has not retired`];
  }).join('; ');
}
