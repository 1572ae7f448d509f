import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { simulatorMessages as M } from '../messages.js';
import { atInsn } from '../values/describe.js';
import { popsOf } from '../values/tokens.js';
import { COMMAND_QUEUE_DEPTH } from './parameters.js';
import type { CommandPorts } from './ports.js';

/** What is looked at in a machine that stopped. */
export interface StoppedMachine extends Pick<CommandPorts, 'insns' | 'queues'> {
  readonly fetch: { readonly blockedBy: number; readonly waiting: number };
}

/**
 * Explains a machine in which nothing can change any more. Tokens suffice (the program was played before), so it can only be
 * that fetch waits for a full command queue.
 * @throws VtaError VTA4050
 */
export function failStuck(machine: StoppedMachine, config: VtaConfig): never {
  const { fetch, queues, insns } = machine;
  if (fetch.blockedBy < 0) throw new Error('internal error: the cycle simulator stopped before the end of the program');
  const waiting = UNITS.flatMap((unit, u) => {
    if (queues[u].size === 0) return [];
    const head = insns[queues[u].head()];
    return [`${unit} waits at instruction ${head.index} for a token (${popsOf(head.decoded).join(' and ') || 'none'})`];
  });
  const { decoded, index } = insns[fetch.waiting];
  const args = { index, unit: UNITS[fetch.blockedBy], waiting: waiting.join('; '), depth: COMMAND_QUEUE_DEPTH };
  fail(M.VTA4050, args, atInsn(index, decoded.insn, config));
}
