import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { encodeArtifact } from '#runtime/artifact/encode';
import { rawArtifact } from '#runtime/artifact/raw';
import { main } from './main.js';

/** `--timing` on the command line: FINISH alone takes 25 cycles on the original (reference section 7). */

async function vta(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const take = (to: 'out' | 'err') => (text: string) => {
    texts[to] += text;
  };
  const status = await main(args, { out: take('out'), err: take('err'), interactive: false });
  return { status, ...texts };
}

const PROGRAM = 4096;
const config = preset('default');
/** Compute gives Store a token for an element that only the host has written: the original stores something else. */
const stale = [
  insn('LOAD', { push_next_dep: 1 }),
  insn('STORE', { memory_type: 4, dram_base: 0, y_size: 0, x_size: 0, pop_prev_dep: 1, push_prev_dep: 1 }),
  insn('LOAD', { pop_next_dep: 1 }),
  insn('FINISH'),
];
const storing = stale.map((i) => (i.op === 'STORE' ? { ...i, dram_base: 128, y_size: 1, x_size: 1, x_stride: 1 } : i));

let folder: string;

/** A golden vector of a program that changes nothing. */
function vector(name: string, insns: readonly Parameters<typeof encodeProgram>[0][number][]): string {
  const dir = join(folder, name);
  mkdirSync(dir);
  const code = encodeProgram(insns, config);
  const dram = new Uint8Array(8192);
  dram.set(code, PROGRAM);
  const description = { format: 'vta-golden-1', name, config: config.keys, insn_addr: PROGRAM, insn_count: insns.length, dram_size: 8192 };
  writeFileSync(join(dir, 'vector.json'), JSON.stringify(description));
  writeFileSync(join(dir, 'program.bin'), code);
  writeFileSync(join(dir, 'dram_in.bin'), dram);
  writeFileSync(join(dir, 'dram_out.bin'), dram);
  return dir;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vta-timing-'));
  const dram = new Uint8Array(PROGRAM + 16);
  dram.set(encodeProgram([insn('FINISH')], config), PROGRAM);
  const artifact = rawArtifact({ name: 'p', config, dram, insnAddr: PROGRAM, insnCount: 1 });
  writeFileSync(join(folder, 'p.vta'), encodeArtifact(artifact));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("run: the cycles are the original's, and the report says so", async () => {
  const file = join(folder, 'p.vta');
  const original = await vta('run', file, '--on', 'cycle', '--timing', 'vta-chisel', '--json');
  expect(JSON.parse(original.out)).toMatchObject({ on: 'cycle', timing: 'vta-chisel', cycles: 25 });
  expect((await vta('run', file, '--on', 'cycle', '--timing', 'vta-chisel')).out).toMatch(/^p on cycle with timing vta-chisel, machine /);
  const slower = await vta('run', file, '--on', 'cycle', '--timing', 'vta-chisel', '--memory', 'latency=118', '--json');
  expect(JSON.parse(slower.out)).toMatchObject({ cycles: 125 });
  const ours = JSON.parse((await vta('run', file, '--on', 'cycle', '--timing', 'vta-stack', '--json')).out);
  expect(ours).not.toHaveProperty('timing');
  expect(ours).toEqual(JSON.parse((await vta('run', file, '--on', 'cycle', '--json')).out));
});

test('run-vector: cycles, notes and refusals, one line each', async () => {
  const zero = insn('ALU', { alu_opcode: 2, use_imm: 1, uop_end: 1, iter_out: 0, iter_in: 1 });
  const dirs = [vector('finish', [insn('FINISH')]), vector('stale', storing), vector('refused', [zero, insn('FINISH')])];
  const { out, status } = await vta('run-vector', ...dirs, '--on', 'cycle', '--timing', 'vta-chisel', '--json');
  const [finish, note, refused] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(finish).toEqual({ name: 'finish', on: 'cycle', timing: 'vta-chisel', match: true, cycles: 25, error: null });
  expect(note).toMatchObject({ match: true, error: null });
  expect(note.notes).toEqual([expect.stringMatching(/^the original core may compute something else from instruction 1 on: STORE sends /)]);
  expect(refused).toMatchObject({ match: false, cycles: null, error: { code: 'VTA4063' } });
  expect(status).toBe(1);
  const text = await vta('run-vector', dirs[1], '--on', 'cycle', '--timing', 'vta-chisel');
  expect(text.out).toMatch(/^ok {4}stale {2}\d+ cycles\n {6}note: the original core /);
  expect(text.status).toBe(0);
});

test('trace: the accounts of the original', async () => {
  const { out } = await vta('trace', join(folder, 'p.vta'), '--timing', 'vta-chisel');
  expect(out).toMatch(/^p on cycle with timing vta-chisel, machine .*: 25 cycles in 1 launch\n/);
});
