import type { Device } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { TimingTraits } from '#isa/arch/timing-traits';
import type { Trace } from '#isa/arch/trace';
import { disassembleInsn } from '#isa/asm/disassemble';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { CHISEL_TRAITS } from '#simulator/chisel/traits';
import { parametersOf, type Parameters } from '#simulator/cycle/parameters';
import { type TimingInsn, timingInsn } from '#simulator/cycle/program';
import { cycleTraits } from '#simulator/cycle/traits';
import { decodeAt } from '#simulator/values/decode';
import { noTokens, popsOf, pushesOf, type Tokens } from '#simulator/values/tokens';

/** One launch, recorded: everything that accounts and pictures are made from. */
export interface RecordedLaunch {
  /** The layer, or the program where there are no layers. */
  readonly name: string;
  readonly config: VtaConfig;
  readonly memory: MemorySettings;
  readonly p: Parameters;
  readonly traits: TimingTraits;
  /** Byte address of the first instruction. */
  readonly insnAddr: number;
  readonly insns: readonly TimingInsn[];
  readonly trace: Trace;
  /** Tokens in the counters at launch, left by earlier launches. */
  readonly tokens: Readonly<Tokens>;
}

/** What a recording needs besides the trace. */
export interface LaunchFacts {
  readonly name: string;
  readonly config: VtaConfig;
  readonly memory?: MemorySettings;
  /** See {@link Device.timing}. */
  readonly timing?: Device['timing'];
  readonly insnAddr: number;
  /** The instructions, 16 bytes each. */
  readonly program: Uint8Array;
  readonly tokens?: Readonly<Tokens>;
  readonly trace: Trace;
}

/** @throws VtaError VTA1205 where the bytes are not instructions */
export function recordedLaunch(facts: LaunchFacts): RecordedLaunch {
  const { name, config, insnAddr, program, trace } = facts;
  const memory = facts.memory ?? DEFAULT_MEMORY;
  const insns = Array.from({ length: program.length / INSN_BYTES }, (_, i) => timingInsn(decodeAt(program, i * INSN_BYTES, i, config)));
  const p = parametersOf(config, memory);
  const traits = facts.timing === undefined ? cycleTraits(p) : CHISEL_TRAITS;
  return { name, config, memory, p, traits, insnAddr, insns, trace, tokens: facts.tokens ?? noTokens() };
}

/** Tokens in the counters after the launch. */
export function tokensAfter({ insns, tokens }: RecordedLaunch): Tokens {
  const after: Tokens = { ...tokens };
  for (const { decoded } of insns) {
    for (const c of popsOf(decoded)) after[c]--;
    for (const c of pushesOf(decoded)) after[c]++;
  }
  return after;
}

/** The instruction as text. */
export const textOf = (launch: RecordedLaunch, insn: number): string => disassembleInsn(launch.insns[insn].decoded.insn, launch.config);

/** The first word of {@link textOf}, for instance `load.inp`. */
export const mnemonicOf = (launch: RecordedLaunch, insn: number): string => textOf(launch, insn).split(' ', 1)[0];
