import { withCommas } from '#isa/diag/numbers';
import { describe, expect, test } from 'vitest';
import type { Divergence } from '#hardware-rtl/lockstep/divergence';
import type { RunReport } from '#runtime/exec/report';
import { divergenceText } from './divergence.js';
import { jsonDocument } from './json.js';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { type RunSettings, runJson, runText } from './run.js';
import { percent, table } from './table.js';

describe('table', () => {
  test('numbers to the right with separators, text to the left, null as a dash', () => {
    expect(
      table(
        ['name', 'cycles'],
        [
          ['a', 1234],
          ['longer', null],
        ],
      ),
    ).toBe('name    cycles\na        1,234\nlonger       -\n');
  });

  test('thousands separators are those of toLocaleString', () => {
    const numbers = [0, 1, 12, 999, 1000, 12345, 1234567, 4294967296, -1, -1000, -123456, 0.5, 1234.5678, 99999.9999];
    expect(numbers.map(withCommas)).toEqual(numbers.map((n) => n.toLocaleString('en-US')));
  });

  test('percent', () => {
    expect([percent(0.8667), percent(0), percent(null)]).toEqual(['86.7%', '0.0%', '-']);
  });
});

test('lists of numbers stay on one line of a JSON document', () => {
  const value = { shape: [1, 2.5, -3], deep: [{ a: [1] }], text: '[1,\n 2]' };
  const text = jsonDocument(value);
  expect(text).toContain('"shape": [1, 2.5, -3]');
  expect(JSON.parse(text)).toEqual(value);
});

const report: RunReport = {
  program: 'p',
  config: 'c',
  on: 'cycle',
  cycles: 40,
  macs: 5127,
  utilization: 0.5,
  exact: true,
  layers: [
    {
      name: 'conv',
      op: 'conv2d',
      target: 'vta',
      cycles: 40,
      macs: 5120,
      utilization: 0.5,
      instructions: 3,
      bytes: { uop: 4, inp: 32, wgt: 0, acc: 0, out: 16 },
      notes: ['careful'],
    },
    { name: 'end', op: 'softmax', target: 'host', cycles: null, macs: 7, utilization: null, instructions: 0, bytes: null, notes: [] },
  ],
  outputs: [{ name: 'y', tensor: { dtype: 'int8', shape: [1, 2], data: Int8Array.of(-1, 2) }, quantization: { scale: 0.5, zeroPoint: 3 } }],
};

const settings: RunSettings = { memory: DEFAULT_MEMORY, inputs: [{ name: 'x', file: null, seed: 1 }], timingOnly: false };

describe('run', () => {
  test('the contract keys of --json', () => {
    const json = runJson(report, settings, null);
    const keys = [
      'schema',
      'program',
      'config',
      'on',
      'cycles',
      'macs',
      'utilization',
      'exact',
      'layers',
      'memory',
      'inputs',
      'host',
      'outputs',
    ];
    expect(Object.keys(json)).toEqual(keys);
    expect(json.layers[0]).toMatchObject({ name: 'conv', target: 'vta', cycles: 40, macs: 5120, utilization: 0.5, notes: ['careful'] });
    expect(json).toMatchObject({ memory: { width: 64, latency: 18, interval: 1, stall: 0, seed: 1 }, inputs: settings.inputs });
    expect(json.host).toEqual({ layers: ['end'], macs: 7 });
    expect(json.layers[1]).not.toHaveProperty('notes');
    expect(json.outputs).toEqual([{ name: 'y', dtype: 'int8', shape: [1, 2], quantization: { scale: 0.5, zeroPoint: 3 }, data: [-1, 2] }]);
  });

  test('the text', () => {
    expect(runText(report, settings)).toBe(
      [
        'p on cycle, machine c, exact',
        'memory width=64,latency=18,interval=1,stall=0,seed=1',
        'input x: made up from seed 1; give your own with --input',
        '',
        'layer  operator  on     cycles   macs    use  instructions  bytes',
        'conv   conv2d    vta        40  5,120  50.0%             3     52',
        'end    softmax   host        -      7      -             0      -',
        'total            cycle      40  5,120  50.0%             3     52',
        'on the host: 1 of 2 operators, 7 macs; the sums above leave them out',
        '',
        'note: conv: careful',
        'output y int8[1,2], scale 0.5 zero point 3',
        '  -1 2',
        '',
      ].join('\n'),
    );
  });
});

test('a divergence shows the last records side by side and marks what is not equal', () => {
  const at = (insn: number, cycle: number, hash: number) => ({ unit: 'compute' as const, insn, cycle, hash });
  const d: Divergence = {
    kind: 'cycle',
    what: 'instruction 4 retired in another cycle',
    unit: 'compute',
    insn: 4,
    text: 'gemm ...',
    values: { functional: null, cycle: 90, rtl: 97 },
    last: { functional: [at(3, -1, 7), at(4, -1, 8)], cycle: [at(3, 80, 7), at(4, 90, 8)], rtl: [at(3, 80, 7), at(4, 97, 8)] },
    ends: { functional: null, cycle: null, rtl: 'VTA1203: too far' },
    first: { memory: 'acc', element: 5, lane: 3, functional: 12, rtl: 13 },
    look: 'vta debug p',
    reproduce: 'vta cosim x.vta',
  };
  expect(divergenceText(d).split('\n')).toEqual([
    '  instruction 4 retired in another cycle (cycle 90, rtl 97)',
    '  at instruction 4: gemm ...',
    '  first difference: acc[5] lane 3 is 12 on functional, 13 on rtl',
    '  rtl stopped: VTA1203: too far',
    '',
    '  the last instructions of the compute unit:',
    '       functional  wrote     cycle sim  at  wrote     rtl  at  wrote',
    '                3  00000007          3  80  00000007    3  80  00000007',
    '    *           4  00000008          4  90  00000008    4  97  00000008',
    '',
    '  to look at it on the cycle simulator: vta debug p',
    '  to see it again: vta cosim x.vta',
    '',
  ]);
});
