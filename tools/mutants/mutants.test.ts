import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readText } from '../lib/files.js';
import { AREAS, areaOf, faultsOf } from './areas.js';
import { applyEdit, type Edit, type Fault, faultId, show } from './fault.js';
import { Judge } from './judge.js';
import { Log } from './log.js';
import { explainedFaults, faultOf, knownFaults } from './notes.js';
import { parseOptions } from './options.js';
import { Related } from './related.js';
import { type Explained, report, scoreOf } from './report.js';
import { faultWithId, inOrderOfSeed, quotas, select } from './select.js';
import { TimeTable } from './times.js';
import { faultsInTypeScript } from './typescript.js';
import { TypeScriptFaults } from './valid.js';
import { faultsInVerilog } from './verilog.js';

const mutated = (text: string, edits: readonly Edit[]): string[] => edits.map((e) => applyEdit(text, e));

describe('faults in TypeScript', () => {
  const of = (text: string) => mutated(text, faultsInTypeScript('x.ts', text));

  test.each([
    ['f(a < b);', ['f(a <= b);', ';']],
    ['const x = a + 3;', ['const x = a - 3;', 'const x = a + 4;', 'const x = a + 2;']],
    ['const x = a && !b;', ['const x = a || !b;', 'const x = a && b;']],
    ['const x = Math.min(a, b);', ['const x = Math.max(a, b);']],
    [
      'const x = a[i++] >>> 1n;',
      ['const x = a[i--] >>> 1n;', 'const x = a[i++] >> 1n;', 'const x = a[i++] >>> 2n;', 'const x = a[i++] >>> 0n;'],
    ],
    ['if (a) b();', ['if (true) b();', 'if (false) b();']],
    ['const x = true;', ['const x = false;']],
    ['const x = -a;', ['const x = a;']],
    ['const x = 0.5;', ['const x = 0.5 * 2;']],
  ])('%s', (text, want) => {
    expect(new Set(of(text))).toEqual(new Set(text.startsWith('f(') ? want.slice(0, 1) : want));
  });

  test('a statement in a block, and a reset, are left out; a call of super is not', () => {
    expect(of('function f() { x = null; g(); }')).toEqual(['function f() { ; g(); }', 'function f() { x = null; ; }']);
    const kinds = faultsInTypeScript('x.ts', 'function f() { x = null; g(); }').map((e) => e.kind);
    expect(kinds).toEqual(['reset', 'removed statement']);
    expect(of('class A extends B { constructor() { super(); } }')).toEqual([]);
  });

  test.each([
    ['types', 'type A = 1 | 2; interface B { c: 3 } let d: 4;'],
    ['words', 'throw new Error(`${a + 1}`); const t = `${b - 1}`; fail(M.X, { n: c + 1 });'],
    ['comments and strings', "// a < b\nconst s = 'a + 1';"],
    ['imports', "import { a } from './b.js'; export { c } from './d.js';"],
  ])('%s are not touched', (_, text) => expect(of(text)).toEqual([]));
});

describe('faults in SystemVerilog', () => {
  const of = (text: string) => mutated(text, faultsInVerilog(text));

  test.each([
    ["assign a = b + 8'hff;", ["assign a = b - 8'hff;", "assign a = b + 8'd0;", "assign a = b + 8'd254;"]],
    ['assign a = b && !c;', ['assign a = b || !c;', 'assign a = b && c;']],
    ['assign a = (b <= c);', ['assign a = (b < c);']],
    ['assign a = &b | ~c;', ['assign a = &b & ~c;', 'assign a = &b | c;']],
    ["always_ff @(posedge c) begin q <= '0; end", ["always_ff @(posedge c) begin q <= '1; end", 'always_ff @(posedge c) begin ; end']],
    ['if (a) begin b <= c; end', ["if (1'b1) begin b <= c; end", "if (1'b0) begin b <= c; end", 'if (a) begin ; end']],
    ['logic [7:0] a;', ['logic [8:0] a;', 'logic [6:0] a;', 'logic [7:1] a;']],
  ])('%s', (text, want) => expect(new Set(of(text))).toEqual(new Set(want)));

  test('comments, strings and assertions are not touched', () => {
    expect(of('// a < 1\n/* b + 2 */ initial $display("c == 3");\nassert (a < 4) else $fatal(1, "x");')).toEqual([]);
    expect(of('// a\nassert (b); assign c = d & e;')).toHaveLength(1);
  });

  test('a reset is told from another assignment', () => {
    const kinds = faultsInVerilog("begin a <= 4'd0; b <= c; end").map((e) => e.kind);
    expect(kinds.filter((k) => /reset|removed/.test(k))).toEqual(['reset', 'removed statement']);
  });
});

