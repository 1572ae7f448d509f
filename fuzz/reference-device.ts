import { type Device, type LaunchRequest, type LaunchResult, zeroCounters } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import { UNITS } from '#isa/spec/tables';
import type { Decoded } from '#simulator/values/decode';
import { count } from '#simulator/values/counters';
import { executePlain } from '#simulator/values/execute';
import { ProgramCache } from '#simulator/values/program';
import { createMachineState, resetMachineState } from '#simulator/values/state';
import { noTokens, popsOf, pushesOf, type Tokens } from '#simulator/values/tokens';
import type { Random } from './random.js';

/** Another order of execution that the tokens allow: of the units that can go on, any one goes. */
export function randomOrder(insns: readonly Decoded[], before: Readonly<Tokens>, r: Random): Decoded[] {
  const tokens: Tokens = { ...before };
  const queues = UNITS.map((u) => insns.filter((d) => d.unit === u));
  const next = [0, 0, 0];
  const ready = (u: number) => {
    const d = queues[u][next[u]];
    return d !== undefined && popsOf(d).every((c) => tokens[c] > 0);
  };
  const out: Decoded[] = [];
  let unit = r.int(0, 2);
  while (out.length < insns.length) {
    if (!ready(unit) || r.chance(0.3)) unit = r.pick([0, 1, 2].filter(ready));
    const d = queues[unit][next[unit]++];
    for (const c of popsOf(d)) tokens[c]--;
    for (const c of pushesOf(d)) tokens[c]++;
    out.push(d);
  }
  return out;
}

/**
 * The reference model of values: a machine that executes lane by lane, without kernels, in an order of its own: what the others are held against. Two orders
 * give the same only where no two instructions race for data.
 */
export function createReference(config: VtaConfig, r: Random): Device {
  const state = createMachineState(config);
  const programs = new ProgramCache(config);
  let tokens: Readonly<Tokens> = noTokens();
  const launch = (request: LaunchRequest): LaunchResult => {
    const program = programs.prepare(request, tokens);
    const counters = zeroCounters();
    state.padValue = 0;
    for (const d of randomOrder(program.insns, tokens, r)) {
      const hash = executePlain(state, request.dram, d);
      count(d, config, counters);
      request.onRetire?.({ unit: d.unit, insn: d.index, cycle: -1, hash });
    }
    tokens = program.tokensAfter;
    return { cycles: null, counters, tokens };
  };
  return {
    name: 'reference',
    config,
    launch: async (request) => launch(request),
    reset: () => {
      resetMachineState(state);
      tokens = noTokens();
    },
  };
}
