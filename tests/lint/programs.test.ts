import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { compileGraph } from '#compiler/pipeline/compile';
import { preset } from '#isa/config/presets';
import { artifactInput } from '../../cli/io/lint-input.js';
import { readVector } from '../../cli/io/vectors.js';
import { lintProgram, type LintReport } from '#analysis/lint/lint';
import type { RuleName } from '#analysis/lint/rules';
import { rawArtifact } from '#runtime/artifact/raw';
import { some } from '../support/some.js';

const shared = new URL('../../../shared/', import.meta.url);
const PRESETS = ['default', 'default-x', 'mac64', 'mac64-x'];

function lintModel(file: URL, config: string): LintReport {
  const { artifact } = compileGraph(importModel(new Uint8Array(readFileSync(file)), 'model.tflite'), { config: preset(config) });
  return lintProgram(artifactInput('model', artifact));
}

/** What a compiled program may be told: that it needs MUL and the like, or the extension; nothing that its result depends on. */
function expectSound(report: LintReport): void {
  expect(report.findings.filter((f) => f.severity === 'error').map((f) => f.what)).toEqual([]);
  const rules = new Set(report.totals.map((t) => t.rule));
  for (const rule of ['unknown-micro-ops', 'unbalanced-tokens', 'stale-tokens', 'kept-scratchpad', 'stale-out', 'stream-order'] as const)
    expect(rules).not.toContain(rule);
}

describe('what the compiler makes has no errors', () => {
  test.each(PRESETS)('the demo network on %s', (config) => {
    expectSound(lintModel(new URL('../../models/demo/model.tflite', import.meta.url), config));
  });

  describe.skipIf(!existsSync(shared))('MLPerf Tiny (needs ../shared)', () => {
    test.each(['ic', 'kws', 'ad', 'vww'].flatMap((m) => ['default', 'mac64-x'].map((c) => [m, c])))('%s on %s', (model, config) => {
      expectSound(lintModel(new URL(`models/public/${model}/model.tflite`, shared), config));
    });
  });
});

/** Rules by the tags of golden vectors: what the makers of the vectors found by executing them. */
const TAGS: Readonly<Record<string, RuleName>> = {
  store_of_acc_not_written_by_gemm_or_alu: 'stale-out',
  alu_mul_imm: 'mul',
  alu_mul_tt: 'mul',
  load_acc8bit: 'acc-8bit',
  load_uop_2d: 'uop-rows',
  degenerate_zero_iterations: 'zero-extent',
  alu_shr_tt: 'shift-register',
};
const hasWgtPad = (tags: readonly string[]): boolean => tags.some((t) => /^pad_(wgt|acc|acc8bit)_/.test(t));

function vectors(folder: string): string[] {
  const url = new URL(`conformance/${folder}/`, shared);
  const dirs = readdirSync(url).map((name) => new URL(name, url).pathname);
  return some(
    dirs.filter((dir) => existsSync(`${dir}/vector.json`)),
    `vectors in ${folder}`,
  );
}

function lintVector(dir: string): LintReport {
  const { name, config, dramIn, insnAddr, insnCount } = readVector(dir);
  return lintProgram(artifactInput(name, rawArtifact({ name, config, dram: dramIn, insnAddr, insnCount })));
}

interface Description {
  readonly tags?: readonly string[];
  readonly requires_zero_initialised_sram?: boolean;
  readonly tokens?: { readonly peak_bound: Readonly<Record<string, number>>; readonly stream_order_valid: boolean };
}

describe.skipIf(!existsSync(shared))('golden vectors (needs ../shared)', () => {
  test.each(['public', 'standalone', 'official_testlib', 'perf', 'resnet18_official'])(
    '%s: findings are what their makers know',
    (folder) => {
      const dirs = vectors(folder);
      for (const dir of dirs) {
        const report = lintVector(dir);
        const about = JSON.parse(readFileSync(`${dir}/vector.json`, 'utf8')) as Description;
        const rules = new Set(report.totals.map((t) => t.rule));
        const errors = report.totals.filter((t) => t.severity === 'error').map((t) => t.rule);
        expect(errors, dir).toEqual(about.requires_zero_initialised_sram === true ? ['never-written'] : []);
        if (about.tokens !== undefined) expect(rules.has('stream-order'), dir).toBe(!about.tokens.stream_order_valid);
        if (about.tags === undefined) continue;
        for (const rule of new Set(Object.values(TAGS))) {
          const tagged = about.tags.some((tag) => TAGS[tag] === rule);
          expect([dir, rule, rules.has(rule)]).toEqual([dir, rule, tagged]);
        }
        expect([dir, rules.has('padding')]).toEqual([dir, hasWgtPad(about.tags)]);
      }
    },
  );

  test('the official compiler produces nothing on which implementations disagree', () => {
    for (const dir of vectors('resnet18_official')) expect(lintVector(dir)).toMatchObject({ findings: [], totals: [] });
  });
});
