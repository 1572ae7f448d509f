import type { VtaConfig } from '#isa/config/config';
import { fail, type Where } from '#isa/diag/diagnostic';
import { isaMessages as ISA } from '#isa/messages';
import { COMMAND_QUEUE_DEPTH } from '#simulator/cycle/parameters';
import { simulatorMessages as SIM } from '#simulator/messages';
import { UNITS } from '#isa/spec/tables';
import { rtlMessages as M } from '../messages.js';
import type { JobResult } from './protocol.js';

/** Error codes of the status register, from `err_e` of vta_core_pkg.sv. */
export const RTL_ERRORS = {
  opcode: 1,
  memoryType: 2,
  aluOp: 3,
  flags: 4,
  uopRange: 5,
  inpRange: 6,
  wgtRange: 7,
  accRange: 8,
  read: 9,
  write: 10,
  fetch: 11,
  storePad: 12,
  deadlock: 13,
  noFinish: 14,
  queueFull: 15,
} as const;

/** Index of the last of no instructions. */
const NO_INSN = 0xffffffff;
/** Waits that the value register names for a deadlock, from bit 0; behind them one bit per unit whose full queue fetch waits for. */
const WAITS = [
  'load waits for a token (c2l)',
  'compute waits for a token (l2c)',
  'compute waits for a token (s2c)',
  'store waits for a token (c2s)',
];
const waitsOf = (value: number): string => WAITS.filter((_, bit) => (value >> bit) & 1).join('; ') || 'nothing';

/** The diagnostic that the simulators give for the same mistake. @throws VtaError always */
export function failWithRtlError(r: JobResult, config: VtaConfig, where: Where): never {
  const E = RTL_ERRORS;
  const range = (memory: string, depth: number) => fail(ISA.VTA1203, { memory, index: r.errorValue, depth }, where);
  switch (r.error) {
    case E.opcode:
      return fail(ISA.VTA1205, { detail: 'opcode' }, where);
    case E.memoryType:
      return fail(ISA.VTA1205, { detail: 'memory type' }, where);
    case E.aluOp:
      return fail(ISA.VTA1205, { detail: 'ALU operation' }, where);
    case E.storePad:
      return fail(ISA.VTA1205, { detail: 'STORE with padding' }, where);
    case E.flags:
      return fail(ISA.VTA1207, { unit: 'Load or Store', flag: 'the flag towards it' }, where);
    case E.uopRange:
      return range('UOP', config.uopDepth);
    case E.inpRange:
      return range('INP', config.inpDepth);
    case E.wgtRange:
      return range('WGT', config.wgtDepth);
    case E.accRange:
      return range('ACC', config.accDepth);
    case E.deadlock:
      return fail(ISA.VTA1201, { waiting: waitsOf(r.errorValue) }, where);
    case E.noFinish:
      return r.errorInsn === NO_INSN ? fail(ISA.VTA1206, { count: 0 }) : fail(ISA.VTA1202, { count: r.errorInsn + 1 }, where);
    case E.queueFull: {
      const args = {
        index: r.errorInsn,
        unit: UNITS[Math.log2(r.errorValue >> WAITS.length)],
        waiting: waitsOf(r.errorValue),
        depth: COMMAND_QUEUE_DEPTH,
      };
      return fail(SIM.VTA4050, args, where);
    }
    case E.read:
    case E.write:
    case E.fetch:
      return fail(ISA.VTA1204, { address: r.failedAddress ?? 0, bytes: 1, size: r.dram.length }, where);
    default:
      return fail(M.VTA5006, { code: r.error, insn: r.errorInsn }, where);
  }
}
