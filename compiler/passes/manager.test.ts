import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { call, func, graphModule, variable } from '../graph/build.js';
import type { CallNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import { perTensor, tensorType } from '../graph/types.js';
import { runPasses } from './manager.js';
import { Stopwatch } from '../stopwatch.js';
import type { Pass, PassContext } from './pass.js';

const type = tensorType('int8', [1, 2], perTensor(0.5, 0));
const x = variable('x', type);
const module = graphModule('m', func('main', [x], call('relu', [x], { clamp: [0, 100] }, 'y')));
const context: PassContext = { config: preset('default'), exact: false, codegens: [], rounding: null, refuse: () => {} };

/** Lowers the upper clamp by one, so that runs can be counted. */
function counting(name: string, header: Partial<Pass> = {}): Pass {
  const lower = (node: CallNode) => call('relu', node.args, { clamp: [0, (node.attrs as { clamp: readonly number[] }).clamp[1] - 1] }, 'y');
  const run: Extract<Pass, { kind: 'function' }>['run'] = (fn) => mapGraph(fn, (n) => (n.kind === 'call' ? lower(n) : n));
  return { kind: 'function', name, doc: '', needs: [], gives: [], optional: true, run, ...header } as Pass;
}

const clampOf = (m: typeof module): number => ((m.main.body as CallNode).attrs as { clamp: readonly number[] }).clamp[1];
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof VtaError ? error.code : String(error);
  }
  return 'none';
};

describe('runPasses', () => {
  test('records, dumps and times every pass', () => {
    const dumps: string[] = [];
    let now = 0;
    const same: Pass = { ...counting('same'), kind: 'module', run: (m) => graphModule(m.label, m.main) };
    const { module: out, records } = runPasses([counting('a'), same], module, context, {
      dump: (name, text) => dumps.push(`${name} ${/clamp=\[0,\d+\]/.exec(text)?.[0]}`),
      stopwatch: new Stopwatch(() => now++),
    });
    expect(clampOf(out)).toBe(99);
    expect(records).toEqual([
      { name: 'a', status: 'changed', ms: 1 },
      { name: 'same', status: 'unchanged', ms: 1 },
    ]);
    expect(dumps).toEqual(['00-input.graph clamp=[0,100]', '01-a.graph clamp=[0,99]', '02-same.graph clamp=[0,99]']);
  });

  test('skip leaves out by name, bisect after the first n optional passes', () => {
    const passes = [counting('a'), counting('must', { optional: false }), counting('b'), counting('c')];
    const ran = (options: object) =>
      runPasses(passes, module, context, options).records.flatMap((r) => (r.status === 'skipped' ? [] : [r.name]));
    expect(ran({ skip: ['b'] })).toEqual(['a', 'must', 'c']);
    expect(ran({ bisect: 0 })).toEqual(['must']);
    expect(ran({ bisect: 2 })).toEqual(['a', 'must', 'b']);
  });

  test('a name that is no pass, and a pass that must run', () => {
    const passes = [counting('fold'), counting('must', { optional: false })];
    expect(codeOf(() => runPasses(passes, module, context, { skip: ['fald'] }))).toBe('VTA2101');
    expect(codeOf(() => runPasses(passes, module, context, { skip: ['must'] }))).toBe('VTA2102');
  });

  test('a pass whose facts nobody gives is an internal error', () => {
    const needs = counting('b', { needs: ['blocked'] });
    expect(codeOf(() => runPasses([needs], module, context))).toContain('internal error: pass b needs blocked');
    expect(codeOf(() => runPasses([counting('a', { gives: ['blocked'] }), needs], module, context))).toBe('none');
  });

  test('a pass that breaks the graph is found out', () => {
    const stranger = variable('stranger', type);
    const bad: Pass = {
      ...counting('bad'),
      kind: 'module',
      run: (m) => graphModule(m.label, func('main', [x], call('relu', [stranger], { clamp: [0, 1] }, 'y'))),
    };
    expect(codeOf(() => runPasses([bad], module, context))).toBe('VTA2005');
  });
});
