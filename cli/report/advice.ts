import { withCommas } from '#isa/diag/numbers';
import { INSN_BYTES } from '#isa/codec/codec';
import type { RunReport } from '#runtime/exec/report';
import type { RooflinePoint } from '#analysis/advice/roofline';
import { BOUND_NAMES, BOUNDS, type Bound } from '#analysis/advice/bounds';
import type { LaunchAdvice, RunAdvice } from '#analysis/advice/advisor';
import { joinSteps, stepsWithin, stepText } from '#analysis/advice/listing';
import { RESOURCE_NAMES, RESOURCES } from '#analysis/advice/resources';
import { EXPERIMENTS, experimentText } from '#analysis/advice/what-if';
import { type LossText, lossText } from '#analysis/advice/words';
import { mnemonicOf, textOf } from '#analysis/trace/launch';
import { type Cell, percent, table } from './table.js';

const number = (n: number): string => withCommas(n);

/** One row for each launch and one for all: the cycles, the limit that binds, and what each limit would cost alone. */
export function boundsText(advice: RunAdvice): string {
  const row = (name: string, a: Pick<LaunchAdvice, 'cycles' | 'binds' | 'bounds'>, least: number): Cell[] => [
    name,
    a.cycles,
    BOUND_NAMES[a.binds],
    percent(a.cycles === 0 ? null : least / a.cycles),
    ...BOUNDS.map((b) => a.bounds[b]),
  ];
  const rows = advice.launches.map((l) => row(l.launch.name, l, l.bounds[l.binds]));
  if (rows.length > 1) rows.push(row('total', advice, advice.least));
  return table(['cycles each limit costs alone', 'cycles', 'binds', 'share', ...BOUNDS.map((b: Bound) => BOUND_NAMES[b])], rows, [3]);
}

function measuredText({ measured }: LossText, cycles: number): string {
  return measured
    .map(({ change, saves }) => {
      const [verb, n] = saves >= 0 ? ['saves', saves] : ['costs', -saves];
      return `     measured: ${change} ${n === 0 ? 'saves nothing' : `${verb} ${number(n)} of ${number(cycles)} cycles`}\n`;
    })
    .join('');
}

function oneLoss(n: number, advice: LaunchAdvice, text: LossText, withName: boolean): string {
  const width = Math.max(0, ...text.insns.map((i) => String(i.insn).length));
  const insns = text.insns.map((i) => `     ${String(i.insn).padStart(width)}: ${i.text}  (${i.role})\n`).join('');
  const what = `${withName ? `${advice.launch.name}: ` : ''}${text.what}`;
  return `  ${n}. ${what}\n${insns}     do: ${text.advice}\n${measuredText(text, advice.cycles)}`;
}

/** Losses below this share of the cycles are left out. */
const LEAST = 0.001;

/** The largest losses, with what would remove them. */
export function lossesText(advice: RunAdvice, shown: number): string {
  const losses = advice.losses.filter(({ loss }) => loss.cycles >= LEAST * advice.cycles).slice(0, shown);
  if (losses.length === 0) return `no loss worth naming: what binds, binds in every cycle\n`;
  const texts = losses.map(({ launch, loss }, n) => {
    const l = advice.launches[launch];
    return oneLoss(n + 1, l, lossText(loss, l), advice.launches.length > 1);
  });
  return `${losses.length === 1 ? 'the largest loss' : `the ${losses.length} largest losses`}\n${texts.join('')}`;
}

/** How many losses `vta run` names. */
export const SHOWN = 3;

/** What `vta run` adds where the machine has time. */
export const adviceText = (advice: RunAdvice): string => `\n${boundsText(advice)}\n${lossesText(advice, SHOWN)}`;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Layers on VTA that have cycles, for the roofline picture. */
export function rooflinePoints({ layers }: RunReport, advice: RunAdvice | null): readonly RooflinePoint[] {
  const onVta = layers.filter((l) => l.target === 'vta' && l.cycles !== null);
  return onVta.map((l, n) => ({
    name: l.name,
    macs: l.macs,
    cycles: l.cycles ?? 0,
    bytes: sum(Object.values(l.bytes ?? {})) + l.instructions * INSN_BYTES,
    ...(advice === null ? {} : { limit: advice.launches[n].bounds[advice.launches[n].binds] }),
  }));
}

/** What the critical path is spent on. */
export function spentText(advice: RunAdvice): string {
  const rows = RESOURCES.filter((r) => advice.spent[r] > 0)
    .map((r): Cell[] => [RESOURCE_NAMES[r], advice.spent[r], percent(advice.spent[r] / advice.cycles)])
    .sort((a, b) => (b[1] as number) - (a[1] as number));
  return table(['critical path', 'cycles', 'share'], [...rows, ['total', advice.cycles, percent(1)]], [2]);
}

/** What changes would save. */
export function savedText(advice: RunAdvice): string {
  const memory = advice.launches[0].launch.memory;
  const rows = EXPERIMENTS.flatMap((e): Cell[][] => {
    const saved = advice.saved[e];
    return saved === null ? [] : [[experimentText(e, memory), saved, percent(saved / advice.cycles)]];
  });
  return rows.length === 0 ? '' : table(['run again with', 'saves', 'share'], rows, [2]);
}

/** The critical path, from launch to end. */
export function pathText(advice: LaunchAdvice, from: number, to: number): string {
  const steps = stepsWithin(joinSteps(advice.path.steps), from, to);
  const rows = steps.map((s): Cell[] => [
    s.from,
    s.to - s.from,
    RESOURCE_NAMES[s.resource],
    s.insn < 0 ? '' : `${s.insn}: ${mnemonicOf(advice.launch, s.insn)}`,
    stepText(advice, s),
  ]);
  return `the critical path of ${advice.launch.name}\n${table(['from', 'cycles', 'spent on', 'instruction', 'which'], rows)}`;
}

const lossJson = (advice: LaunchAdvice, loss: LaunchAdvice['losses'][number]) => {
  const { what, insns, advice: remedy, measured } = lossText(loss, advice);
  const { kind, resource, cycles, times, route } = loss;
  return { layer: advice.launch.name, kind, resource, cycles, times, route, what, instructions: insns, advice: remedy, measured };
};

/** Figures of one launch, as `--json` has them. */
export const launchAdviceJson = ({ bounds, binds, engine, path, measured }: LaunchAdvice) => ({
  binds,
  bounds,
  engine,
  criticalPath: path.spent,
  ...(measured === null ? {} : { measured }),
});

/** Figures of a run, as `--json` has them. */
export const runAdviceJson = (advice: RunAdvice, shown = SHOWN) => ({
  cycles: advice.cycles,
  binds: advice.binds,
  least: advice.least,
  bounds: advice.bounds,
  criticalPath: advice.spent,
  saves: advice.saved,
  losses: advice.losses.slice(0, shown).map(({ launch, loss }) => lossJson(advice.launches[launch], loss)),
});

/** Steps of the critical path, as `--json` has them. */
export const pathJson = (advice: LaunchAdvice, from: number, to: number) =>
  stepsWithin(joinSteps(advice.path.steps), from, to).map((s) => ({
    from: s.from,
    to: s.to,
    resource: s.resource,
    instruction: s.insn < 0 ? null : s.insn,
    text: s.insn < 0 ? null : textOf(advice.launch, s.insn),
    point: s.point,
    token: s.token,
  }));
