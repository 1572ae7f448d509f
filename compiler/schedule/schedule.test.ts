import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { interpretTir, type TirArray } from '../tir/interpret.js';
import type { Func } from '../tir/node.js';
import { parseTir } from '../tir/parse.js';
import { printTir } from '../tir/print.js';
import { verifyTir } from '../tir/verify.js';
import { applySchedule, PRIMITIVES, parseSchedule, printSchedule } from './schedule.js';

const CHAIN = `func chain(x: i8[30, 1, 4], w: i8[1, 4, 4], out: i8[30, 1, 4]) {
  alloc a: i32[30, 1, 4]
  block init { for y in 0..30, b in 0..1, c in 0..4 { a[y, b, c] = 0 } }
  block dot { for y in 0..30, b in 0..1, c in 0..4, k in 0..4 { a[y, b, c] = a[y, b, c] + x[y, b, k] * w[0, c, k] } }
  block half { for y in 0..30, b in 0..1, c in 0..4 { a[y, b, c] = a[y, b, c] >> 1 } }
  block store { for y in 0..30, b in 0..1, c in 0..4 { out[y, b, c] = a[y, b, c] } }
}`;

const TILED = `
split(store.y, 8)
compute_at(half, store.y0)
compute_at(dot, store.y0)
compute_at(init, store.y0)
`;

/** Runs a function on fixed inputs and returns everything it wrote. */
function run(func: Func): Record<string, number[]> {
  const data: Record<string, TirArray> = {};
  for (const p of func.params) {
    const size = p.shape.reduce((n, d) => n * d, 1);
    data[p.name] = p.dtype === 'i8' ? new Int8Array(size) : new Int32Array(size);
    if (!p.name.startsWith('out')) data[p.name].forEach((_, i) => (data[p.name][i] = ((i * 37) % 251) - 125));
  }
  interpretTir(func, data);
  return Object.fromEntries(Object.entries(data).map(([k, a]) => [k, [...a]]));
}

/** Applies a schedule line by line; every step must keep the results and the rules. */
function schedule(text: string, lines: string): Func {
  let func = parseTir(text);
  verifyTir(func);
  const want = run(func);
  for (const step of parseSchedule(lines)) {
    func = applySchedule(func, [step]);
    verifyTir(func);
    expect(run(func), printSchedule([step])).toEqual(want);
  }
  return func;
}

function refusal(text: string, lines: string): { readonly code: string; readonly what: string } {
  try {
    applySchedule(parseTir(text), parseSchedule(lines));
  } catch (e) {
    if (e instanceof VtaError) return { code: e.code, what: e.diagnostics[0].what };
    throw e;
  }
  return { code: 'none', what: '' };
}

