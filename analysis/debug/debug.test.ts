import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { VtaError } from '#isa/diag/diagnostic';
import { createCycle } from '#simulator/cycle/device';
import type { FuzzCase } from '#fuzz/case';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { Random } from '#fuzz/random';
import { randomConfig } from '#fuzz/random-config';
import { randomMemory } from '#fuzz/random-memory';
import { createFunctionalState, launchFunctional } from '#simulator/functional/device';
import { parseLitmus } from '../litmus/parse.js';
import { recordedLaunch } from '../trace/launch.js';
import { createMachineState } from '#simulator/values/state';
import { popsOf } from '#simulator/values/tokens';
import { COMMANDS, execute } from './commands.js';
import { Debugger } from './debugger.js';
import { momentsOf, tokensAt, tokenTimes } from './schedule.js';

type Case = Pick<FuzzCase, 'name' | 'config' | 'memory' | 'dram' | 'launches'>;

/** Debuggers of all launches of a case, each with the memory and the ACC scratchpad that must be there at its end. */
async function debuggersOf(c: Case) {
  const cycle = createCycle(c.config);
  const values = createFunctionalState(c.config);
  const [dram, plain] = [c.dram.slice(), c.dram.slice()];
  const out: { readonly d: Debugger; readonly dram: Uint8Array; readonly pads: Uint8Array }[] = [];
  for (const launch of c.launches) {
    const before = createMachineState(c.config);
    before.bytes.set(values.machine.bytes.subarray(0, before.staging));
    const at = { name: c.name, config: c.config, dram: dram.slice(), ...launch, before, tokens: { ...values.tokens } };
    const { trace } = await cycle.launch({ ...launch, dram, memory: c.memory, trace: true });
    launchFunctional(values, { ...launch, dram: plain });
    out.push({ d: new Debugger({ ...at, trace: trace! }), dram: dram.slice(), pads: values.machine.bytes.slice(0, before.staging) });
  }
  return out;
}

const debuggerOf = async (text: string): Promise<Debugger> => {
  const t = parseLitmus(text, 'test.litmus');
  return (await debuggersOf({ ...t, memory: DEFAULT_MEMORY }))[0].d;
};

const randomCase = (index: number): FuzzCase => {
  const r = Random.of(41, index);
  return legalCase(`${index}`, randomConfig(r), randomMemory(r), r, 60, SMALL_BUDGET);
};

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('random programs', () => {
  test('end with the memory and the scratchpads of the machines, also when begun again', async () => {
    for (let index = 0; index < 25; index++) {
      for (const { d, dram, pads } of await debuggersOf(randomCase(index))) {
        for (const again of [false, true]) {
          if (again) d.restart();
          expect(d.continue(), `${index}`).toEqual({ kind: 'end' });
          expect(same(d.dram, dram), `memory of ${index}`).toBe(true);
          expect(same(d.state.bytes.subarray(0, d.state.staging), pads), `scratchpads of ${index}`).toBe(true);
          expect(d.now).toBe(d.program.trace.cycles);
        }
      }
    }
  });

  test('no instruction starts without the tokens that it pops, and none are left but those that stay', async () => {
    for (let index = 0; index < 40; index++) {
      for (const { d } of await debuggersOf(randomCase(index))) {
        const { insns, program } = d;
        const { insnAddr, insnCount } = program;
        const code = program.dram.slice(insnAddr, insnAddr + insnCount * 16);
        const times = tokenTimes(recordedLaunch({ ...program, program: code }));
        for (const m of momentsOf(insns, program.trace).filter((x) => x.kind === 'start')) {
          const tokens = tokensAt(times, program.tokens, m.cycle);
          for (const c of popsOf(insns[m.insn])) expect(tokens[c], `${index}: ${m.insn} ${c} in ${m.cycle}`).toBeGreaterThanOrEqual(0);
        }
        d.continue();
      }
    }
  });

  test('what an instruction writes is there when it retires, and not before', async () => {
    for (let index = 0; index < 10; index++) {
      for (const { d } of await debuggersOf(randomCase(index))) {
        let dram = d.dram.slice();
        for (;;) {
          const { stop, retired } = d.step(1);
          const stored = retired.some((i) => d.insns[i].kind === 'store');
          if (!stored) expect(same(d.dram, dram), `${index}: ${retired}`).toBe(true);
          dram = d.dram.slice();
          if (stop.kind === 'end') break;
        }
      }
    }
  });
});

