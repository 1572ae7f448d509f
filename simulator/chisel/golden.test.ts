import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { BURST_CLIENTS } from '#isa/arch/trace';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { encodeProgram, decodeInsn, insn, INSN_BYTES } from '#isa/codec/codec';
import type { Insn } from '#isa/spec/instructions';
import { type GoldenVector, parseVector, runVector } from '../vector/vector.js';
import { ProgramCache } from '../values/program.js';
import { noTokens } from '../values/tokens.js';
import { SteppedMachine } from './reference/machine.js';
import { chiselProgram } from './program.js';
import { decodeAt } from '../values/decode.js';
import { createChisel } from './device.js';
import type { Divergence } from './divergence.js';
import { some } from '../../tests/support/some.js';

/** Every cycle count that was measured on the original core under Verilator (docs/reference/vta-chisel.md). */
const root = resolve('../shared/conformance');
const has = existsSync(root);

interface Measured {
  readonly cycles: number | null;
  readonly match: boolean;
  readonly note: string;
}

const json = (file: string): unknown => JSON.parse(readFileSync(resolve(root, file), 'utf8'));
const measured = (has ? json('official_rtl_cycles.json') : { '(needs ../shared/conformance)': {} }) as Record<string, Measured>;
const names = (pick: (m: Measured) => boolean): string[] =>
  some(
    Object.keys(measured).filter((name) => !has || pick(measured[name])),
    'measured programs',
  );
const official = has
  ? some(readdirSync(resolve(root, 'resnet18_official')), 'programs of the official compiler')
  : ['(needs ../shared/conformance)'];

