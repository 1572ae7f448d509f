import { insn } from '#isa/codec/codec';
import { MEMORY_TYPES, type MemoryType } from '#isa/spec/tables';
import { type AffineNest, checkRounds, fixLoop, simplifyNest, span } from './affine.js';
import type { MachineOp } from './machine-op.js';

const FIELD_MAX = 0xffff;

/** What a copy nest is between: operand 0 is the scratchpad side, operand 1 the DRAM side. */
export interface Transfer {
  readonly op: 'LOAD' | 'STORE';
  readonly memory: MemoryType;
  readonly scratchpad: 'inp' | 'wgt' | 'acc';
  /** Index of the DRAM buffer. */
  readonly buffer: number;
}

/**
 * Recognizes 2-D transfers: rows of consecutive tiles, each row at a fixed distance in DRAM and directly after the one
 * before in the scratchpad. Loops that do not fit that become several instructions.
 */
export function lowerDma(nest: AffineNest, t: Transfer): MachineOp[] {
  if (nest.extents.includes(0)) return [];
  const order = nest.extents.map((_, i) => i).sort((a, b) => nest.operands[0].coefs[b] - nest.operands[0].coefs[a] || a - b);
  const sorted: AffineNest = {
    extents: order.map((i) => nest.extents[i]),
    operands: nest.operands.map((o) => ({ base: o.base, coefs: order.map((i) => o.coefs[i]) })),
  };
  return transfers(simplifyNest(sorted, FIELD_MAX), t);
}

function transfers(nest: AffineNest, t: Transfer): MachineOp[] {
  const [scratch, dram] = nest.operands;
  let rest = nest.extents.length;
  let x = 1;
  if (rest > 0 && scratch.coefs[rest - 1] === 1 && dram.coefs[rest - 1] === 1) x = nest.extents[--rest];
  let y = 1;
  let stride = x;
  if (rest > 0 && scratch.coefs[rest - 1] === x && dram.coefs[rest - 1] >= 0 && dram.coefs[rest - 1] <= FIELD_MAX) {
    y = nest.extents[--rest];
    stride = dram.coefs[rest];
  }
  checkRounds(nest, rest);
  if (rest > 0) return Array.from({ length: nest.extents[0] }, (_, i) => transfers(fixLoop(nest, 0, i), t)).flat();
  const fields = {
    memory_type: MEMORY_TYPES[t.memory].code,
    sram_base: scratch.base,
    dram_base: dram.base,
    y_size: y,
    x_size: x,
    x_stride: stride,
  };
  const inside = { memory: t.scratchpad, lo: scratch.base, hi: scratch.base + x * y };
  const outside = { memory: `dram:${t.buffer}`, ...span(nest, dram) };
  const load = t.op === 'LOAD';
  return [
    {
      insn: insn(t.op, fields),
      unit: !load ? 'store' : t.scratchpad === 'acc' ? 'compute' : 'load',
      reads: [load ? outside : inside],
      writes: [load ? inside : outside],
      buffer: t.buffer,
      kernel: -1,
    },
  ];
}