describe('schedule primitives keep what is computed', () => {
  test('split with a ragged last tile', () => {
    expect(printTir(schedule(CHAIN, 'split(store.y, 8)'))).toContain(
      'for y0 in 0..4, y1 in 0..min(8, 30 - 8*y0), b in 0..1, c in 0..4 {\n      out[8*y0 + y1, b, c] = a[8*y0 + y1, b, c]',
    );
  });

  test('split, reorder, fuse and tile', () => {
    const func = schedule(
      CHAIN,
      'reorder(dot.k, dot.y)\nfuse(dot.k, dot.b)\nsplit(dot.y, 5)\ntile(store.y, store.c, 10, 2)\nfuse(store.y0, store.c0)',
    );
    expect(printTir(func)).toContain('for k_b in 0..4, c in 0..4, y0 in 0..6, y1 in 0..5');
  });

  test('compute_at brings a chain of blocks into the tile loop of its consumer', () => {
    const text = printTir(schedule(CHAIN, TILED));
    expect(text).toContain(
      'for y0 in 0..4 {\n      block init {\n        for y in 0..min(8, 30 - 8*y0), b in 0..1, c in 0..4 {\n          a[8*y0 + y, b, c] = 0',
    );
  });

  test('set_scope sinks and shrinks a buffer', () => {
    const text = printTir(schedule(CHAIN, `${TILED}set_scope(a, acc)`));
    expect(text).toContain('for y0 in 0..4 {\n      alloc a: i32[8, 1, 4] @acc');
    expect(text).toContain('out[8*y0 + y1, b, c] = a[y1, b, c]');
  });

  test('regions of ragged loops end where the loops end', () => {
    const text = printTir(schedule(CHAIN, 'split(dot.y, 8)\ncache_read(x, inp, dot)\nsplit(store.y, 7)\nset_scope(a, acc)'));
    expect(text).toContain('alloc x_inp: i8[30, 1, 4] @inp');
    expect(text).toContain('alloc a: i32[30, 1, 4] @acc');
  });

  test('cache_read copies the region a loop reads', () => {
    const text = printTir(schedule(CHAIN, `${TILED}cache_read(x, inp, dot)\ncache_read(w, wgt, root)`));
    expect(text).toContain('alloc x_inp: i8[8, 1, 4] @inp');
    expect(text).toContain('x_inp[i0, l0, l1] = x[8*y0 + i0, l0, l1]');
    expect(text).toContain('a[8*y0 + y, b, c] + x_inp[y, b, k] * w_wgt[0, c, k]');
  });

  test('cache_read skips rows that a strided reader does not touch, and keeps whole rows', () => {
    const strided = `func s(x: i8[9, 9, 1, 4], out: i32[5, 5, 1, 4]) {
      block copy { for y in 0..5, x1 in 0..5, b in 0..1, c in 0..4 { out[y, x1, b, c] = x[2*y, 2*x1, b, c] } }
    }`;
    const text = printTir(schedule(strided, 'cache_read(x, inp, root)'));
    expect(text).toContain('alloc x_inp: i8[5, 9, 1, 4] @inp');
    expect(text).toContain('x[2*i0, i1, l0, l1]');
    expect(text).toContain('x_inp[y, 2*x1, b, c]');
  });

  test('cache_read joins accesses at a constant distance', () => {
    const two = `func s(p: i32[6, 1, 4], out: i32[1, 1, 4]) {
      block sum { for b in 0..1, c in 0..4 { out[0, b, c] = p[1, b, c] + p[3, b, c] } }
    }`;
    const text = printTir(schedule(two, 'cache_read(p, acc, sum)'));
    expect(text).toContain('alloc p_acc: i32[3, 1, 4] @acc');
    expect(text).toContain('p_acc[0, b, c] + p_acc[2, b, c]');
  });

  test('cache_write gives a block its own buffer', () => {
    const plain = `func s(x: i8[6, 1, 4], out: i8[6, 1, 4]) {
      block twice { for y in 0..6, b in 0..1, c in 0..4 { out[y, b, c] = x[y, b, c] * 2 } }
    }`;
    const text = printTir(
      schedule(plain, 'cache_write(twice)\nsplit(store_out.y, 4)\ncompute_at(twice, store_out.y0)\nset_scope(out_acc, acc)'),
    );
    expect(text).toContain('alloc out_acc: i32[4, 1, 4] @acc');
    expect(text).toContain('out[4*y0 + y1, b, c] = out_acc[y1, b, c]');
  });

  test('set_scope and cache_read after a part is instructions already', () => {
    const whole = `${TILED}set_scope(a, acc)\ncache_read(x, inp, store.y0)\ncache_read(w, wgt, root)\n`;
    const text = printTir(schedule(CHAIN, `${whole}tensorize(init, reset)\nset_scope(a, acc)\ntensorize(dot, gemm)`));
    expect(text).toContain('reset a[y]');
    expect(refusal(CHAIN, 'set_scope(a, acc)\ntensorize(init, reset)\nsplit(dot.y, 8)\ncompute_at(init, dot.y0)').code).toBe('VTA2302');
  });

  test('a whole schedule: virtual threads, double buffers, tensor statements', () => {
    const lines = `${TILED}set_scope(a, acc)
      cache_read(x, inp, store.y0)
      cache_read(w, wgt, root)
      vthread(store.y0, 2)
      double_buffer(x_inp, 3)
      annotate(store.y1, stage, 1)
      annotate(half, stage, 1)
      tensorize(init, reset)   # comments are allowed
      tensorize(dot, gemm)
      tensorize(half, alu)
      tensorize(store, dma)
      tensorize(load_x, dma)
      tensorize(load_w, dma)`;
    const text = printTir(schedule(CHAIN, lines));
    expect(text).toContain('for y0 in 0..4 [vthread=2] {');
    expect(text).toContain('alloc x_inp: i8[8, 1, 4] @inp x3');
    expect(text).toContain('alloc a: i32[8, 1, 4] @acc x2');
    expect(text).toContain('gemm a[y], x_inp[y], w_wgt[0]');
    expect(text).toContain('alu shr a[y], 1');
    expect(text).toContain('for y1 in 0..min(8, 30 - 8*y0) [stage=1] {\n        dma out[8*y0 + y1], a[y1]');
  });
});

