import { describe, expect, test } from 'vitest';
import { circles, importProblems, resolveImport } from './deps.js';
import { hygieneProblems } from './hygiene.js';
import { functionLengths } from './size.js';

describe('imports', () => {
  test('a relative path is resolved from the root', () => {
    expect(resolveImport('compiler/lower/dma.ts', '../../isa/codec/codec.js')).toBe('isa/codec/codec.js');
    expect(resolveImport('compiler/lower/dma.ts', '#isa/codec/codec')).toBe('isa/codec/codec');
    expect(resolveImport('compiler/lower/dma.ts', 'bignumber.js')).toBeNull();
  });

  test.each([
    ['compiler/pipeline/a.ts', "import { x } from '#simulator/functional/device';", 'compiler may import only isa'],
    ['compiler/pipeline/a.ts', "import type {\n  X,\n} from '../../simulator/cycle/core.js';", 'compiler may import only isa'],
    ['compiler/pipeline/a.ts', "const m = await import('#runtime/exec/executor');", 'compiler may import only isa'],
    ['isa/gen/a.ts', "export { x } from '#runtime/tensor';", 'isa may import only itself'],
    ['simulator/functional/a.ts', "import { x } from '#simulator/chisel/device';", 'simulator/chisel stands above simulator/functional'],
    ['simulator/cycle/a.ts', "import { x } from './reference/machine.js';", 'simulator/cycle/reference stands above simulator/cycle'],
    ['simulator/cycle/a.ts', "import { x } from '../functional/device.js';", 'do not know each other'],
    ['simulator/cycle/reference/a.ts', "import { x } from '../entry.js';", 'do not know each other'],
    ['simulator/cycle/reference/a.ts', "import type { X } from '#simulator/cycle/program';", 'do not know each other'],
    ['simulator/chisel/reference/a.ts', "import { x } from '../loader.js';", 'do not know each other'],
    ['simulator/cycle/a.ts', "import { x } from '#analysis/trace/launch';", 'simulator may import only isa'],
    ['compiler/tir/a.ts', "import { x } from '../kernel/conv.js';", 'compiler/kernel stands above compiler/tir'],
    ['compiler/passes/a.ts', "import { x } from '../pipeline/link.js';", 'compiler/pipeline stands above compiler/passes'],
    ['compiler/new/a.ts', '', 'is in no room of compiler'],
    ['runtime/exec/a.ts', "import { readFileSync } from 'node:fs';", 'is a library and runs in a browser'],
    ['runtime/exec/a.ts', "import fc from 'fast-check';", 'not among the dependencies'],
    ['isa/gen/a.ts', "import { x } from './b';", 'relative imports end in .js'],
    ['isa/gen/a.ts', "const b = Buffer.from('x');", 'uses Buffer.from'],
  ])('%s: %s', (file, text, problem) => {
    const problems = importProblems(file, text, ['bignumber.js']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test.each([
    [
      'compiler/pipeline/a.ts',
      "import { encode } from '#isa/codec/codec';\nimport { Tensor } from '#runtime/tensor';\nimport BigNumber from 'bignumber.js';",
    ],
    ['compiler/pipeline/a.test.ts', "import { x } from '#simulator/functional/device';\nimport { readFileSync } from 'node:fs';"],
    ['cli/commands/a.ts', "import { readFileSync } from 'node:fs';\nimport { x } from '#simulator/functional/device';"],
    ['simulator/cycle/reference/a.ts', "import { x } from './entry.js';\nimport { y } from '../../values/decode.js';"],
    ['simulator/chisel/reference/a.ts', "import { X } from '../parameters.js';\nimport type { I } from '../program.js';"],
    ['tools/a.ts', "import { x } from '../cli/main.js';"],
  ])('%s may', (file, text) => {
    expect(importProblems(file, text, ['bignumber.js'])).toEqual([]);
  });
});

test('circles are found, shared parts are not circles', () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>) => circles(new Map(Object.entries(edges)));
  expect(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([]);
  expect(graph({ a: ['b'], b: ['c'], c: ['b'] })).toEqual([['b', 'c', 'b']]);
});

test('functions are measured by name', () => {
  const text = 'export function a() {\n  return 1;\n}\nconst b = () => {\n};\nclass C {\n  d(): void {\n    a();\n  }\n}\n';
  expect(functionLengths('x.ts', text)).toEqual([
    ['a', 1, 3],
    ['b', 4, 2],
    ['d', 7, 3],
  ]);
});

test('machine paths, registry hosts and marks are found, addresses in prose are not', () => {
  const bad = [
    `cd /${'work'}/main`,
    `"https://registry.${'npmjs'}.org/x"`,
    `// ${'TO'}DO later`,
    `test.${'only'}('x', () => {})`,
    `// ${'@ts-'}ignore`,
  ];
  expect(hygieneProblems('x.md', bad.join('\n'))).toHaveLength(bad.length);
  expect(hygieneProblems('x.md', 'see docs/work/x.md and ../shared/tmp/y, TODOS')).toEqual([]);
});
