import type { LayerReport, OutputReport, RunReport } from '#runtime/exec/report';
import { percent, table } from './table.js';

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
export function runJson(r: RunReport, advice: AdviceJson | null) {
  const perLayer = ofLayers(r.layers, advice);
  return {
    schema: 1,
    program: r.program,
    config: r.config,
    on: r.on,
    ...(r.timing === undefined ? {} : { timing: r.timing }),
    cycles: r.cycles,
    macs: r.macs,
    utilization: r.utilization,
    layers: r.layers.map((l, n) => layerJson(l, perLayer[n])),
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

/** What `vta run` prints: one row per layer, the sum, and the outputs. */
export function runText(r: RunReport): string {
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
  rows.push(['total', '', r.on, r.cycles, r.macs, percent(r.utilization), sum((l) => l.instructions), sum(total)]);
  const notes = r.layers.flatMap((l) => l.notes.map((n) => `note: ${l.name}: ${n}\n`)).join('');
  const timing = r.timing === undefined ? '' : ` with timing ${r.timing}`;
  return `${r.program} on ${r.on}${timing}, machine ${r.config}\n\n${table(head, rows, [5])}\n${notes}${r.outputs.map(outputText).join('')}`;
}
