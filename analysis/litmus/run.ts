import { INSN_BYTES } from '#isa/codec/codec';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { playTokens, type TokenUser, waitCycle } from '../program/token-play.js';
import { decodeSlots } from '../lint/decode.js';
import { ProgramCache } from '#simulator/values/program';
import { createMachineState } from '#simulator/values/state';
import { noTokens, type Tokens } from '#simulator/values/tokens';
import { explore, World } from './explore.js';
import { litmusMessages as M } from './messages.js';
import { type LitmusTest, observe } from './test.js';
import { type Pair, type Verdict, verdictText } from './verdict.js';

/** What became of a test. */
export interface LitmusResult {
  readonly verdict: Verdict;
  /** {@link verdictText} of it; the test passes if it is the expected one. */
  readonly text: string;
  readonly passes: boolean;
  /** States from which several instructions were tried. */
  readonly states: number;
}

/** The tokens of a launch in which units wait for ever. */
function deadlockOf(test: LitmusTest, launch: number, before: Readonly<Tokens>): Verdict {
  const { insnAddr, insnCount } = test.launches[launch];
  const code = test.dram.subarray(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const users: TokenUser[] = decodeSlots(code, test.config, test.dram.length).map((s) => s.user);
  return { kind: 'deadlock', launch, cycle: waitCycle(playTokens(users, before).waiting) };
}

const refusal = (error: unknown): VtaError => {
  if (error instanceof VtaError && error.code !== M.VTA4103.code) return error;
  throw error;
};

/** The bytes that the program may store to, as far as its instructions can be decoded. */
function storedTo(test: LitmusTest): readonly [from: number, to: number] {
  let [from, to] = [test.dram.length, 0];
  for (const { insnAddr, insnCount } of test.launches) {
    const code = test.dram.subarray(insnAddr, insnAddr + insnCount * INSN_BYTES);
    for (const { decoded: d, refusals } of decodeSlots(code, test.config, test.dram.length)) {
      if (d?.kind !== 'store' || d.insn.y_size === 0 || refusals.length > 0) continue;
      from = Math.min(from, d.address);
      to = Math.max(to, d.address + (d.insn.y_size - 1) * d.rowStride + d.insn.x_size * d.elementBytes);
    }
  }
  if (to > test.launches[0].insnAddr) fail(M.VTA4103, { test: test.name, reason: 'it stores to its own instructions' });
  return from < to ? [from, to] : [0, 0];
}

/** Runs launch after launch from every way in which the one before may end. */
function runAll(test: LitmusTest, reduce: boolean): { verdict: Verdict; states: number } {
  const world = new World(createMachineState(test.config), test.dram.slice(), ...storedTo(test));
  const programs = new ProgramCache(test.config);
  let [tokens, states] = [noTokens() as Readonly<Tokens>, 0];
  let starts = [world.save()];
  const errors = new Set<string>();
  const pairs = new Map<string, Pair>();
  for (const [launch, place] of test.launches.entries()) {
    let program: ReturnType<ProgramCache['prepare']>;
    try {
      program = programs.prepare({ dram: test.dram, ...place }, tokens);
    } catch (error) {
      const { code, diagnostics } = refusal(error);
      if (code === 'VTA1201') return { verdict: deadlockOf(test, launch, tokens), states };
      return { verdict: { kind: 'refused', code, what: diagnostics[0].what }, states };
    }
    const ends = new Map<string, ReturnType<World['save']>>();
    for (const start of starts) {
      world.restore({ ...start, padValue: 0 });
      try {
        const found = explore(world, program, tokens, reduce, test.name);
        states += found.states;
        for (const insns of found.pairs) pairs.set(`${launch} ${insns.join()}`, { launch, insns });
        for (const [key, end] of found.ends) {
          if (typeof end === 'string') errors.add(end);
          else ends.set(key, end);
        }
      } catch (error) {
        const { code, diagnostics } = refusal(error);
        return { verdict: { kind: 'refused', code, what: diagnostics[0].what }, states };
      }
    }
    starts = [...ends.values()];
    tokens = program.tokensAfter;
  }
  const seen = starts.map((end) => {
    world.restore(end);
    return observe(test, world.dram);
  });
  const values = [...new Set([...seen, ...errors])].sort();
  if (pairs.size > 0) return { verdict: { kind: 'race', pairs: [...pairs.values()], values }, states };
  if (values.length !== 1) throw new Error('internal error: interleavings differ, and no two instructions race');
  return { verdict: { kind: 'always', value: values[0] }, states };
}

/**
 * Enumerates the interleavings of a test and says what they have in common.
 * @param reduce leave out interleavings that cannot make a difference; the verdict is the same without
 * @throws VtaError VTA4103 where it cannot be enumerated
 */
export function runLitmus(test: LitmusTest, reduce = true): LitmusResult {
  const { verdict, states } = runAll(test, reduce);
  const text = verdictText(verdict);
  return { verdict, text, passes: text === test.expected, states };
}