/** y = 3 * 5 + 1, and the same again plus 1. */
const PROGRAM = `
.data 0x2000 int8 3
.data 0x2010 int8 5
.show y 0x3000 int8
.expect always y=16
.uop dst=0 src=0 wgt=0
load.uop sram=0 dram=0x400 y=1 x=1 stride=1
gemm reset uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)
load.inp sram=0 dram=0x2000 y=1 x=1 stride=1
load.wgt sram=2 dram=0x2010 y=1 x=1 stride=1 pad=(0,0,2,0)
load.wgt sram=0 dram=0x2010 y=1 x=1 stride=1 push_next
gemm uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0) pop_prev
alu.add imm=1 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) push_next
store.out sram=0 dram=0x3000 y=1 x=1 stride=1 pop_prev push_prev
finish pop_next
`;

/** The answers to commands. */
const answers = (d: Debugger, ...lines: readonly string[]): string => lines.map((l) => execute(d, l).text).join('');

describe('commands', () => {
  test('step: instructions retire in the order of time', async () => {
    const d = await debuggerOf(PROGRAM);
    const retired = d.program.trace.insns.retired;
    expect(answers(d, 'step 100').match(/instruction (\d+)/g)).toEqual(
      [...retired.keys()].sort((a, b) => retired[a] - retired[b] || a - b).map((i) => `instruction ${i}`),
    );
    expect(answers(d, 'step')).toMatch(/^the program has ended: FINISH retired in cycle \d+\n$/);
  });

  test('an element holds what retired instructions wrote, and says which', async () => {
    const d = await debuggerOf(PROGRAM);
    answers(d, 'break insn 5 retire', 'break insn 6', 'break insn 6 retire', 'break insn 7');
    const seen: string[] = [];
    for (let stop = d.continue(); stop.kind === 'breakpoint'; stop = d.continue()) {
      seen.push(`${stop.breakpoints.map((b) => b.id)} ${answers(d, 'print acc 0').trim()}`);
    }
    // ALU and STORE start long before GEMM retires
    expect(seen.filter((s) => s.startsWith('1 '))).toEqual(['1 acc[0]  15   (instruction 5)']);
    expect(seen.filter((s) => s.startsWith('3 '))).toEqual(['3 acc[0]  16   (instruction 6)']);
    expect(seen).toHaveLength(4);
    expect(seen.filter((s) => /^[24]/.test(s)).every((s) => /acc\[0\] {2}(0|15)/.test(s) || s.startsWith('4'))).toBe(true);
    expect(answers(d, 'print wgt 2..4', 'print inp 0', 'print uop 0', 'print out 0', 'print acc 1')).toBe(
      [
        'wgt[2]  0   (instruction 3)',
        'wgt[3]  0   (instruction 3)',
        'wgt[4]  5   (instruction 3)',
        'inp[0]  3   (instruction 2)',
        'uop[0]  .uop dst=0 src=0 wgt=0   (instruction 0)',
        'out[0]  16   (instruction 6)',
        'acc[1]  0   (not written in this launch)\n',
      ].join('\n'),
    );
    expect(answers(d, 'dram 0x3000 3')).toBe('0x003000  10 00 00\n');
  });

  test('breakpoints on memory and scratchpads stop when what they name is read or written', async () => {
    const d = await debuggerOf(PROGRAM);
    answers(
      d,
      'break addr 0x2010 read',
      'break addr 0x3000..0x3001 write',
      'break sram acc[0] write',
      'break sram wgt[3..4]',
      'break addr 0x2010 write',
    );
    const seen: string[] = [];
    for (let stop = d.continue(); stop.kind === 'breakpoint'; stop = d.continue()) {
      seen.push(`${stop.moment?.insn}: ${stop.breakpoints.map((b) => b.id)}`);
    }
    expect(seen.sort()).toEqual(['1: 3', '3: 1,4', '4: 1', '5: 3', '6: 3', '7: 2']);
    expect(answers(d, 'continue')).toContain('breakpoint 5 (addr 0x2010 write) was never reached\n');
  });

  test('cycles: there and not beyond; a breakpoint behind the end is never reached', async () => {
    const d = await debuggerOf(PROGRAM);
    const { cycles } = d.program.trace;
    answers(d, 'break cycle 20', `break cycle ${cycles + 1}`);
    expect(answers(d, 'cycle 10')).toBe('cycle 10\n');
    expect(answers(d, 'cycle 30')).toBe('cycle 20, breakpoint 1 (cycle 20)\n');
    expect(d.now).toBe(20);
    expect(answers(d, `cycle ${cycles + 5}`)).toBe(
      `the program has ended: FINISH retired in cycle ${cycles}\nbreakpoint 2 (cycle ${cycles + 1}) was never reached\n`,
    );
    expect(answers(d, 'restart', 'info')).toContain('breakpoint 1: cycle 20, hit 0 times\n');
    expect(d.now).toBe(-1);
  });

  test('queues, tokens and where agree with the trace at every cycle', async () => {
    const d = await debuggerOf(PROGRAM);
    const { queued, accepted, retired } = d.program.trace.insns;
    for (let cycle = 0; cycle < d.program.trace.cycles; cycle++) {
      d.runTo(cycle);
      for (const { index, unit } of d.insns) {
        const stage =
          retired[index] <= cycle
            ? 'retired'
            : accepted[index] <= cycle
              ? 'in flight'
              : queued[index] <= cycle
                ? 'queued'
                : 'to be fetched';
        expect(d.stage(index), `instruction ${index} after cycle ${cycle}`).toBe(stage);
        if (stage !== 'retired') expect(d.at(unit, stage)).toContain(d.insns[index]);
      }
      const waiting = accepted[5] > cycle && queued[5] <= cycle && retired[4] > cycle;
      if (waiting) expect(answers(d, 'tokens')).toMatch(/^l2c .* 0 {3}instruction 5 of compute waits for one$/m);
      expect(answers(d, 'where').split('\n')[0]).toBe(`after cycle ${cycle}`);
    }
  });

  test('mistakes are named', async () => {
    const d = await debuggerOf(PROGRAM);
    const code = (line: string): string => {
      try {
        execute(d, line);
      } catch (error) {
        if (error instanceof VtaError) return error.code;
        throw error;
      }
      return 'none';
    };
    const cases = {
      stepp: 'VTA4111',
      'step x': 'VTA4112',
      'step 1 2': 'VTA4112',
      'break isns 3': 'VTA4112',
      'print acc': 'VTA4112',
      'delete 7': 'VTA4112',
    };
    const outside = ['break insn 9', 'break sram acc[16]', 'break addr 0x99999', 'print acc 3..16', 'dram 0x9999999', 'insn 9', 'list 9'];
    expect(Object.keys(cases).map(code)).toEqual(Object.values(cases));
    expect(outside.map(code)).toEqual(outside.map(() => 'VTA4113'));
    answers(d, 'cycle 5');
    expect(code('cycle 5')).toBe('VTA4114');
    expect(d.breakpoints).toEqual([]);
  });

  test('help names every command, and every command is there', async () => {
    const d = await debuggerOf(PROGRAM);
    const text = answers(d, 'help');
    for (const { form } of COMMANDS) expect(text).toContain(form);
    expect(execute(d, 'quit')).toEqual({ text: '', leave: true });
    expect(execute(d, '  # nothing')).toEqual({ text: '' });
  });
});