describe('refusals name the place and the reason', () => {
  test.each([
    ['split(store.z, 4)', 'VTA2301', 'no loop named store.z'],
    ['compute_at(hal, store.y)', 'VTA2301', 'did you mean half?'],
    ['set_scope(b, acc)', 'VTA2301', 'no allocated buffer named b'],
    ['set_scope(a, sram)', 'VTA2301', 'no scratchpad named sram'],
    ['cache_read(z, inp, root)', 'VTA2301', 'no buffer named z'],
    ['split(store.y, 0)', 'VTA2302', 'whole number of at least 1'],
    ['split(store.y, 8)\nsplit(store.y1, 2)', 'VTA2302', 'its extent depends on other loops'],
    ['split(store.y, 8)\nreorder(store.y1, store.y0)', 'VTA2302', 'which would be inside it'],
    [`${TILED}reorder(store.y1, store.y0)`, 'VTA2302', 'not perfectly nested'],
    ['fuse(store.y, store.c)', 'VTA2302', 'not directly inside'],
    ['compute_at(init, store.y)', 'VTA2302', 'also used outside that loop'],
    ['compute_at(dot, half.c)', 'VTA2302', 'a is also used outside that loop'],
    ['compute_at(store, store.y)', 'VTA2302', 'belongs to the block itself'],
    ['cache_read(out, acc, store)', 'VTA2302', 'is written there'],
    ['cache_read(x, inp, store)', 'VTA2302', 'nothing there reads x'],
    ['cache_write(dot)', 'VTA2302', 'it reads a, which it writes'],
    ['tensorize(init, gemm)', 'VTA2302', 'it does not accumulate'],
    ['tensorize(dot, alu)', 'VTA2302', 'alu needs'],
    ['tensorize(store, reset)', 'VTA2302', 'it does not write 0'],
    ['tensorize(half, dma)', 'VTA2302', 'it is not a copy'],
    ['tensorize(dot, mma)', 'VTA2302', 'there is no intrinsic mma'],
    ['split(store.c, 2)\ntensorize(store, dma)', 'VTA2302', 'not indexed by a lane loop'],
    ['tensorize(store, dma)', 'VTA2302', 'copies from dram to dram'],
    ['annotate(dot, colour, 1)', 'VTA2302', 'there is no annotation colour'],
    ['annotate(dot, stage, 17)', 'VTA2302', 'no whole number from -16 to 16'],
    ['split(store.y)', 'VTA2303', 'line 1'],
    ['split(store.y, 2, 2)', 'VTA2303', 'line 1'],
    ['split(store.y, 99999999999)', 'VTA2302', 'larger than 2147483647'],
    ['reorder(dot.y, dot.y)', 'VTA2302', 'named twice'],
    ['vthread(store.b, 2)\nfuse(store.y, store.b)', 'VTA2302', 'would be lost'],
  ])('%s', (lines, code, what) => {
    const r = refusal(CHAIN, lines);
    expect(r.code).toBe(code);
    expect(r.what).toContain(what);
  });

  test('a block whose input is overwritten in between stays where it is', () => {
    const text = `func s(x: i32[4, 1, 2], out: i32[4, 1, 2]) {
      alloc a: i32[4, 1, 2]
      alloc t: i32[4, 1, 2]
      block first { for y in 0..4, b in 0..1, c in 0..2 { a[y, b, c] = x[y, b, c] } }
      block keep { for y in 0..4, b in 0..1, c in 0..2 { t[y, b, c] = a[y, b, c] } }
      block spoil { for y in 0..4, b in 0..1, c in 0..2 { a[y, b, c] = 5 } }
      block store { for y in 0..4, b in 0..1, c in 0..2 { out[y, b, c] = t[y, b, c] + a[y, b, c] } }
    }`;
    expect(refusal(text, 'compute_at(keep, store.y)').what).toContain('a, which it reads, is overwritten before that loop');
    schedule(text, 'compute_at(spoil, store.y)\ncompute_at(keep, store.y)\ncompute_at(first, store.y)');
  });

  test('an accumulation whose pieces overlap would count twice', () => {
    const text = `func s(x: i32[6, 1, 2], out: i32[4, 1, 2]) {
      alloc a: i32[6, 1, 2]
      block zero { for y in 0..6, b in 0..1, c in 0..2 { a[y, b, c] = 0 } }
      block plus { for y in 0..6, b in 0..1, c in 0..2 { a[y, b, c] = a[y, b, c] + x[y, b, c] } }
      block store { for y in 0..4, d in 0..3, b in 0..1, c in 0..2 { out[y, b, c] = a[y + d, b, c] } }
    }`;
    expect(refusal(text, 'compute_at(plus, store.y)').what).toContain('accumulate some elements twice');
  });
});

