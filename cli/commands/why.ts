import { memoryText } from '#isa/arch/memory';
import { fail } from '#isa/diag/diagnostic';
import { withCommas } from '#isa/diag/numbers';
import type { Artifact } from '#runtime/artifact/artifact';
import { seededInputs } from '#runtime/exec/bind';
import { runArtifact } from '#runtime/exec/run';
import { advised, adviseRun, type LaunchAdvice, type RunAdvice } from '#analysis/advice/advisor';
import type { Run } from '../context.js';
import { cliMessages as M } from '../messages.js';
import { createDevice, type Machine } from '../devices.js';
import { countOf, memoryOf } from '../io/options.js';
import { placeProgram, readProgram } from '../io/programs.js';
import { progressOf } from '../io/progress.js';
import { launchesOf } from '../lockstep.js';
import { boundsText, launchAdviceJson, lossesText, pathJson, pathText, runAdviceJson, savedText, spentText } from '../report/advice.js';
import { jsonDocument } from '../report/json.js';

type Options = Readonly<Record<string, unknown>>;

/** A program that runs: instructions without memory get one that is zero. */
function artifactOf(path: string, options: Options): Artifact {
  const program = readProgram(path, options.config as string, options.dram as string | undefined);
  return program.kind === 'artifact' ? program.artifact : placeProgram(program.name, program.code, new Uint8Array(), program.config);
}

async function explain(artifact: Artifact, path: string, options: Options, show: (text: string) => void): Promise<RunAdvice> {
  const launches = launchesOf(artifact, path, options.launch as string | undefined);
  const wanted = new Map(launches.map((l) => [l.insnAddr, l.name]));
  const names = new Map(artifact.steps.flatMap((s) => (s.kind === 'vta' ? [[s.insnAddr, s.name] as const] : [])));
  const advice: LaunchAdvice[] = [];
  const device = advised(await createDevice(options.on as Machine, artifact.config), {
    memory: memoryOf(options.memory),
    whatIf: 'all',
    nameOf: (insnAddr) => names.get(insnAddr) ?? artifact.name,
    onAdvice: (a) => {
      if (wanted.has(a.launch.insnAddr)) advice.push(a);
    },
  });
  await runArtifact(artifact, device, seededInputs(artifact), { memory: memoryOf(options.memory), onLayer: (l) => show(l.name) });
  return adviseRun(advice);
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** The window of `--from` and `--to` in every launch. @throws VtaError VTA6021 where it is empty in all */
function windowOf(options: Options, { launches }: RunAdvice): Window {
  const from = countOf(options.from, 'vta why', '--from');
  const to = options.to === undefined ? Infinity : countOf(options.to, 'vta why', '--to');
  const cycles = Math.max(...launches.map((l) => l.cycles));
  if (from > to || from >= cycles) fail(M.VTA6021, { from, to: to === Infinity ? 'the end' : to, cycles, last: cycles - 1 });
  return { from, to };
}

function human(name: string, on: string, advice: RunAdvice, shown: number, path: Window | null): string {
  const memory = memoryText(advice.launches[0].launch.memory);
  const parts = [`${name} on ${on}, memory ${memory}: ${withCommas(advice.cycles)} cycles\n`, boundsText(advice), spentText(advice)];
  parts.push(lossesText(advice, shown), savedText(advice));
  if (path !== null) parts.push(...advice.launches.map((l) => pathText(l, path.from, path.to)));
  return parts.filter((p) => p !== '').join('\n');
}

const json = (name: string, on: string, advice: RunAdvice, shown: number, path: Window | null) => ({
  schema: 1,
  program: name,
  config: advice.launches[0].launch.config.name,
  on,
  memory: advice.launches[0].launch.memory,
  ...runAdviceJson(advice, shown),
  launches: advice.launches.map((l) => ({
    name: l.launch.name,
    cycles: l.cycles,
    instructions: l.launch.insns.length,
    ...launchAdviceJson(l),
    ...(path === null ? {} : { path: pathJson(l, path.from, path.to) }),
  })),
});

/** `vta why PROGRAM`: where the cycles went, what would save some. */
export const run: Run = async (context, [file], options) => {
  const shown = countOf(options.losses, 'vta why', '--losses');
  const artifact = artifactOf(file, options);
  const progress = progressOf(context);
  const advice = await explain(artifact, file, options, (text) => progress.show(text)).finally(() => progress.clear());
  const on = options.on as string;
  const path = options.path === true ? windowOf(options, advice) : null;
  context.out(
    options.json === true ? jsonDocument(json(artifact.name, on, advice, shown, path)) : human(artifact.name, on, advice, shown, path),
  );
  return 0;
};
