import { describe, expect, test } from 'vitest';
import { run } from './testing.js';

/** Programs whose times were measured on the original core (reference sections 4 and 7). */

const UOP16 = 'load.uop sram=0 dram=0x2000 y=1 x=16 stride=16';
const NOP = 'load.uop sram=0 dram=0 y=0 x=0 stride=0';
const gemm = (n: number, rest = '') => `gemm uop=[0,1) iter=1x${n} dst+=(0,0) src+=(0,0) wgt+=(0,0) ${rest}`;
const reset = (n: number) => `gemm reset uop=[0,1) iter=1x${n} dst+=(0,0) src+=(0,0) wgt+=(0,0)`;
const add = (n: number, operand: string) => `alu.add ${operand} uop=[0,1) iter=1x${n} dst+=(0,1) src+=(0,1)`;

const PROGRAMS: readonly (readonly [name: string, lines: readonly string[], times: readonly (readonly number[])[], cycles: number])[] = [
  ['FINISH alone', ['finish'], [[24, 2]], 25],
  ['seven nops', [...Array<string>(7).fill(NOP), 'finish'], [38, 40, 42, 44, 46, 48, 50, 52].map((s) => [s, 2]), 53],
  [
    'GEMM of all lengths',
    [UOP16, gemm(1), gemm(2), gemm(32), reset(32), gemm(256), 'finish'],
    [
      [36, 30],
      [66, 8],
      [74, 9],
      [83, 39],
      [122, 39],
      [161, 263],
      [424, 2],
    ],
    425,
  ],
  [
    'ALU with an immediate',
    [UOP16, add(1, 'imm=1'), add(16, 'imm=1'), add(256, 'imm=1'), 'finish'],
    [
      [32, 30],
      [62, 8],
      [70, 23],
      [93, 263],
      [356, 2],
    ],
    357,
  ],
  [
    'ALU with a register',
    [UOP16, add(1, ''), add(16, ''), add(256, ''), 'finish'],
    [
      [32, 30],
      [62, 9],
      [71, 39],
      [110, 519],
      [629, 2],
    ],
    630,
  ],
  [
    'load, compute and store by tokens',
    [
      'load.inp sram=0 dram=0x400 y=1 x=8 stride=8 push_next',
      'load.uop sram=0 dram=0x2000 y=1 x=1 stride=1',
      gemm(8, 'pop_prev push_next'),
      'store.out sram=0 dram=0x1000 y=1 x=8 stride=8 pop_prev push_prev',
      `${NOP} pop_next`,
      'finish',
    ],
    [
      [34, 39],
      [35, 38],
      [73, 15],
      [88, 28],
      [116, 2],
      [118, 2],
    ],
    119,
  ],
  [
    'a chain of nops through all units',
    [
      'load.inp sram=0 dram=0 y=0 x=0 stride=0 push_next',
      `${NOP} pop_prev push_next`,
      'store.uop sram=0 dram=0 y=0 x=0 stride=0 pop_prev push_prev',
      `${NOP} pop_next`,
      'finish',
    ],
    [
      [32, 2],
      [34, 2],
      [36, 2],
      [38, 2],
      [40, 2],
    ],
    41,
  ],
];

describe('programs that were measured on the original core', () => {
  test.each(PROGRAMS)('%s', async (_, lines, times, cycles) => {
    const { result, times: is } = await run(lines.join('\n'));
    expect(is).toEqual(times);
    expect(result.cycles).toBe(cycles);
  });

  test('three batches of fetch', async () => {
    const { result } = await run([...Array<string>(23).fill(NOP), 'finish'].join('\n'));
    const { bursts, insns } = result.trace!;
    expect([...bursts.handshake]).toEqual([2, 47, 92]);
    expect([0, 8, 16].map((n) => insns.queued[n])).toEqual([38, 83, 128]);
    expect(result.cycles).toBe(143);
  });
});

test('two loads of 256 beats on one bus: the arbiter prefers WGT a little', async () => {
  const wgt = 'load.wgt sram=0 dram=0x80 y=1 x=8 stride=8 push_next';
  const acc = 'load.acc sram=0 dram=0x200 y=1 x=32 stride=32';
  const { times } = await run([wgt, acc, `${NOP} pop_prev`, 'finish'].join('\n'));
  expect(times.slice(0, 2)).toEqual([
    [30, 407],
    [31, 534],
  ]);
});

/** Cycles from the start of one instruction to the start of the next of its unit. */
async function periodOf(line: string, latency?: number): Promise<number> {
  const unit = /^load\.(uop|acc)/.test(line) ? '' : line.startsWith('store') ? 's' : 'l';
  const wait = unit === 's' ? 'pop_next' : 'pop_prev';
  const push = unit === 's' ? 'push_prev' : unit === 'l' ? 'push_next' : '';
  const { times } = await run([`${line} ${push}`, ...(unit === '' ? [] : [`${NOP} ${wait}`]), 'finish'].join('\n'), latency);
  return times[0][1];
}

describe('single instructions that were measured on the original core', () => {
  test.each([
    ['load.uop sram=0 dram=0x2000 y=1 x=1 stride=1', 23],
    ['load.uop sram=0 dram=0x2000 y=1 x=16 stride=16', 30],
    ['load.uop sram=0 dram=0x2000 y=1 x=64 stride=64', 54],
    ['load.uop sram=0 dram=0x2000 y=16 x=1 stride=16', 56],
    ['load.inp sram=0 dram=0x800 y=1 x=1 stride=1', 25],
    ['load.inp sram=0 dram=0x800 y=1 x=8 stride=8', 39],
    ['load.inp sram=0 dram=0x800 y=1 x=64 stride=64', 151],
    ['load.wgt sram=0 dram=0x80 y=1 x=1 stride=1', 55],
    ['load.wgt sram=0 dram=0x80 y=1 x=4 stride=4', 151],
    ['load.acc sram=0 dram=0x200 y=1 x=1 stride=1', 31],
    ['load.acc sram=0 dram=0x200 y=1 x=16 stride=16', 151],
    ['load.inp sram=0 dram=0x800 y=1 x=8 stride=8 pad=(2,2,1,1)', 61],
    ['store.out sram=0 dram=0x800 y=1 x=1 stride=1', 7],
    ['store.out sram=0 dram=0x800 y=1 x=2 stride=2', 10],
    ['store.out sram=0 dram=0x800 y=1 x=4 stride=4', 16],
    ['store.out sram=0 dram=0x800 y=1 x=8 stride=8', 28],
    ['store.out sram=0 dram=0x800 y=1 x=16 stride=16', 55],
    ['store.out sram=0 dram=0x800 y=1 x=64 stride=64', 217],
    ['store.out sram=0 dram=0x800 y=4 x=1 stride=8', 25],
  ])('%s: %i cycles', async (line, cycles) => {
    expect(await periodOf(line)).toBe(cycles);
  });

  test('a memory that answers two cycles after the address', async () => {
    expect((await run('finish', 2)).result.cycles).toBe(9);
    expect(await periodOf(UOP16, 2)).toBe(14);
    expect(await periodOf('load.inp sram=0 dram=0x800 y=1 x=16 stride=16', 2)).toBe(39);
    expect(await periodOf('store.out sram=0 dram=0x800 y=1 x=8 stride=8', 2)).toBe(28);
  });
});
