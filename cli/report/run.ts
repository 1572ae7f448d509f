import type { LayerReport, OutputReport, RunReport } from '#runtime/exec/report';
import { withCommas } from '#isa/diag/numbers';
import { type MemorySettings, memoryText } from '#isa/arch/memory';
import { percent, table } from './table.js';

/** Where the values of an input came from: a file, or a seed where they were made up. */
export interface InputSource {
  readonly name: string;
  readonly file: string | null;
  readonly seed: number | null;
}

/** What a run was asked for, besides the program and the machine. */
export interface RunSettings {
  readonly memory: MemorySettings;
  readonly inputs: readonly InputSource[];
  /** No values were computed. */
  readonly timingOnly: boolean;
}

const onHost = (r: RunReport): readonly LayerReport[] => r.layers.filter((l) => l.target === 'host');
const macsOf = (layers: readonly LayerReport[]): number => layers.reduce((sum, l) => sum + l.macs, 0);

const total = (l: LayerReport): number | null =>
  l.bytes === null ? null : Object.values(l.bytes).reduce((a: number, b: number) => a + b, 0);

const layerJson = ({ notes, ...layer }: LayerReport, advice: object | undefined) => ({
  ...layer,
  ...(notes.length > 0 ? { notes } : {}),
  ...(advice === undefined ? {} : { advice }),
});

/** Figures of the advice on a run and on each of its launches, ready to print. */
export interface AdviceJson {
  readonly run: object;
  readonly launches: readonly object[];
}

/** The advice about each layer: those on VTA are launches, in order. */
function ofLayers(layers: readonly LayerReport[], advice: AdviceJson | null): readonly (object | undefined)[] {
  let next = 0;
  return layers.map((l) => (l.target === 'vta' ? advice?.launches[next++] : undefined));
}

const outputJson = ({ name, tensor, quantization }: OutputReport) => ({
  name,
  dtype: tensor.dtype,
  shape: tensor.shape,
  quantization,
  data: [...tensor.data],
});

/** The document of `vta run --json` (docs/reference/json.md). */
export function runJson(r: RunReport, settings: RunSettings, advice: AdviceJson | null) {
  const perLayer = ofLayers(r.layers, advice);
  return {
    schema: 1,
    program: r.program,
    config: r.config,
    on: r.on,
    ...(r.timing === undefined ? {} : { timing: r.timing }),
    ...(settings.timingOnly ? { timingOnly: true } : {}),
    cycles: r.cycles,
    macs: r.macs,
    utilization: r.utilization,
    exact: r.exact,
    layers: r.layers.map((l, n) => layerJson(l, perLayer[n])),
    memory: settings.memory,
    inputs: settings.inputs,
    host: { layers: onHost(r).map((l) => l.name), macs: macsOf(onHost(r)) },
    ...(advice === null ? {} : { advice: advice.run }),
    outputs: r.outputs.map(outputJson),
  };
}

const SHOWN = 16;
function outputText({ name, tensor, quantization }: OutputReport): string {
  const data = [...tensor.data.subarray(0, SHOWN)].join(' ') + (tensor.data.length > SHOWN ? ' ...' : '');
  const q = quantization === null ? '' : `, scale ${quantization.scale} zero point ${quantization.zeroPoint}`;
  return `output ${name} ${tensor.dtype}[${tensor.shape.join(',')}]${q}\n  ${data}\n`;
}

/** Which inputs were made up, and that values were left out. */
function valuesText({ inputs, timingOnly }: RunSettings): string {
  if (timingOnly) return 'values: not computed (--timing-only)\n';
  const made = inputs.filter((i) => i.seed !== null);
  if (made.length === 0) return '';
  const names = made.map((i) => i.name).join(', ');
  return `${made.length === 1 ? 'input' : 'inputs'} ${names}: made up from seed ${made[0].seed}; give your own with --input\n`;
}

/** What the host computed: the last row of the table leaves it out. */
function hostText(r: RunReport): string {
  const layers = onHost(r);
  if (layers.length === 0) return '';
  const macs = macsOf(layers) === 0 ? '' : `, ${withCommas(macsOf(layers))} macs`;
  return `on the host: ${layers.length} of ${r.layers.length} operators${macs}; the sums above leave them out\n`;
}

/** What `vta run` prints: one row per layer, the sum of those on VTA, and the outputs. */
export function runText(r: RunReport, settings: RunSettings): string {
  const head = ['layer', 'operator', 'on', 'cycles', 'macs', 'use', 'instructions', 'bytes'];
  const rows = r.layers.map((l) => [
    l.name,
    l.op,
    l.target,
    l.cycles,
    l.macs,
    percent(l.macs === 0 ? null : l.utilization),
    l.instructions,
    total(l),
  ]);
  const sum = (pick: (l: LayerReport) => number | null) => r.layers.reduce((a, l) => a + (pick(l) ?? 0), 0);
  rows.push(['total', '', r.on, r.cycles, r.macs - macsOf(onHost(r)), percent(r.utilization), sum((l) => l.instructions), sum(total)]);
  const notes = r.layers.flatMap((l) => l.notes.map((n) => `note: ${l.name}: ${n}\n`)).join('');
  const timing = r.timing === undefined ? '' : ` with timing ${r.timing}`;
  const memory = r.cycles === null ? '' : `memory ${memoryText(settings.memory)}\n`;
  const exact = r.exact ? 'exact' : 'not exact (see the notes)';
  const title = `${r.program} on ${r.on}${timing}, machine ${r.config}, ${exact}\n${memory}${valuesText(settings)}`;
  const more = `${notes}${r.outputs.map(outputText).join('')}`;
  return `${title}\n${table(head, rows, [5])}${hostText(r)}${more === '' ? '' : `\n${more}`}`;
}
