import { fail } from '#isa/diag/diagnostic';
import type { Artifact } from '#runtime/artifact/artifact';
import { findPort, INPUT_SEED, seededInputs } from '#runtime/exec/bind';
import type { RunReport } from '#runtime/exec/report';
import { runArtifact } from '#runtime/exec/run';
import { readNpy, writeNpy } from '#runtime/npy';
import type { Tensor } from '#runtime/tensor';
import type { Run } from '../context.js';
import { createTimedDevice } from '../devices.js';
import { readArtifact } from '../io/artifacts.js';
import { readBytes } from '../io/files.js';
import { isInputPath, isOutputPath, machineOf, memoryOf, splitNamed } from '../io/options.js';
import { Output } from '../io/output.js';
import { progressOf } from '../io/progress.js';
import { cliMessages as M } from '../messages.js';
import { jsonDocument } from '../report/json.js';
import { type InputSource, type RunSettings, runJson, runText } from '../report/run.js';

interface Inputs {
  /** By full name. */
  readonly tensors: Map<string, Tensor>;
  readonly sources: readonly InputSource[];
}

const namesOf = (artifact: Artifact, ports: readonly number[]): readonly string[] => ports.map((p) => artifact.values[p].name);

/** The given inputs, or made-up ones for all where none is given. */
function inputsOf(artifact: Artifact, given: readonly string[]): Inputs {
  const tensors = given.length === 0 ? seededInputs(artifact) : new Map<string, Tensor>();
  const files = new Map<string, string>();
  const names = namesOf(artifact, artifact.inputs);
  for (const { name, file } of given.map((text) => splitNamed(text, names, isInputPath))) {
    const full = artifact.values[findPort(artifact, 'input', name)].name;
    const first = files.get(full);
    if (first !== undefined) fail(M.VTA6013, { name: full, first, file });
    tensors.set(full, readNpy(readBytes(file), file));
    files.set(full, file);
  }
  const sources = [...tensors.keys()].map((name) => ({
    name,
    file: files.get(name) ?? null,
    seed: given.length === 0 ? INPUT_SEED : null,
  }));
  return { tensors, sources };
}

interface WantedOutput {
  readonly name: string;
  readonly file: Output;
}

/** Output names and files, checked before anything runs. */
function outputsOf(artifact: Artifact, given: readonly string[]): readonly WantedOutput[] {
  const names = namesOf(artifact, artifact.outputs);
  return given
    .map((text) => splitNamed(text, names, isOutputPath))
    .map(({ name, file }) => ({ name: artifact.values[findPort(artifact, 'output', name)].name, file: new Output(file) }));
}

function writeOutputs(report: RunReport, wanted: readonly WantedOutput[]): void {
  for (const { name, file } of wanted) {
    const output = report.outputs.find((o) => o.name === name);
    if (output !== undefined) file.write(writeNpy(output.tensor));
  }
}

/** `vta run FILE.vta` */
export const run: Run = async (context, [file], options) => {
  const choice = machineOf(options);
  const given = (options.output as string[] | undefined) ?? [];
  const memory = memoryOf(options.memory);
  const explainable = options.advice !== false && choice.machine !== 'functional';
  // Modules are read while the program is.
  const loading = explainable || options.roofline !== undefined ? import('../advice/run.js') : null;
  const artifact = readArtifact(file);
  const inputs = inputsOf(artifact, (options.input as string[] | undefined) ?? []);
  const outputs = outputsOf(artifact, given);
  const roofline = typeof options.roofline === 'string' ? new Output(options.roofline) : undefined;
  const plain = await createTimedDevice(choice, artifact.config);
  const explains = explainable && plain.timing === undefined;
  const advice = await loading;
  const { device, why } =
    explains && advice !== null ? advice.explained(plain, artifact, memory, options.json === true) : { device: plain, why: () => null };
  const progress = progressOf(context);
  const total = artifact.steps.filter((s) => s.kind === 'vta' || s.kind === 'host').length;
  let done = 0;
  const full = await runArtifact(artifact, device, inputs.tensors, {
    memory,
    onLayer: (layer) => progress.show(`${++done}/${total} ${layer.name}`),
  }).finally(() => progress.clear());
  const report = choice.timingOnly === true ? { ...full, outputs: [] } : full;
  const settings: RunSettings = { memory, inputs: inputs.sources, timingOnly: choice.timingOnly === true };
  writeOutputs(report, outputs);
  const reasons = why();
  if (roofline !== undefined) advice?.writeRoofline(roofline, report, artifact, memory, reasons);
  const said = reasons === null || advice === null ? null : advice.explanation(reasons);
  context.out(
    options.json === true ? jsonDocument(runJson(report, settings, said?.json ?? null)) : `${runText(report, settings)}${said?.text ?? ''}`,
  );
  return 0;
};