describe('rounds that write one element keep their order, or need none', () => {
  const sum = (value: string, out = 'i32') => `func r(x: i8[4, 3, 1, 4], p: i32[4, 1, 4], out: ${out}[1, 1, 4]) {
    block s { for k in 0..4, j in 0..3, b in 0..1, c in 0..4 { out[0, b, c] = ${value} } }
  }`;

  test.each(['out[0, b, c] + x[k, j, b, c]', 'x[k, j, b, c] * out[0, b, c]', 'max(out[0, b, c], x[k, j, b, c])', '7'])(
    'reorder takes %s',
    (value) => {
      schedule(sum(value), 'reorder(s.j, s.k)');
    },
  );

  test.each(['(out[0, b, c] >> 1) + x[k, j, b, c]', 'out[0, b, c] >> x[k, j, b, c]', 'x[k, j, b, c]', 'out[0, b, c] + out[0, b, c]'])(
    'reorder refuses %s',
    (value) => {
      expect(refusal(sum(value), 'reorder(s.j, s.k)').what).toContain('the last value depends on the order of k, j');
      schedule(sum(value), 'reorder(s.k, s.c, s.j)');
    },
  );

  test('a minimum that is cut to 8 bits every round is no minimum', () => {
    expect(refusal(sum('min(out[0, b, c], p[k, b, c] + j)'.replace(' + j', ''), 'i8'), 'reorder(s.j, s.k)').what).toContain(
      'depends on the order',
    );
    schedule(sum('out[0, b, c] + p[k, b, c]', 'i8'), 'reorder(s.j, s.k)');
  });

  test('elements are told apart through splits and fusions', () => {
    const copy = `func c(x: i8[30, 6, 1, 4], out: i8[30, 6, 1, 4]) {
      block s { for y in 0..30, z in 0..6, b in 0..1, c in 0..4 { out[y, z, b, c] = x[y, z, b, c] } }
    }`;
    schedule(copy, 'fuse(s.y, s.z)\nsplit(s.y_z, 7)\nreorder(s.y_z1, s.b, s.y_z0)'.replace('s.y_z1, s.b, s.y_z0', 's.c, s.y_z1'));
    schedule(copy, 'split(s.y, 7)\nsplit(s.z, 1)\nreorder(s.z1, s.c, s.z0, s.b)');
  });
});

