import { buildModel } from '#hardware-rtl/verilated/build';
import { failWithRtlError } from '#hardware-rtl/verilated/errors';
import { RtlProcess } from '#hardware-rtl/verilated/process';
import type { JobResult } from '#hardware-rtl/verilated/protocol';
import { isRecovered } from '#hardware-rtl/verilated/recovery';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import type { FuzzCase } from '#fuzz/case';
import type { Mismatch } from '#fuzz/compare';
import { type End, errorEnd, FINISHED, possibleEnds } from '#fuzz/possible-ends';
import { ProgramCache } from '#simulator/values/program';
import { noTokens, type Tokens } from '#simulator/values/tokens';

/** The RTL neither finished nor reported an error: only the harness ended it. Never allowed. */
const STOPPED: End = 'stopped';

function endOf(result: JobResult, config: VtaConfig): End {
  if (result.error === 0) return result.finished ? FINISHED : STOPPED;
  try {
    return failWithRtlError(result, config, {});
  } catch (error) {
    if (error instanceof VtaError) return errorEnd(error.code, result.errorInsn);
    throw error;
  }
}

/** The RTL without the checks that its driver makes before a launch: it has to find every mistake by itself. */
export class BareRtl {
  private readonly processes = new Map<string, Promise<RtlProcess>>();

  /**
   * Runs a case whose launch `refused` the simulators end with `code`, and compares how it ends. After an error the next launch
   * must run as if nothing had happened, to the cycle.
   */
  async check(c: FuzzCase, code: string, refused: number): Promise<Mismatch | null> {
    const model = await this.model(c.config, c.memory.width);
    model.reset();
    const programs = new ProgramCache(c.config);
    let tokens: Readonly<Tokens> = noTokens();
    let dram = c.dram;
    for (const place of c.launches.slice(0, refused)) {
      tokens = programs.prepare({ dram, ...place }, tokens).tokensAfter;
      dram = (await model.run({ dram, ...place, memory: c.memory, hashes: false })).dram;
    }
    const result = await model.run({ dram, ...c.launches[refused], memory: c.memory, hashes: false });
    const end = endOf(result, c.config);
    const ends = possibleEnds({ ...c, dram }, refused, code, tokens);
    const recovers = await this.recovers(model, end, c);
    if (ends.has(end) && recovers) return null;
    const values = {
      simulators: code,
      'bare rtl': end,
      allowed: [...ends].sort().join(' '),
      'next launch': recovers ? 'good' : 'differs from one after power-up',
    };
    return { kind: 'error', launch: refused, insn: result.error === 0 ? null : result.errorInsn, values };
  }

  close(): void {
    for (const p of this.processes.values()) void p.then((process) => process.close());
  }

  private model(config: VtaConfig, width: number): Promise<RtlProcess> {
    const key = `${config.fingerprint} ${width}`;
    let p = this.processes.get(key);
    if (p === undefined) {
      p = buildModel({ config, width }).then((executable) => new RtlProcess(executable));
      this.processes.set(key, p);
    }
    return p;
  }

  /** A program that stopped is still there: only a reset ends it. One that finished may leave tokens, and work that FINISH did not wait for. */
  private recovers(model: RtlProcess, end: End, c: FuzzCase): Promise<boolean> {
    if (end === STOPPED || end === FINISHED) model.reset();
    return isRecovered(model, c.config, c.memory.width);
  }
}
