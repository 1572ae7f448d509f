import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { fail } from '#isa/diag/diagnostic';
import type { Artifact } from '#runtime/artifact/artifact';
import { findPort, seededInputs } from '#runtime/exec/bind';
import type { RunReport } from '#runtime/exec/report';
import { runArtifact } from '#runtime/exec/run';
import { readNpy, writeNpy } from '#runtime/npy';
import type { Tensor } from '#runtime/tensor';
import { advised, adviseRun, type LaunchAdvice, type RunAdvice } from '#simulator/advice/advisor';
import { rooflineSvg } from '#simulator/advice/roofline';
import type { Run } from '../context.js';
import { createTimedDevice } from '../devices.js';
import { readArtifact } from '../io/artifacts.js';
import { readBytes, writeWhole } from '../io/files.js';
import { machineOf, memoryOf, splitNamed } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { cliMessages as M } from '../messages.js';
import { adviceText, rooflinePoints } from '../report/advice.js';
import { jsonDocument } from '../report/json.js';
import { runJson, runText } from '../report/run.js';

/** The given inputs by full name, and seeded ones for the rest where none is given at all. */
function inputsOf(artifact: Artifact, given: readonly string[]): Map<string, Tensor> {
  if (given.length === 0) return seededInputs(artifact);
  const out = new Map<string, Tensor>();
  for (const { name, file } of given.map(splitNamed)) {
    out.set(artifact.values[findPort(artifact, 'input', name)].name, readNpy(readBytes(file), file));
  }
  return out;
}

/** Output names and files, checked before anything runs. */
const outputsOf = (artifact: Artifact, given: readonly string[]) =>
  given.map(splitNamed).map(({ name, file }) => ({ name: artifact.values[findPort(artifact, 'output', name)].name, file }));

function writeOutputs(report: RunReport, wanted: readonly { readonly name: string; readonly file: string }[]): void {
  for (const { name, file } of wanted) {
    const output = report.outputs.find((o) => o.name === name);
    if (output !== undefined) writeWhole(file, writeNpy(output.tensor));
  }
}

/** The device with an ear for what its launches say about time, where it is a machine of ours that has one. */
function explained(device: Device, artifact: Artifact, memory: MemorySettings, wanted: boolean) {
  const launches: LaunchAdvice[] = [];
  if (!wanted || device.name === 'functional' || device.timing !== undefined) return { device, advice: launches };
  const names = new Map(artifact.steps.flatMap((s) => (s.kind === 'vta' ? [[s.insnAddr, s.name] as const] : [])));
  const nameOf = (insnAddr: number) => names.get(insnAddr) ?? artifact.name;
  return { device: advised(device, { memory, whatIf: true, nameOf, onAdvice: (a) => launches.push(a) }), advice: launches };
}

/** @throws VtaError VTA6010 where no layer has both cycles and multiplications */
function writeRoofline(file: string, report: RunReport, { config }: Artifact, memory: MemorySettings, why: RunAdvice | null): void {
  const title = `${report.program} on ${report.on}${report.timing === undefined ? '' : ` with timing ${report.timing}`}`;
  const points = rooflinePoints(report, why);
  if (!points.some((p) => p.macs > 0)) fail(M.VTA6010, { program: report.program, on: report.on });
  writeWhole(file, rooflineSvg({ title, config, memory, points }));
}

/** `vta run FILE.vta` */
export const run: Run = async (context, [file], options) => {
  const machine = machineOf(options);
  const memory = memoryOf(options.memory);
  const artifact = readArtifact(file);
  const inputs = inputsOf(artifact, (options.input as string[] | undefined) ?? []);
  const outputs = outputsOf(artifact, (options.output as string[] | undefined) ?? []);
  const plain = await createTimedDevice(machine, artifact.config);
  const { device, advice } = explained(plain, artifact, memory, options.advice !== false);
  const progress = progressOf(context);
  const total = artifact.steps.filter((s) => s.kind === 'vta' || s.kind === 'host').length;
  let done = 0;
  const report = await runArtifact(artifact, device, inputs, {
    memory,
    onLayer: (layer) => progress.show(`${++done}/${total} ${layer.name}`),
  }).finally(() => progress.clear());
  writeOutputs(report, outputs);
  const why = advice.length === 0 ? null : adviseRun(advice);
  if (typeof options.roofline === 'string') writeRoofline(options.roofline, report, artifact, memory, why);
  context.out(options.json === true ? jsonDocument(runJson(report, why)) : `${runText(report)}${why === null ? '' : adviceText(why)}`);
  return 0;
};
