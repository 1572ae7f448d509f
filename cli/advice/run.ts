/** What `vta run` adds for machines that count cycles. Loaded only where it is needed: it brings a simulator of its own. */
import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { fail } from '#isa/diag/diagnostic';
import type { Artifact } from '#runtime/artifact/artifact';
import type { RunReport } from '#runtime/exec/report';
import { advised, adviseRun, type LaunchAdvice, type RunAdvice } from '#analysis/advice/advisor';
import { rooflineSvg } from '#analysis/advice/roofline';
import type { Output } from '../io/output.js';
import { cliMessages as M } from '../messages.js';
import { adviceText, launchAdviceJson, rooflinePoints, runAdviceJson, SHOWN } from '../report/advice.js';
import type { AdviceJson } from '../report/run.js';

/** A device with an ear for what its launches say about time, and the advice on those that it has run. */
export interface Explained {
  readonly device: Device;
  readonly why: () => RunAdvice | null;
}

/** The advice of a run, for people and for programs. */
export const explanation = (why: RunAdvice): { readonly text: string; readonly json: AdviceJson } => ({
  text: adviceText(why),
  json: { run: runAdviceJson(why), launches: why.launches.map(launchAdviceJson) },
});

/** @param everything measure all changes, as `--json` has them, not only those that the text speaks of */
export function explained(device: Device, artifact: Artifact, memory: MemorySettings, everything: boolean): Explained {
  const launches: LaunchAdvice[] = [];
  const names = new Map(artifact.steps.flatMap((s) => (s.kind === 'vta' ? [[s.insnAddr, s.name] as const] : [])));
  const nameOf = (insnAddr: number) => names.get(insnAddr) ?? artifact.name;
  return {
    device: advised(device, { memory, whatIf: everything ? 'all' : SHOWN, nameOf, onAdvice: (a) => launches.push(a) }),
    why: () => (launches.length === 0 ? null : adviseRun(launches)),
  };
}

/** @throws VtaError VTA6010 where no layer has both cycles and multiplications */
export function writeRoofline(file: Output, report: RunReport, { config }: Artifact, memory: MemorySettings, why: RunAdvice | null): void {
  const title = `${report.program} on ${report.on}${report.timing === undefined ? '' : ` with timing ${report.timing}`}`;
  const points = rooflinePoints(report, why);
  if (!points.some((p) => p.macs > 0)) fail(M.VTA6010, { program: report.program, on: report.on });
  file.write(rooflineSvg({ title, config, memory, points }));
}
