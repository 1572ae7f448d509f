import type { MemorySettings } from '#isa/arch/memory';
import { encodeInsn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { MEMORY_TYPE_BY_CODE } from '#isa/spec/tables';
import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from '#simulator/values/decode';
import type { FuzzCase } from '../case.js';
import { streamsOf, tokensOf, unitOfBytes } from '../edit.js';
import { bucketOf, FLAGS, LOADS, PADS } from './buckets.js';
import type { Note } from './buckets.js';

const PAGE = 4096;
const ADDRESSES = 2 ** 32;

export function noteConfig(c: VtaConfig, memory: MemorySettings, note: Note): void {
  note('batch', `${c.batch}`);
  note('block in', `${c.blockIn}`);
  note('block out', `${c.blockOut}`);
  note('INP bits', `${c.inpBits}`);
  note('WGT bits', `${c.wgtBits}`);
  note('ACC bits', `${c.accBits}`);
  note('UOP depth', `${c.uopDepth}`);
  note('INP depth', `${c.inpDepth}`);
  note('WGT depth', `${c.wgtDepth}`);
  note('ACC depth', `${c.accDepth}`);
  note('extension', c.extension ? 'on' : 'off');
  const word = memory.width / 8;
  const elements = { INP: c.inpBytes, WGT: c.wgtBytes, ACC: c.accBytes, OUT: c.outBytes };
  for (const [name, bytes] of Object.entries(elements))
    note('element beside bus word', `${name} ${bytes < word ? 'smaller' : bytes === word ? 'equal' : 'larger'}`);
}

export function noteMemory(m: MemorySettings, note: Note): void {
  note('bus width', `${m.width}`);
  note('latency', bucketOf(m.latency, 1, 128));
  note('interval', `${m.interval}`);
  note('stall / 32', `${m.stall >> 5}`);
}

/** What concerns whole launches: lengths, the order of units in the stream, tokens. */
export function noteLaunches(c: FuzzCase, note: Note): void {
  note('launches', `${c.launches.length}`);
  const streams = streamsOf(c);
  for (const list of streams) {
    note('instructions of a launch', bucketOf(list.length, 1, 1024));
    const units = list.map((bytes) => unitOfBytes(c, bytes));
    for (let at = 0; at < units.length; ) {
      let end = at;
      while (units[end] === units[at]) end++;
      note('instructions of one unit in a row', bucketOf(end - at, 1, 64));
      at = end;
    }
    const waiting = list.filter((b) => (b[0] & 0x18) !== 0).length;
    note('instructions that wait for a token', waiting === 0 ? 'none' : 2 * waiting <= list.length ? 'up to a half' : 'more than a half');
  }
  const left = tokensOf(c, streams).filter((t) => t.pop === null || t.pop.launch !== t.push.launch);
  if (left.length === 0) note('tokens left to the next launch', 'none');
  for (const t of left) note('tokens left to the next launch', t.channel);
}

function nameOf(d: Decoded): string {
  switch (d.kind) {
    case 'load':
      return `LOAD ${d.memory}`;
    case 'pad-value':
      return 'LOAD PAD_VALUE';
    case 'store':
      return 'STORE';
    case 'gemm':
      return d.steps === 0 ? 'GEMM of nothing' : d.insn.reset_reg === 1 ? 'GEMM reset' : 'GEMM';
    case 'alu':
      return d.steps === 0 ? 'ALU of nothing' : `${d.operation} ${d.insn.use_imm === 1 ? 'immediate' : 'register'}`;
    case 'finish':
      return 'FINISH';
    default:
      return `${d.insn.op} of nothing`;
  }
}

export function noteInsn(d: Decoded, bytes: Uint8Array, c: FuzzCase, note: Note): void {
  note('instruction', nameOf(d));
  for (const flag of FLAGS) if (d.insn[flag] === 1) note('flag', `${d.insn.op} ${flag}`);
  const plain = encodeInsn(d.insn, c.config);
  note('reserved bits', plain.every((b, i) => b === bytes[i]) ? 'zero' : 'garbage');
  if (d.kind === 'load' || d.kind === 'store') noteBlock(d, c.memory, note);
  else if (d.kind === 'nop') noteNothing(d.insn, note);
  else if (d.kind === 'gemm' || d.kind === 'alu') noteLoops(d, note);
}

function noteNothing(insn: Insn, note: Note): void {
  note('x_size', '0');
  const type = insn.op === 'LOAD' ? MEMORY_TYPE_BY_CODE[insn.memory_type] : insn.op;
  if (type === 'STORE' || (type !== undefined && LOADS.includes(type))) note('transfer of nothing', `${type} no columns`);
}

function noteLoops(d: DecodedGemm | DecodedAlu, note: Note): void {
  const { op, iter_out, iter_in, uop_bgn, uop_end } = d.insn;
  if (iter_out === 0) note('loop of nothing', `${op} iter_out 0`);
  if (iter_in === 0) note('loop of nothing', `${op} iter_in 0`);
  if (uop_bgn >= uop_end) note('loop of nothing', `${op} ${uop_bgn === uop_end ? 'no' : 'backward'} micro-ops`);
  note('iter_out', bucketOf(iter_out, 4, 8192));
  note('iter_in', bucketOf(iter_in, 4, 8192));
  note('micro-ops of an instruction', bucketOf(Math.max(0, uop_end - uop_bgn), 4, 64));
}

function noteBlock(d: DecodedLoad | DecodedStore, memory: MemorySettings, note: Note): void {
  const i = d.insn;
  const type = d.kind === 'load' ? d.memory : 'STORE';
  if (i.y_size === 0) note('transfer of nothing', `${type} no rows`);
  note('x_size', bucketOf(i.x_size, 4, 4096));
  note('y_size', bucketOf(i.y_size, 4, 64));
  if (i.y_size > 1) {
    const stride = i.x_stride === 0 ? 'zero' : i.x_stride < i.x_size ? 'smaller' : i.x_stride === i.x_size ? 'equal' : 'larger';
    note('row stride', `${type} ${stride}`);
  }
  if (d.kind === 'load') {
    for (const pad of PADS) {
      note('padding', `${pad} ${i[pad]}`);
      if (i[pad] > 0) note('padded memory', `${d.memory} ${pad}`);
    }
  }
  if (i.y_size === 0) return;
  if (d.address % (memory.width / 8) !== 0) note('DRAM block', 'starts inside a bus word');
  const last = d.address + i.x_size * d.elementBytes - 1;
  if (Math.floor(d.address / PAGE) !== Math.floor(last / PAGE)) note('DRAM block', 'crosses 4 KiB');
  if (i.dram_base * d.elementBytes >= ADDRESSES) note('DRAM block', 'address wraps');
}