function read(dir: string): GoldenVector {
  const files = Object.fromEntries(
    ['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(resolve(root, dir, f)))]),
  );
  return parseVector(json(`${dir}/vector.json`), files);
}

/** The numbers of reference section 3.9 that a note names as causes, as our divergences. */
const CAUSES: Readonly<Record<string, Divergence>> = {
  '3.9 #1': 'uop-alias',
  '3.9 #2': 'stale-out',
  '3.9 #3': 'immediate-source',
  '3.9 #4': 'shift-amount',
  '3.9 #7': 'read-after-write',
};

describe.skipIf(!has)('golden vectors that the original core finishes', () => {
  test.each(names((m) => m.cycles !== null))('%s', async (name) => {
    const vector = read(`public/${name}`);
    const { cycles, match, note } = measured[name];
    const device = createChisel(vector.config);
    expect(await runVector(device, vector)).toMatchObject({ match: true, error: null, cycles });
    const { touched } = await device.launch({ dram: vector.dramIn.slice(), insnAddr: vector.insnAddr, insnCount: vector.insnCount });
    // The original's image differs exactly where a divergence was touched, and every one is a cause that was found there.
    expect(touched.length === 0).toBe(match);
    const causes = (note.match(/3\.9 #\d/g) ?? []).map((cause) => CAUSES[cause]);
    for (const { divergence } of touched) expect(causes).toContain(divergence);
    const program = new ProgramCache(vector.config).prepare({ ...vector, dram: vector.dramIn }, noTokens());
    const stepped = new SteppedMachine(DEFAULT_MEMORY.latency, chiselProgram(program), [0, 0, 0, 0]);
    expect(stepped.run(100_000)).toBe(true);
    expect(stepped.retired.at(-1)).toBe(cycles);
  });
});

const isUnknown = (i: Insn): boolean =>
  (i.op === 'LOAD' && i.memory_type === MEMORY_TYPES.ACC_8BIT.code) || (i.op === 'ALU' && i.alu_opcode === 4);

/** The stream that was measured in place of one that hangs: loads of ACC_8BIT become nops of compute, MUL becomes ADD. */
function patched(vector: GoldenVector): Uint8Array {
  const dram = vector.dramIn.slice();
  for (let n = 0; n < vector.insnCount; n++) {
    const at = vector.insnAddr + n * INSN_BYTES;
    const i = decodeInsn(dram, vector.config, at);
    if (i === null || !isUnknown(i)) continue;
    const { pop_prev_dep, pop_next_dep, push_prev_dep, push_next_dep } = i;
    const instead: Insn =
      i.op === 'ALU' ? { ...i, alu_opcode: 2 } : insn('LOAD', { pop_prev_dep, pop_next_dep, push_prev_dep, push_next_dep });
    dram.set(encodeProgram([instead], vector.config), at);
  }
  return dram;
}

describe.skipIf(!has)('golden vectors that the original core never finishes', () => {
  test.each(names((m) => m.cycles === null))('%s', async (name) => {
    const vector = read(`public/${name}`);
    const { insnAddr, insnCount, config, dramIn } = vector;
    const { note } = measured[name];
    const device = createChisel(config);
    await expect(device.launch({ dram: dramIn.slice(), insnAddr, insnCount })).rejects.toMatchObject({ name: 'VtaError' });
    const error = await device.launch({ dram: dramIn.slice(), insnAddr, insnCount }).catch((e) => e);
    // The measurement names the first instruction at which it stopped.
    const first = /instruction (\d+)/.exec(note)?.[1];
    const unknown = error.diagnostics.filter((d: { code: string }) => d.code === 'VTA4062');
    expect(unknown[0].where.at).toMatch(new RegExp(`^instruction ${first}: `));
    const cycles = /finishes in (\d+) cycles/.exec(note)?.[1];
    if (cycles === undefined) {
      expect(error.diagnostics.map((d: { code: string }) => d.code)).toContain('VTA4063');
      return;
    }
    const result = await device.launch({ dram: patched(vector), insnAddr, insnCount });
    expect(result.cycles).toBe(Number(cycles));
  });
});

describe.skipIf(!has)('programs of the official compiler', () => {
  test.each(official)('%s', async (name) => {
    const dir = `resnet18_official/${name}`;
    const vector = read(dir);
    const { chisel_rtl } = json(`${dir}/vector.json`) as { chisel_rtl: { cycles: number } };
    const result = await runVector(createChisel(vector.config), vector);
    expect(result).toMatchObject({ match: true, error: null, cycles: chisel_rtl.cycles });
    expect(result.notes).toBeUndefined();
  });

  /** Ranges of official-rtl-results.md, section 1: which seed gave which of the two numbers is not written there. */
  test.each([
    ['alu_0_0_4_128_0', [870, 873]],
    ['alu_1_0_4_128_0', [870, 873]],
    ['alu_2_0_4_128_0', [870, 873]],
    ['alu_0_1_4_128_0', [582, 585]],
    ['alu_1_1_4_128_0', [582, 585]],
    ['alu_2_1_4_128_0', [582, 585]],
    ['alu_3_1_4_128_0', [582, 585]],
    ['blocked_gemm_64_64_32_0_1', [6949]],
    ['blocked_gemm_64_64_32_1_1', [6901]],
    ['gemm_2_32_32_0', [331, 328]],
  ])('test library: %s', async (name, cycles) => {
    const vector = read(`official_testlib/default_1x16__${name}`);
    const result = await runVector(createChisel(vector.config), vector);
    expect(result.error).toBeNull();
    expect(result.match).toBe(true);
    expect(cycles).toContain(result.cycles);
    // All programs with an immediate, and no others, gave another image on the original.
    expect(result.notes === undefined).toBe(!/^alu_\d_1/.test(name));
  });
});

/** Rows of a table of official-rtl-results.md: what a probe in the original core counted, per unit. */
const results = resolve('../shared/reference/official-rtl-results.md');
const rows = existsSync(results)
  ? [...readFileSync(results, 'utf8').matchAll(/^\| (C\d+|\w+_\w+) \|(.*)\| yes \|$/gm)].map((m) => [m[1], m[2]] as const)
  : [['(needs ../shared/reference)', ''] as const];

describe.skipIf(!has || !existsSync(results))('busy cycles and beats of every unit of the original core', () => {
  test('all programs are there', () => {
    expect(rows.map(([name]) => name).sort()).toEqual([...official].sort());
  });

  test.each(rows)('%s', async (name, row) => {
    const cells = row.split('|').map((cell) => cell.trim());
    const vector = read(`resnet18_official/${name}`);
    const { insnAddr, insnCount, config } = vector;
    const { cycles, counters, trace } = await createChisel(config).launch({
      dram: vector.dramIn.slice(),
      insnAddr,
      insnCount,
      trace: true,
    });
    const { insns, bursts } = trace!;
    const busy = { load: 0, compute: 0, store: 0, alu: 0, nop: 0 };
    for (let n = 0; n < insnCount; n++) {
      const d = decodeAt(vector.dramIn, insnAddr + n * INSN_BYTES, n, config);
      const cyclesOf = insns.retired[n] - insns.accepted[n];
      if (d.kind === 'alu') busy.alu += cyclesOf;
      // A nop of load or store is not counted as executing.
      if (d.kind !== 'nop' || d.unit === 'compute') busy[d.unit] += cyclesOf;
    }
    const beats = (isStore: boolean) =>
      bursts.beats.reduce((sum, count, b) => sum + ((bursts.client[b] === BURST_CLIENTS.indexOf('store')) === isStore ? count : 0), 0);
    const percent = (isStore: boolean) => `${((100 * beats(isStore)) / cycles).toFixed(1)} %`;
    const number = (n: number) => n.toLocaleString('en-US');
    const idle = cycles - busy.compute;
    const is = [insnCount, cycles, counters.gemmOps, counters.gemmResetOps, busy.alu, idle, busy.load, busy.store].map(number);
    expect(is).toEqual([...cells.slice(0, 4), ...cells.slice(5, 9)]);
    expect(`${percent(false)} / ${percent(true)}`).toBe(cells[11]);
  });
});