describe('a pipeline computes what its loops say, or is refused', () => {
  const PIPELINE = `${TILED}set_scope(a, acc)\ncache_read(x, inp, store.y0)\ncache_read(w, wgt, root)\nvthread(store.y0, 2)\n`;

  test.each([
    ['annotate(half, stage, -1)', 'a'],
    ['annotate(init, stage, -2)', 'a'],
    ['annotate(load_x, stage, -3)', 'x_inp'],
    ['annotate(dot, stage, 1)', 'a'],
    ['annotate(init, stage, -1)\ndouble_buffer(a, 1)', 'a'],
    ['annotate(load_x, stage, -1)\ndouble_buffer(x_inp, 1)', 'x_inp'],
  ])('%s', (lines, buffer) => {
    const r = refusal(CHAIN, PIPELINE + lines);
    expect(r.code).toBe('VTA2302');
    expect(r.what).toMatch(new RegExp(`(reads|writes) ${buffer} before .* the loops say the opposite`));
  });

  test('stages that keep the order of what matters are taken', () => {
    schedule(CHAIN, `${PIPELINE}double_buffer(a, 3)\nannotate(init, stage, -1)\nannotate(load_x, stage, -1)\nannotate(store.y1, stage, 1)`);
  });

  test('the interpreter runs a wrong pipeline as the machine would', () => {
    const right = applySchedule(parseTir(CHAIN), parseSchedule(PIPELINE));
    const text = printTir(right);
    for (const [from, to] of [
      ['block half', 'block half [stage=-1]'],
      ['block load_x', 'block load_x [stage=-3]'],
      ['block init', 'block init [stage=-2]'],
    ]) {
      const wrong = parseTir(text.replace(from, to));
      expect(() => verifyTir(wrong)).toThrow('the loops say the opposite');
      expect(run(wrong)).not.toEqual(run(right));
    }
    expect(run(parseTir(text.replace('block load_x', 'block load_x [stage=-1]')))).toEqual(run(right));
  });
});

describe('names', () => {
  test('those that primitives make never meet those of the program', () => {
    const text = `func s(x: i8[8, 1, 4], x_inp: i8[8, 1, 4], out: i8[8, 1, 4]) {
      block load_x { for y0 in 0..2, i0 in 0..2, y in 0..2, b in 0..1, l1 in 0..4 {
        out[4*y0 + 2*i0 + y, b, l1] = x[4*y0 + 2*i0 + y, b, l1] + x_inp[4*y0 + 2*i0 + y, b, l1]
      } }
    }`;
    const func = schedule(
      text,
      'split(load_x.y, 1)\ncache_read(x, inp, load_x.i0)\nfuse(load_x.y0_2, load_x.y1)\ncache_read(x_inp, inp, load_x.l1)',
    );
    expect(printTir(func)).toContain('block load_x_2 {');
    expect(printTir(func)).toContain('alloc x_inp_2: i8[2, 1, 4] @inp');
  });

  test('a name of two things is refused', () => {
    const twice = `func s(x: i8[8, 1, 4], out: i8[8, 1, 4]) {
      block c {
        for y in 0..4, b in 0..1, c in 0..4 { out[y, b, c] = x[y, b, c] }
        for y in 0..4, b in 0..1, d in 0..4 { out[y + 4, b, d] = x[y + 4, b, d] }
      }
      block d { for y in 0..1 { out[y, 0, 0] = 1 } }
      block d { for z in 0..1 { out[z, 0, 0] = 2 } }
      for d in 0..1 { out[d, 0, 0] = 3 }
    }`;
    expect(refusal(twice, 'split(c.y, 2)')).toMatchObject({ code: 'VTA2304', what: 'split: c.y names 2 different things (loops)' });
    expect(refusal(twice, 'compute_at(d, c.d)').code).toBe('VTA2304');
    expect(refusal(twice, 'annotate(d, stage, 1)')).toMatchObject({ code: 'VTA2304', what: expect.stringContaining('3 different things') });
    schedule(twice, 'split(c.d, 2)');
  });
});

describe('schedules as text', () => {
  test('print and parse', () => {
    const steps = parseSchedule(TILED);
    expect(printSchedule(steps).trim()).toBe(TILED.trim());
    expect(parseSchedule(printSchedule(steps))).toEqual(steps);
  });

  test('unknown primitives and broken lines are named', () => {
    expect(refusal(CHAIN, 'unroll(store.y)')).toMatchObject({ code: 'VTA2303', what: expect.stringContaining('line 1') });
    expect(refusal(CHAIN, '\nsplit store.y 4')).toMatchObject({ code: 'VTA2303', what: expect.stringContaining('line 2') });
    expect([...PRIMITIVES.values()].every((p) => p.doc.length > 10 && p.args.length > 3)).toBe(true);
  });
});
