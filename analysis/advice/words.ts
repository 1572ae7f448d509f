import { withCommas } from '#isa/diag/numbers';
import { mnemonicOf, textOf } from '../trace/launch.js';
import { NO_INSN } from '../trace/spans.js';
import type { LaunchAdvice } from './advisor.js';
import type { Engine } from './bounds.js';
import type { Example, Loss } from './losses.js';
import type { Resource } from './resources.js';
import { experimentsOn, experimentText } from './what-if.js';

/** A loss in words: what, who, what to do, and what that was measured to save. */
export interface LossText {
  readonly what: string;
  /** The instructions that it is about, in order. */
  readonly insns: readonly { readonly insn: number; readonly text: string; readonly role: string }[];
  readonly advice: string;
  /** Changes that were measured, with the cycles of the launch that they save (negative: that they cost). */
  readonly measured: readonly { readonly change: string; readonly saves: number }[];
}

const count = (n: number): string => withCommas(n);
const cyclesText = (n: number): string => `${count(n)} ${n === 1 ? 'cycle' : 'cycles'}`;
const places = (n: number): string => (n === 1 ? '' : ` in ${count(n)} places`);

/** What an engine does not do, as the begin of a sentence. */
const IDLE: Readonly<Record<Engine, string>> = {
  mac: 'MAC array idle',
  alu: 'ALU idle',
  read: 'no data read',
  write: 'no results written',
  fetch: 'no instructions fetched',
};

const tokenOf = (example: Example, channel: string) =>
  example.tokens.filter((t) => t.channel === channel).reduce<Example['tokens'][number] | null>((_, t) => t, null);

/** What happens meanwhile, by the resource that the critical path spends the time on. */
const MEANWHILE: Readonly<Record<Resource, string>> = {
  mac: 'GEMM still computes',
  alu: 'the ALU still computes',
  read: 'loads are still arriving',
  write: 'stores are still leaving',
  fetch: 'instructions are still arriving',
  latency: 'the memory has not answered yet',
  padding: 'a scratchpad is filled with padding',
  pipeline: 'the pipelines between the units fill or drain',
  hazard: 'an interlock holds an instruction',
  limit: 'a queue or buffer is full',
  other: 'the trace does not show why',
};

function whatOf(loss: Loss, engine: Engine): string {
  const idle = `${IDLE[engine]} for ${cyclesText(loss.cycles)}`;
  switch (loss.kind) {
    case 'start':
      return `${idle} at the start: ${MEANWHILE[loss.resource]}`;
    case 'end':
      return `${idle} at the end: ${MEANWHILE[loss.resource]}`;
    case 'input buffer':
      return `${idle}${places(loss.times)}: a load waits until its buffer is free`;
    case 'output buffer':
      return `${idle}${places(loss.times)}: compute waits until its results are stored`;
    default:
      return `${idle}${places(loss.times)}: ${MEANWHILE[loss.resource]}`;
  }
}

function insnsOf(loss: Loss, launch: LaunchAdvice['launch']): LossText['insns'] {
  const say = (insn: number, role: string) => ({ insn, text: textOf(launch, insn), role });
  const { example } = loss;
  const channel = loss.kind === 'input buffer' ? 'c2l' : loss.kind === 'output buffer' ? 's2c' : null;
  const token = channel === null ? null : tokenOf(example, channel);
  if (token !== null) return [say(token.to, 'waits for the token of'), say(token.from, `for ${cyclesText(example.cycles)} here`)];
  return example.insn === NO_INSN ? [] : [say(example.insn, `most of ${cyclesText(example.cycles)}${loss.times === 1 ? '' : ' here'}`)];
}

/** ALU instructions from which a requantization could be read: many for one result. */
function spellsRequantization({ launch }: LaunchAdvice): boolean {
  return (
    !launch.config.extension && launch.insns.filter((i) => i.decoded.kind === 'alu' && mnemonicOf(launch, i.index) === 'alu.mul').length > 1
  );
}

const START_ADVICE: Readonly<Partial<Record<Resource, string>>> = {
  read: 'make the first loads small: work begins on a part of the data while the rest arrives',
  mac: 'make the first tile small: the work after GEMM begins early',
};

const WORK_ADVICE: Readonly<Partial<Record<Resource, string>>> = {
  mac: 'let GEMM and what follows it take turns on two tiles (virtual threads 2)',
  read: 'move less: keep weights or inputs in the scratchpad for several tiles; or a wider bus',
  write: 'store results of a tile while the next one is computed (virtual threads 2); or a wider bus',
  padding: 'padding costs one cycle per element: keep a border of zeros in memory, or load taller tiles',
};

function adviceOf(loss: Loss, advice: LaunchAdvice): string {
  switch (loss.kind) {
    case 'start':
      return START_ADVICE[loss.resource] ?? 'issue what the first tile needs before everything else';
    case 'end':
      if (loss.resource === 'pipeline') return 'nothing: these steps are the same for every program';
      if (loss.resource === 'mac') return 'make the last tile small: little is left to compute when all data have arrived';
      return 'store results in pieces as they become ready, and make the last piece small';
    case 'input buffer':
      return 'give loads one more buffer, so that they run ahead: one more virtual thread, or tiles of half the size';
    case 'output buffer':
      return 'give results one more buffer, so that a tile is computed while the one before is stored: one more virtual thread, or tiles of half the size';
    case 'latency':
      return 'load more with each instruction, or earlier, so that several loads are under way';
    case 'fetch':
      return 'do more with each instruction: loops instead of many short ones';
    case 'interlock':
      return 'put independent instructions between those that use the same accumulators or micro-ops';
    case 'queue':
      return 'spread long runs of instructions of one unit, or make transfers smaller';
    case 'work':
      if (loss.resource === 'alu' && spellsRequantization(advice)) {
        return 'compile for a machine with the extension (a preset that ends in -x): its RQ stands for all instructions of a requantization';
      }
      return (
        WORK_ADVICE[loss.resource] ??
        'let two tiles take turns (virtual threads 2), so that the ALU works on one while GEMM works on the other'
      );
  }
}

function measuredOf(loss: Loss, { launch, cycles, measured }: LaunchAdvice): LossText['measured'] {
  return experimentsOn(loss).flatMap((e) => {
    const after = measured?.[e] ?? null;
    return after === null ? [] : [{ change: experimentText(e, launch.memory), saves: cycles - after }];
  });
}

/** @param advice of the launch that has the loss */
export const lossText = (loss: Loss, advice: LaunchAdvice): LossText => ({
  what: whatOf(loss, advice.engine),
  insns: insnsOf(loss, advice.launch),
  advice: adviceOf(loss, advice),
  measured: measuredOf(loss, advice),
});
