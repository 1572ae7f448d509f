/** The reference models and their recorded layers: ../shared/models/README.md. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readNpy } from '#runtime/npy';
import type { Tensor } from '#runtime/tensor';
import { graphDifference } from '../../graph/equal.js';
import { interpret } from '../../graph/interpret.js';
import { macsOf } from '../../graph/lower-host.js';
import type { GraphModule } from '../../graph/node.js';
import { parseGraph } from '../../graph/parse.js';
import { constantTable, printGraph } from '../../graph/print.js';
import { postOrder } from '../../graph/visit.js';
import { importModel } from '../import.js';

const root = fileURLToPath(new URL('../../../../shared/models/public', import.meta.url));
const bytesOf = (t: Tensor): Uint8Array => new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength);
const sha256 = (t: Tensor): string => createHash('sha256').update(bytesOf(t)).digest('hex');
const MODELS = [
  ['ic', 12_501_632],
  ['kws', 2_656_768],
  ['ad', 264_192],
  ['vww', 7_489_664],
] as const;

interface Layers {
  layers: {
    op_index: number;
    op: string;
    file: string;
    output_name: string;
    shape: number[];
    scale: number[];
    zero_point: number[];
    padding?: string;
    pad_top: number;
    pad_left: number;
    pad_bottom: number;
    pad_right: number;
  }[];
}
interface Hashes {
  inputs: Record<string, { op_output_sha256: string[] }>;
}

const calls = (m: GraphModule) => postOrder(m.main.body).flatMap((n) => (n.kind === 'call' ? [n] : []));
/** Layer names end in the operator's number in the file. */
const indexOf = (name: string): number => Number(name.slice(name.lastIndexOf('_') + 1));

describe.skipIf(!existsSync(root)).each(MODELS)('reference model %s (../shared/models)', (name, macs) => {
  const folder = `${root}/${name}`;
  const npy = (file: string): Tensor => readNpy(readFileSync(`${folder}/${file}`), file);
  const json = <T>(file: string): T => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as T;
  const load = () => importModel(readFileSync(`${folder}/model.tflite`), `${name}.tflite`);

  test('layers: names, origins, shapes, quantization, padding, work', () => {
    const module = load();
    const { layers } = json<Layers>('layers/index.json');
    const found = calls(module);
    expect(found.length).toBe(layers.length);
    expect(found.reduce((n, c) => n + macsOf(c), 0)).toBe(macs);
    for (const c of found) {
      const l = layers[indexOf(c.name)];
      expect(c.name).toBe(`${l.op.toLowerCase().replace('conv_2d', 'conv2d')}_${l.op_index}`);
      expect(c.origin).toBe(l.output_name);
      expect(c.type).toEqual({
        kind: 'tensor',
        dtype: 'int8',
        shape: l.shape,
        quantization: { scales: l.scale, zeroPoint: l.zero_point[0], axis: null },
      });
      if (c.op === 'conv2d' || c.op === 'depthwise_conv2d')
        expect(c.attrs.padding).toEqual([l.pad_top, l.pad_left, l.pad_bottom, l.pad_right]);
    }
  });

  test('all eight inputs: every layer and the output equal the reference', () => {
    const module = load();
    const { inputs } = json<Hashes>('hashes.json');
    expect(Object.keys(inputs).length).toBe(8);
    for (const [key, { op_output_sha256: want }] of Object.entries(inputs)) {
      const { outputs, values } = interpret(module, { [module.main.params[0].name]: npy(`${key}.npy`) });
      expect(values.size).toBe(want.length);
      for (const [layer, value] of values) expect(sha256(value), `${key} ${layer}`).toBe(want[indexOf(layer)]);
      expect(outputs[0]).toEqual(npy(key.replace('input', 'output') + '.npy'));
    }
  });

  test('input_000: every layer equals its recorded tensor', () => {
    const module = load();
    const { layers } = json<Layers>('layers/index.json');
    const { values } = interpret(module, { [module.main.params[0].name]: npy('input_000.npy') });
    for (const [layer, value] of values) expect(value, layer).toEqual(npy(`layers/${layers[indexOf(layer)].file}`));
  });

  test('the text form round-trips, with constants beside it and inside it', () => {
    const module = load();
    const text = printGraph(module);
    const again = parseGraph(text, { constants: constantTable(module) });
    expect(graphDifference(module, again)).toBeNull();
    expect(printGraph(again)).toBe(text);
    expect(graphDifference(module, parseGraph(printGraph(module, { data: true })))).toBeNull();
  });
});

describe.skipIf(!existsSync(root))('float models (../shared/models)', () => {
  test.each(['ic', 'ad', 'vww'])('%s is refused with a diagnostic that names the layer', (name) => {
    expect(() => importModel(readFileSync(`${root}/${name}/model_float.tflite`), `${name}.tflite`)).toThrow(/VTA20\d\d/);
  });
});