describe('which faults are made', () => {
  test('every area has hundreds', () => {
    for (const area of AREAS) expect(faultsOf(area).length, area.name).toBeGreaterThan(500);
    expect(areaOf('simulator/cycle/rob.ts')?.name).toBe('cycle');
    expect(areaOf('cli/main.ts')).toBeUndefined();
  });

  test('a seed gives the same ones again, another seed others, and each once', async () => {
    const area = AREAS[1];
    const ids = (seed: number) => inOrderOfSeed(area, seed).map((f) => faultId(f.file, show(readText(f.file), f)));
    const [a, again, other] = [ids(1), ids(1), ids(2)];
    const [first] = inOrderOfSeed(area, 1);
    expect(faultWithId(first.file, a[0])).toEqual(first);
    expect(faultWithId(first.file, 'none')).toBeNull();
    expect(again).toEqual(a);
    expect(new Set(a).size).toBe(a.length);
    expect(other.slice(0, 20)).not.toEqual(a.slice(0, 20));
    const picked: Fault[] = [];
    for await (const f of select(AREAS.slice(1), 5, 8, async () => null)) picked.push(f);
    expect(picked.map((f) => f.area)).toEqual(['cycle', 'values', 'compiler', 'cycle', 'values', 'compiler', 'cycle', 'values']);
    expect(quotas(8, 3)).toEqual([3, 3, 2]);
  });

  test('one that does not compile, or changes nothing, is not made', () => {
    const judge = new TypeScriptFaults();
    const file = 'simulator/cycle/memory.ts';
    const text = readText(file);
    const edit = (from: string, to: string): Fault => {
      const start = text.indexOf(from);
      expect(start, from).toBeGreaterThanOrEqual(0);
      return { area: 'cycle', file, start, end: start + from.length, kind: 'constant', to };
    };
    expect(judge.judge(edit('let cycle = from;', "let cycle = 'x';"))).toBe('does not compile');
    expect(judge.judge(edit('return cycle;', 'return (cycle);'))).toBe('same program');
    expect(judge.judge(edit('return cycle;', 'return cycle + 1;'))).toBeNull();
  });
});

describe('which tests run', () => {
  const related = new Related();
  const testsOf = (file: string) => related.testsOf(file, () => 0);

  test('those that load the file, nearest first', () => {
    const tests = testsOf('compiler/pipeline/relocate.ts');
    expect(tests[0]).toBe('compiler/pipeline/link.test.ts');
    expect(tests).toContain('tests/pipeline/tensor-programs.test.ts');
    expect(tests).not.toContain('simulator/values/kernels.test.ts');
    expect(tests.findIndex((t) => related.startsCommand(t))).toBeGreaterThan(0);
  });

  test('only near ones, where that is wanted', () => {
    expect(related.testsOf('simulator/cycle/rob.ts', () => 0, true).every((t) => t.startsWith('simulator/'))).toBe(true);
    expect(related.testsOf('hardware-rtl/rtl/vta_alu.sv', () => 0, true)).toHaveLength(3);
  });

  test('for the RTL those that build models', () => {
    expect(testsOf('hardware-rtl/rtl/vta_alu.sv').slice(0, 2)).toEqual(['cli/fuzz/fuzz.test.ts', 'hardware-rtl/lockstep/cosim.test.ts']);
  });
});

test('faults that people wrote down name a file of an area', () => {
  for (const note of [...knownFaults(), ...explainedFaults()]) expect(areaOf(note.file), note.file).toBeDefined();
  for (const note of explainedFaults()) expect(note.why?.length, note.from).toBeGreaterThan(40);
});

