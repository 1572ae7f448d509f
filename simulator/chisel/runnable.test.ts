import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { preset } from '#isa/config/presets';
import { createChisel } from './device.js';
import { MAX_TOKENS, QUEUE_DEPTH } from './parameters.js';
import { run } from './testing.js';

const NOP = 'load.uop sram=0 dram=0 y=0 x=0 stride=0';
const LOAD_NOP = 'load.inp sram=0 dram=0 y=0 x=0 stride=0';
/** Instructions that retired. */
const retired = async (text: string): Promise<number> => (await run(text)).result.counters.insns;
const repeat = (count: number, line: string): string[] => Array<string>(count).fill(line);

describe('what the original core cannot run', () => {
  test.each(['pynq', 'ultra96', 'de10nano'])('it exists as %s', (name) => {
    expect(createChisel(preset(name)).config.name).toBe(preset('default').name);
  });
  test.each(['default-x', 'mac64'])('it does not exist as %s', (name) => {
    expect(() => createChisel(preset(name))).toThrow('VTA4060');
  });

  test('every reason is given once, at the first instruction that has it', async () => {
    const bytes = 'load.acc_8bit sram=0 dram=256 y=1 x=1 stride=1';
    const times = 'alu.mul imm=3 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)';
    const nothing = 'gemm uop=[0,1) iter=1x0 dst+=(0,0) src+=(0,0) wgt+=(0,0)';
    const error = await run([NOP, bytes, times, bytes, nothing, times, 'finish'].join('\n')).catch((e) => e);
    const list = error.diagnostics.map((d: { code: string; what: string; where: { at: string } }) => [
      d.code,
      /kind: (\d+)/.exec(d.what)?.[1],
      /^instruction (\d+)/.exec(d.where.at)?.[1],
    ]);
    expect(list).toEqual([
      ['VTA4062', '2', '1'],
      ['VTA4062', '2', '2'],
      ['VTA4063', '1', '4'],
    ]);
  });

  test.each([
    ['alu.add imm=3 uop=[1,1) iter=1x1 dst+=(0,0) src+=(0,0)', 'uop_end <= uop_bgn'],
    ['alu.add imm=3 uop=[2,1) iter=1x1 dst+=(0,0) src+=(0,0)', 'uop_end <= uop_bgn'],
    ['gemm reset uop=[0,1) iter=0x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)', 'iter_out = 0'],
    ['load.uop sram=0 dram=0x800 y=0 x=4 stride=4 pad=(1,0,0,0)', 'y_size = 0'],
  ])('%s', async (line, why) => {
    await expect(run(`${line}\nfinish`)).rejects.toThrow(why);
  });

  test('a store without rows, a store to address 0', async () => {
    const program = (line: string) => run([`${NOP} push_next`, `${line} pop_prev push_prev`, `${NOP} pop_next`, 'finish'].join('\n'));
    await expect(program('store.out sram=0 dram=0x800 y=0 x=4 stride=4')).rejects.toThrow('65,536 rows');
    await expect(program('store.out sram=0 dram=0 y=1 x=4 stride=4')).rejects.toThrow('VTA4064');
    expect((await program('store.out sram=0 dram=0x800 y=1 x=4 stride=4')).result.counters.insns).toBe(4);
  });

  test('a program at address 0', async () => {
    const dram = new Uint8Array(4096);
    dram[0] = 3;
    await expect(createChisel(preset('default')).launch({ dram, insnAddr: 0, insnCount: 1 })).rejects.toThrow('VTA4064');
  });

  test.each([{ width: 128 as const }, { interval: 2 }, { stall: 1 }, { latency: 1 }])('memory %o', async (change) => {
    const dram = new Uint8Array(4112);
    dram[4096] = 3;
    const launch = (memory: object) =>
      createChisel(preset('default')).launch({ dram, insnAddr: 4096, insnCount: 1, memory: { ...DEFAULT_MEMORY, ...memory } });
    await expect(launch(change)).rejects.toThrow('VTA4061');
    await expect(launch({ latency: 100, seed: 7 })).resolves.toMatchObject({ cycles: 107 });
  });
});

describe('tokens and queues', () => {
  const crowd = (count: number) => [...repeat(count, `${LOAD_NOP} push_next`), ...repeat(count, `${NOP} pop_prev`), 'finish'].join('\n');

  test('a counter holds 255 tokens', async () => {
    expect(await retired(crowd(MAX_TOKENS))).toBe(2 * MAX_TOKENS + 1);
    await expect(run(crowd(MAX_TOKENS + 1))).rejects.toThrow(
      `VTA4065: instruction ${MAX_TOKENS} pushes a token from load to compute while 255 are there`,
    );
  });

  test('a full counter takes a token in a cycle in which another leaves it', async () => {
    // Compute waits for the store unit while the counter fills, then takes tokens as fast as they come.
    const busy = 'store.out sram=0 dram=0x800 y=40 x=8 stride=8 push_prev';
    const lines = [
      busy,
      ...repeat(MAX_TOKENS, `${LOAD_NOP} push_next`),
      `${NOP} pop_prev pop_next`,
      ...repeat(MAX_TOKENS - 1, `${NOP} pop_prev`),
      'finish',
    ];
    expect(await retired(lines.join('\n'))).toBe(lines.length);
  });

  test('an instruction stays in its queue until it is done: the queue counts the one that waits', async () => {
    const program = (count: number) =>
      [`${LOAD_NOP} pop_next`, ...repeat(count, LOAD_NOP), `${LOAD_NOP} push_next`, `${NOP} push_prev`, `${NOP} pop_prev`, 'finish'].join(
        '\n',
      );
    expect(await retired(program(QUEUE_DEPTH - 2))).toBe(QUEUE_DEPTH + 3);
    await expect(run(program(QUEUE_DEPTH - 1))).rejects.toThrow(
      'VTA4050: instruction 512 does not fit in the command queue of load, and nothing can go on: load waits at instruction 0 for a token (c2l)',
    );
  });

  test('tokens, scratchpads and what is stale stay from launch to launch until a reset', async () => {
    const device = createChisel(preset('default'));
    expect(device.timing).toBe('vta-chisel');
    const { assemble } = await import('#isa/asm/assemble');
    const launch = (text: string) => {
      const { bytes, insns } = assemble(text, device.config, 't.vasm');
      const dram = new Uint8Array(8192);
      dram.set(bytes, 4096);
      return device.launch({ dram, insnAddr: 4096, insnCount: insns.length });
    };
    const store = ['store.out sram=0 dram=0x1c0 y=1 x=1 stride=1 pop_prev push_prev', `${NOP} pop_next`, 'finish'].join('\n');
    expect(await launch(`${NOP} push_next\nfinish`)).toMatchObject({ notes: [] });
    const { touched } = await launch(store);
    expect(touched).toEqual([{ divergence: 'stale-out', insn: 0, count: 1 }]);
    const add = 'alu.add imm=1 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) push_next';
    expect((await launch(`${add}\nfinish`)).touched).toEqual([]);
    expect((await launch(store)).touched).toEqual([]);
    device.reset();
    await expect(launch(store)).rejects.toThrow('VTA1201');
  });
});
