import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { simulatorMessages as M } from '../messages.js';
import { atInsn } from '../values/describe.js';
import type { Machine } from './machine.js';
import { QUEUE_DEPTH } from './parameters.js';
import { CHANNELS } from './tokens.js';

/**
 * Explains a machine in which nothing can happen any more. Tokens suffice (the program was played before), so it can only be that fetch waits for a full
 * command queue.
 * @throws VtaError VTA4050
 */
export function failStuck({ fetch, units, insns }: Machine, config: VtaConfig): never {
  if (fetch.blockedBy === null)
    throw new Error('internal error: the simulation of the original core stopped before the end of the program');
  const waiting = units.flatMap(({ queue }, u) => {
    if (queue.size === 0) return [];
    const { decoded, pops } = insns[queue.head()];
    return [`${UNITS[u]} waits at instruction ${decoded.index} for a token (${pops.map((c) => CHANNELS[c]).join(' and ')})`];
  });
  const { decoded, unit } = insns[fetch.next];
  const args = { index: decoded.index, unit: UNITS[unit], waiting: waiting.join('; '), depth: QUEUE_DEPTH };
  fail(M.VTA4050, args, atInsn(decoded.index, decoded.insn, config));
}