describe('a fault in the sources, tried', () => {
  const file = 'compiler/pipeline/relocate.ts';
  const tests = ['compiler/pipeline/link.test.ts'];
  const judge = new Judge({ testsOf: () => tests, startsCommand: () => false }, new TimeTable(null));
  const planted = (from: string, to: string) => faultOf({ file, from, to }) as Fault;

  test('one that a test notices is killed; one that none notices survives; neither is seen on disk', async () => {
    const before = readText(file);
    const killed = await judge.judge(planted('buffer < 0', 'buffer <= 0'));
    expect(killed).toMatchObject({ result: 'killed', by: tests[0], test: expect.stringContaining('the first buffer included') });
    expect(await judge.judge(planted('buffer < 0', 'buffer <= -1'))).toMatchObject({ result: 'survived', by: null, tests: 1, of: 1 });
    expect(readText(file)).toBe(before);
    expect([...judge.broken]).toEqual([]);
  });

  test('where time is up, one that no test noticed so far survives', async () => {
    const hasty = new Judge({ testsOf: () => tests, startsCommand: () => false }, new TimeTable(null), { near: false, limit: 0 });
    expect(await hasty.judge(planted('buffer < 0', 'buffer <= 0'))).toMatchObject({ result: 'survived', tests: 0, of: 1 });
  });

  test('a test that fails without the fault does not count', async () => {
    const none = new Judge({ testsOf: () => ['tools/mutants/none.test.ts'], startsCommand: () => false }, new TimeTable(null));
    expect(await none.judge(planted('buffer < 0', 'buffer <= 0'))).toMatchObject({ result: 'survived' });
    expect([...none.broken]).toEqual(['tools/mutants/none.test.ts']);
  });
});

describe('log, report, options', () => {
  const entry = (over: Partial<Explained>): Explained => ({
    ...{ id: 'a', area: 'cycle', file: 'f.ts', line: 3, kind: 'bound', from: 'a < b', to: 'a <= b', why: null },
    ...{ result: 'killed', by: 't', test: 'n', tests: 1, of: 1, seconds: 2, ...over },
  });

  test('a run goes on where its log ends, also behind half a line; the log of another run is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vta-test-'));
    try {
      const file = join(folder, 'log.jsonl');
      const key = { seed: 1, count: 2, only: ['cycle'] };
      new Log(file, key, false).add(entry({}));
      writeFileSync(file, `${readFileSync(file, 'utf8')}{"id":"b`);
      expect(new Log(file, key, true).entries.map((e) => e.id)).toEqual(['a']);
      const more = new Log(file, key, true);
      more.add(entry({ result: 'survived' }));
      more.add(entry({ id: 'c' }));
      expect(new Log(file, key, true).entries.map((e) => [e.id, e.result])).toEqual([
        ['a', 'survived'],
        ['c', 'killed'],
      ]);
      expect(() => new Log(file, { ...key, seed: 2 }, true)).toThrow('is not the log of this run');
      expect(new Log(file, { ...key, seed: 2 }, false).entries).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the report names every survivor, and counts hung and explained ones', () => {
    const entries = [
      entry({}),
      entry({ result: 'hung' }),
      entry({ result: 'survived', by: null }),
      entry({ area: 'rtl', result: 'survived', by: null, why: 'nobody reads it' }),
    ];
    expect(scoreOf(entries)).toEqual({ faults: 4, killed: 1, hung: 1, explained: 1, survived: 1 });
    const text = report(entries, ['x.test.ts']);
    expect(text).toContain('f.ts:3  bound\n  - a < b\n  + a <= b\nf.ts');
    expect(text).toContain('harmless: nobody reads it');
    expect(text).toContain('x.test.ts');
    expect(text).toMatch(/all +4 +1 +1 +1 +1 +50\.0 %/);
  });

  test('options', () => {
    expect(parseOptions(['--seed', '7', '--only', 'cycle,rtl', '--jobs', '1'])).toMatchObject({
      seed: 7,
      count: 20,
      jobs: 1,
      resume: false,
      limit: Infinity,
    });
    expect(() => parseOptions(['--only', 'cycles'])).toThrow('there is no area cycles');
  });
});
