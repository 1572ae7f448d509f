import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { type Diagnostic, diagnostic, fail, type Message, VtaError } from '#isa/diag/diagnostic';
import { ALU_OP_BY_CODE, ALU_OPS, MEMORY_TYPE_BY_CODE } from '#isa/spec/tables';
import { simulatorMessages as M } from '../messages.js';
import type { Decoded } from '../values/decode.js';
import { atInsn } from '../values/describe.js';

/** @throws VtaError VTA4060 where the core does not exist in this configuration */
export function checkConfig(config: VtaConfig): void {
  const core = preset('default');
  if (config.fingerprint !== core.fingerprint) fail(M.VTA4060, { config: config.name, core: core.name });
}

/** @throws VtaError VTA4061 where the simulation of the original has no such memory */
export function checkMemory(memory: MemorySettings): void {
  const refuse = (key: keyof MemorySettings): never => fail(M.VTA4061, { key, value: memory[key] });
  if (memory.width !== 64) refuse('width');
  if (memory.interval !== 1) refuse('interval');
  if (memory.stall !== 0) refuse('stall');
  if (memory.latency < 2) refuse('latency');
}

/** A reason to refuse an instruction. */
interface Reason {
  readonly message: Message;
  readonly args: Readonly<Record<string, string | number>>;
}

const unknown = (detail: string): Reason => ({ message: M.VTA4062, args: { detail } });
const endless = (detail: string, instead: string): Reason => ({ message: M.VTA4063, args: { detail, instead } });
const dropped = (detail: string): Reason => ({ message: M.VTA4064, args: { detail } });

/** The memory types that the original decodes. */
const LOADABLE = ['UOP', 'WGT', 'INP', 'ACC'];

/** Loads are decoded by their type even where they move nothing. */
function loadReason(d: Decoded): Reason | null {
  if (d.insn.op !== 'LOAD') return null;
  const type = MEMORY_TYPE_BY_CODE[d.insn.memory_type] ?? String(d.insn.memory_type);
  if (!LOADABLE.includes(type)) return unknown(`LOAD of memory type ${type}`);
  if (d.kind !== 'load') return null;
  if (d.insn.y_size === 0) return endless('LOAD with y_size = 0', 'waits for a first row for ever');
  return d.address === 0 ? dropped('LOAD from byte address 0') : null;
}

function storeReason(d: Decoded): Reason | null {
  if (d.kind !== 'store') return null;
  if (d.insn.y_size === 0) return endless('STORE with y_size = 0', 'writes 65,536 rows');
  return d.address === 0 ? dropped('STORE to byte address 0') : null;
}

function loopReason(d: Decoded): Reason | null {
  if (d.kind !== 'gemm' && d.kind !== 'alu') return null;
  const { op, iter_out, iter_in, uop_bgn, uop_end } = d.insn;
  if (d.kind === 'alu' && ALU_OPS[d.operation].code > ALU_OPS.SHR.code) return unknown(`ALU ${ALU_OP_BY_CODE[d.insn.alu_opcode]}`);
  if (iter_out === 0) return endless(`${op} with iter_out = 0`, 'runs 16,384 iterations');
  if (iter_in === 0) return endless(`${op} with iter_in = 0`, 'runs 16,384 iterations');
  return uop_end <= uop_bgn ? endless(`${op} with uop_end <= uop_bgn`, 'runs on until the micro-op index has wrapped around') : null;
}

/**
 * Refuses programs that the original core does not finish, or runs far beyond what they say. Every reason is named once, at the first instruction
 * that gives it.
 * @throws VtaError VTA4062, VTA4063, VTA4064
 */
export function checkRunnable(insns: readonly Decoded[], insnAddr: number, config: VtaConfig): void {
  const reasons = new Map<string, { readonly reason: Reason; readonly first: Decoded; count: number }>();
  for (const d of insns) {
    const reason = loadReason(d) ?? storeReason(d) ?? loopReason(d);
    if (reason === null) continue;
    const known = reasons.get(reason.args.detail as string);
    if (known === undefined) reasons.set(reason.args.detail as string, { reason, first: d, count: 1 });
    else known.count++;
  }
  const list: Diagnostic[] = [...reasons.values()].map(({ reason, first, count }) =>
    diagnostic(reason.message, { ...reason.args, count }, atInsn(first.index, first.insn, config)),
  );
  if (insnAddr === 0) list.unshift(diagnostic(M.VTA4064, { ...dropped('fetch from byte address 0').args, count: 1 }));
  if (list.length > 0) throw new VtaError(list);
}
