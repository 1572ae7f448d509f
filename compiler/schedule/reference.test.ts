import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { MAX_DIMENSION, MAX_ELEMENTS } from '#runtime/artifact/limits';
import { lowerFunc } from '../lower/lower.js';
import { TIR_LIMITS } from '../tir/limits.js';
import { parseTir } from '../tir/parse.js';
import { printTir } from '../tir/print.js';
import { TIR_RULES, verifyTir } from '../tir/verify.js';
import { INTRINSICS } from './primitives/tensorize.js';
import { PRIMITIVES } from './schedule.js';

const page = readFileSync(new URL('../../docs/reference/tir.md', import.meta.url), 'utf8');

describe('docs/reference/tir.md', () => {
  test('its programs are canonical, well-formed and compile', () => {
    const programs = [...page.matchAll(/```tir\n([^`]*)```/g)].map((m) => m[1]);
    expect(programs.length).toBeGreaterThan(0);
    for (const text of programs) {
      const func = parseTir(text);
      verifyTir(func);
      expect(printTir(func)).toBe(text);
      expect(lowerFunc(func, preset('default')).insns.at(-1)?.op).toBe('FINISH');
    }
  });

  test('it has every rule in its words', () => {
    for (const [rule, words] of Object.entries(TIR_RULES)) expect(page).toContain(`| ${rule} | ${words} |`);
  });

  test('it has every limit', () => {
    for (const [name, l] of Object.entries(TIR_LIMITS)) expect(page).toContain(`| ${name} | ${l.limit} | ${l.of} |`);
    expect(page).toContain(`at most ${MAX_DIMENSION} in one dimension and ${MAX_ELEMENTS} elements`);
  });

  test('it has every primitive, and no other', () => {
    const listed = [...page.matchAll(/^\| `(\w+)\(/gm)].map((m) => m[1]);
    expect(listed.sort()).toEqual([...PRIMITIVES.keys()].sort());
    for (const i of INTRINSICS) expect(page).toContain(`\`${i}\``);
  });
});
