/** Rules about single instructions on which published implementations disagree, apart from those that need micro-ops. */
import type { VtaConfig } from '#isa/config/config';
import { MEMORY_TYPES } from '#isa/spec/tables';
import type { Decoded, DecodedAlu, DecodedLoad, DecodedStore } from '#simulator/values/decode';
import type { RuleName } from './rules.js';

/** Reports a broken rule with what is wrong. */
export type Say = (rule: RuleName, what: string) => void;

/** The first address that the official memory manager maps. */
const FIRST_MAPPED = 0x1000;
/** Micro-ops of the official Chisel machine, and amounts by which all machines shift alike. */
const CHISEL_UOPS = 2048;
const SHIFT_LOW = -16;
const SHIFT_HIGH = 15;

const pads = (i: { y_pad_0: number; y_pad_1: number; x_pad_0: number; x_pad_1: number }): number =>
  i.y_pad_0 + i.y_pad_1 + i.x_pad_0 + i.x_pad_1;

/** Is it the only configuration that the official Chisel machine has, with more micro-ops stated than it has? */
const isChiselDefault = (c: VtaConfig): boolean =>
  [c.batch, c.blockIn, c.blockOut, c.inpBits, c.wgtBits, c.accBits, c.uopDepth, c.inpDepth, c.wgtDepth, c.accDepth].join() ===
  '1,16,16,8,8,32,8192,2048,1024,2048';

function address(d: DecodedLoad | DecodedStore, config: VtaConfig, say: Say): void {
  if (d.insn.y_size === 0) return;
  if (d.address < FIRST_MAPPED) say('low-address', `it begins at byte address 0x${d.address.toString(16)}`);
  const eight = d.kind === 'load' && d.memory === 'ACC_8BIT';
  const product = d.insn.dram_base * (eight ? config.accBytes : d.elementBytes);
  if (product >= 2 ** 32) {
    const by = eight ? `${config.accBytes} bytes of an ACC element` : `${d.elementBytes} bytes`;
    say('address-wrap', `dram 0x${d.insn.dram_base.toString(16)} times ${by} is 0x${product.toString(16)}`);
  }
}

function load(d: DecodedLoad, config: VtaConfig, say: Say): void {
  const { insn: i, memory } = d;
  address(d, config, say);
  if (i.y_size === 0) say('zero-rows', `it has ${i.x_size} columns and no rows`);
  if (memory === 'UOP') {
    if (i.y_size > 1 || pads(i) > 0) say('uop-rows', `it has ${i.y_size} rows${pads(i) > 0 ? ' and padding' : ''}`);
    const end = i.sram_base + (i.y_pad_0 + i.y_size + i.y_pad_1) * (i.x_pad_0 + i.x_size + i.x_pad_1);
    if (isChiselDefault(config) && end > CHISEL_UOPS) say('uop-depth', `it writes micro-ops up to ${end - 1}`);
  } else if (memory !== 'INP' && pads(i) > 0) {
    say('padding', `it pads ${memory}`);
  }
  if (memory === 'ACC_8BIT') say('acc-8bit', 'it loads bytes into accumulators');
}

function alu(d: DecodedAlu, config: VtaConfig, say: Say): void {
  const { insn: i, operation } = d;
  if (config.batch > 1) say('batch-alu', `the configuration has ${config.batch} batch rows`);
  if (operation !== 'SHR') return;
  if (i.use_imm === 0) {
    say(
      'shift-register',
      i.imm < 0 ? `the amount is a register, and the unused immediate is negative (${i.imm})` : 'the amount is a register',
    );
  } else if (i.imm < SHIFT_LOW || i.imm > SHIFT_HIGH) {
    say('shift-immediate', `it shifts by ${i.imm}`);
  }
}

function loop(d: Decoded & { kind: 'gemm' | 'alu' }, config: VtaConfig, say: Say): void {
  const { insn: i } = d;
  if (d.kind === 'alu' && d.operation === 'MUL') say('mul', 'it multiplies');
  if (d.steps === 0) {
    const empty =
      i.iter_out === 0 || i.iter_in === 0 ? `its loops are ${i.iter_out} x ${i.iter_in}` : `its micro-ops are [${i.uop_bgn},${i.uop_end})`;
    say('zero-extent', empty);
    return;
  }
  if (isChiselDefault(config) && i.uop_end > CHISEL_UOPS) say('uop-depth', `it reads micro-ops up to ${i.uop_end - 1}`);
  if (config.accDepth > config.inpDepth) {
    say('uop-source-width', `the configuration has ${config.accDepth} ACC and ${config.inpDepth} INP elements`);
  }
  if (d.kind === 'alu') alu(d, config, say);
}

/** Applies the rules to one instruction. */
export function lintEncoding(d: Decoded, config: VtaConfig, say: Say): void {
  if (d.kind === 'load') load(d, config, say);
  else if (d.kind === 'gemm' || d.kind === 'alu') loop(d, config, say);
  else if (d.kind === 'store') {
    address(d, config, say);
    if (d.insn.y_size === 0) say('zero-rows', `it has ${d.insn.x_size} columns and no rows`);
  } else if (d.kind === 'nop' && d.insn.op === 'LOAD') {
    if (pads(d.insn) > 0) say('padding-without-columns', 'it has no columns, and padding');
    if (d.insn.memory_type >= MEMORY_TYPES.OUT.code) say('synchronisation-type', `its memory type is ${d.insn.memory_type}`);
  }
}
