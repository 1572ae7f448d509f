import { expect, test } from 'vitest';
import { encodeUop } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { int32 } from '../../tests/support/programs.js';
import { run } from './testing.js';

const config = preset('default');
const uop = (dst_idx: number, src_idx: number) => encodeUop({ dst_idx, src_idx, wgt_idx: 0 }, config);
const words = (...list: number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);

/** Byte addresses of data. */
const UOPS = 0x8000;
const ACC = 0x9000;
const uops = (count: number, sram = 0, from = UOPS) => `load.uop sram=${sram} dram=${from / 4} y=1 x=${count} stride=${count}`;
const acc = (count: number) => `load.acc sram=0 dram=${ACC / 64} y=1 x=${count} stride=${count}`;
const store = (sram: number) => [
  `load.uop sram=0 dram=0 y=0 x=0 stride=0 push_next`,
  `store.out sram=${sram} dram=0x1000 y=1 x=1 stride=1 pop_prev push_prev`,
  `load.uop sram=0 dram=0 y=0 x=0 stride=0 pop_next`,
];
const alu = (op: string, operand: string, rest: string) => `alu.${op} ${operand} ${rest}`;
const one = 'uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)';

async function touched(lines: readonly string[], data: Readonly<Record<number, Uint8Array>> = {}): Promise<string[]> {
  const { result } = await run([...lines, 'finish'].join('\n'), undefined, data);
  expect(result.notes).toHaveLength(result.touched.length);
  return result.touched.map(({ divergence, insn, count }) => `${divergence} ${insn}${count > 1 ? ` x${count}` : ''}`);
}

test('STORE of what a LOAD or a reset left in the accumulator', async () => {
  const reset = 'gemm reset uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)';
  const gemm = reset.replace(' reset', '');
  expect(await touched([acc(2), ...store(0)])).toEqual(['stale-out 2']);
  expect(await touched([acc(2), alu('add', 'imm=0', one), ...store(0)])).toEqual([]);
  expect(await touched([acc(2), alu('add', 'imm=0', one), ...store(1)])).toEqual(['stale-out 3']);
  expect(await touched([acc(2), alu('add', 'imm=0', one), acc(1), ...store(0)])).toEqual(['stale-out 4']);
  expect(await touched([gemm, ...store(0), reset, ...store(0)])).toEqual(['stale-out 6']);
});

test('ALU with an immediate and another source', async () => {
  const data = { [UOPS]: words(uop(0, 4), uop(4, 4)) };
  expect(await touched([uops(2), alu('add', 'imm=1', one)], data)).toEqual(['immediate-source 1']);
  expect(await touched([uops(2), alu('add', '', one)], data)).toEqual([]);
  const second = 'uop=[1,2) iter=1x1 dst+=(0,3) src+=(0,2)';
  expect(await touched([uops(2), alu('add', 'imm=1', second)], data)).toEqual([]);
  expect(await touched([uops(2), alu('add', 'imm=1', second.replace('1x1', '1x2'))], data)).toEqual(['immediate-source 1']);
});

test('ALU reads what the vector just before has written', async () => {
  const data = { [UOPS]: words(uop(0, 0), uop(1, 0), uop(3, 1), uop(5, 0)) };
  const over = (operand: string, rest: string) => touched([uops(4), alu('max', operand, rest)], data);
  // an immediate, the same destination twice
  expect(await over('imm=1', 'uop=[0,1) iter=1x2 dst+=(0,0) src+=(0,0)')).toEqual(['read-after-write 1']);
  expect(await over('imm=1', 'uop=[0,1) iter=1x2 dst+=(0,1) src+=(0,1)')).toEqual([]);
  // a register: from micro-op to micro-op, at distance 1 and 2
  expect(await over('', 'uop=[0,2) iter=1x1 dst+=(0,0) src+=(0,0)')).toEqual(['read-after-write 1']);
  expect(await over('', 'uop=[1,4) iter=1x1 dst+=(0,0) src+=(0,0)')).toEqual(['read-after-write 1']);
  expect(await over('', 'uop=[2,4) iter=1x1 dst+=(0,0) src+=(0,0)')).toEqual([]);
  // the same destination again and again is forwarded with a register
  expect(await over('', 'uop=[3,4) iter=1x9 dst+=(0,0) src+=(0,0)')).toEqual([]);
  // from the end of an inner loop to the next outer iteration only
  expect(await over('', 'uop=[3,4) iter=2x3 dst+=(1,1) src+=(7,0)')).toEqual(['read-after-write 1']);
  expect(await over('', 'uop=[3,4) iter=2x3 dst+=(1,1) src+=(5,0)')).toEqual([]);
});

test('shift amounts', async () => {
  const data = { [UOPS]: words(uop(0, 1)), [ACC]: int32(...Array(16).fill(-10000), ...Array(15).fill(3), 40) };
  const shift = (operand: string) => touched([uops(1), acc(2), alu('shr', operand, one)], data);
  expect(await shift('')).toEqual(['shift-amount 2']);
  const fine = { ...data, [ACC]: int32(...Array(16).fill(-10000), ...Array(16).fill(31)) };
  expect(await touched([uops(1), acc(2), alu('shr', '', one)], fine)).toEqual([]);
  const left = { ...data, [ACC]: int32(...Array(16).fill(-10000), ...Array(16).fill(-3)) };
  expect(await touched([uops(1), acc(2), alu('shr', '', one)], left)).toEqual(['shift-amount 2']);
  expect(await touched([uops(1), acc(2), alu('shr', 'unused_imm=-1', one)], left)).toEqual([]);
  for (const [imm, diverges] of [
    [31, false],
    [-31, false],
    [32, true],
    [-32, true],
  ] as const) {
    const list = await touched([acc(2), alu('shr', `imm=${imm}`, one)], data);
    expect(list).toEqual(diverges ? ['shift-amount 1'] : []);
  }
});

test('micro-ops that share an entry', async () => {
  const data = { [UOPS]: words(uop(0, 0), uop(1, 1)) };
  const use = (at: number) => alu('add', 'imm=1', `uop=[${at},${at + 1}) iter=1x1 dst+=(0,0) src+=(0,0)`);
  const second = UOPS + 4;
  expect(await touched([uops(1), uops(1, 2048, second), use(2048)], data)).toEqual([]);
  expect(await touched([uops(1), uops(1, 2048, second), use(0), use(0)], data)).toEqual(['uop-alias 2 x2']);
  expect(await touched([uops(1), uops(1, 2048), use(0)], data)).toEqual([]);
  expect(await touched([uops(1), uops(1, 2049, second), use(0)], data)).toEqual([]);
});
