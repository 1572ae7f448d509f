import { describe, expect, test } from 'vitest';
import { assemble } from '#isa/asm/assemble';
import type { VtaConfig } from '#isa/config/config';
import { defineConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { type LintInput, lintProgram, type LintReport } from './lint.js';
import { RULE_NAMES, type RuleName } from './rules.js';

const UOPS = 0x4000;
const CODE = 0x8000;
const square = preset('default');

/** Micro-ops and instructions of one launch: `load.uop` finds the `.uop` lines at byte 0x4000, and every other address from 0x1000 on is data. */
interface Text {
  readonly config?: VtaConfig;
  /** Instructions of each launch; `.uop` lines of all launches are collected. */
  readonly launches: readonly (readonly string[])[];
  readonly memory?: boolean;
  readonly hostWrites?: number;
}

function inputOf({ config = square, launches, memory = true, hostWrites }: Text): LintInput {
  const image = new Uint8Array(CODE + 0x8000);
  const parts = launches.map((lines) => assemble(lines.join('\n'), config));
  const uops = parts.flatMap((p) => [...p.uops]);
  uops.forEach((word, i) => new DataView(image.buffer).setUint32(UOPS + 4 * i, word, true));
  let at = CODE;
  const out = parts.map(({ bytes }, n) => {
    const insnAddr = at;
    image.set(bytes, at);
    at += bytes.length;
    const rows = hostWrites === undefined || n === 0 ? [] : [{ address: hostWrites, rowBytes: 16, rowStride: 0, rows: 1 }];
    return { name: `launch${n}`, code: bytes, insnAddr: memory ? insnAddr : null, hostWrites: rows };
  });
  return { name: 'test', config, memory: memory ? image : null, launches: out };
}

const lint = (text: Text): LintReport => lintProgram(inputOf(text));
const rulesOf = (r: LintReport): string[] => [...new Set(r.findings.map((f) => f.rule))].sort();

const LOAD_UOP = 'load.uop sram=0 dram=0x1000 y=1 x=4 stride=4';
const UOP = '.uop dst=0 src=0 wgt=0';
const ACC = 'load.acc sram=0 dram=0x40 y=1 x=4 stride=4';
const STORE = 'store.out sram=0 dram=0x200 y=1 x=4 stride=4 pop_prev push_prev';
const FINISH = 'finish pop_next';
/** Four accumulators loaded, `alu` on them, stored. */
const around = (...alu: string[]): string[] => [
  ...Array<string>(4).fill(UOP),
  LOAD_UOP,
  ACC,
  ...alu.slice(0, -1),
  `${alu.at(-1)} push_next`,
  STORE,
  FINISH,
];
const NOTHING = 'alu.shr imm=0 uop=[0,1) iter=1x4 dst+=(0,1) src+=(0,1)';
const accDeep = defineConfig({ ...square.keys, LOG_INP_BUFF_SIZE: 12 });
const two = defineConfig({ ...square.keys, LOG_BATCH: 1 });
const wait = (n: number, flag: string): string[] => Array<string>(n).fill(`load.uop sram=0 dram=0 y=0 x=0 stride=0 ${flag}`);

/** A program for each rule, with the rules that it breaks and the sentence it gets for the first one. */
const CASES: Readonly<Record<RuleName, readonly [text: Text, what: RegExp, more?: readonly RuleName[]]>> = {
  illegal: [{ launches: [['load.acc sram=2047 dram=0x40 y=1 x=2 stride=2', 'finish']] }, /ACC index 2048 is out of range/],
  deadlock: [
    {
      launches: [
        [
          'load.inp sram=0 dram=0x100 y=1 x=1 stride=1 pop_next push_next',
          'load.uop sram=0 dram=0 y=0 x=0 stride=0 pop_prev push_prev',
          'finish',
        ],
      ],
    },
    /^the program stops for ever \(load -> compute -> load\): load waits at instruction 0 for a token from compute \(c2l\); compute waits at instruction 1 for a token from load \(l2c\)$/,
  ],
  'queue-overflow': [
    { launches: [[...wait(1, 'pop_prev'), ...wait(512, ''), 'load.inp sram=0 dram=0 y=0 x=0 stride=0 push_next', 'finish']] },
    /cannot hand out instruction 512, because the queue of compute is full: compute waits at instruction 0 for a token \(l2c\)$/,
    ['stream-order'],
  ],
  race: [
    {
      launches: [[...around(NOTHING).map((l) => l.replace(' pop_prev push_prev', '').replace(' push_next', '').replace(' pop_next', ''))]],
    },
    /instruction 2 \(compute\) writes acc\[0\.\.3\], which instruction 3 \(store\) reads, and no token orders them/,
    ['illegal'],
  ],
  'program-overwritten': [
    { launches: [around(NOTHING).map((l) => l.replace('dram=0x200', 'dram=0x800'))] },
    /instruction 3 stores to bytes 0x8000\.\.0x803f of DRAM, where the program itself is/,
  ],
  'never-written': [
    { launches: [around(NOTHING.replace('1x4', '1x6'))] },
    /^instruction 2 reads acc\[4\.\.5\], which nothing has written$/,
  ],
  'unbalanced-tokens': [
    { launches: [[...around(NOTHING).slice(0, -1), 'finish pop_next push_next']] },
    /^the token that instruction 4 pushes from compute to store \(c2s\) is never popped$/,
  ],
  'stale-tokens': [
    { launches: [['finish push_next'], ['store.uop pop_prev push_prev', 'finish pop_next']] },
    /^1 tokens from compute to store \(c2s\) are there before the launch begins$/,
    ['unbalanced-tokens'],
  ],
  'program-changed': [
    { launches: [['finish'], ['finish']], hostWrites: CODE + 0x10 },
    /an earlier launch, or the host, writes to the instructions of this launch/,
  ],
  'unknown-micro-ops': [{ launches: [around(NOTHING)], memory: false }, /^the micro-ops of instruction 2 are not known$/, ['stale-out']],
  'loop-not-checked': [
    {
      launches: [
        [
          ...Array<string>(2048).fill(UOP),
          'load.uop sram=0 dram=0x1000 y=1 x=2048 stride=2048',
          'gemm reset uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)',
          'alu.add imm=1 uop=[0,2048) iter=16383x16383 dst+=(0,0) src+=(0,0)',
          'finish',
        ],
      ],
    },
    /too many elements/,
  ],
  extension: [
    { config: preset('default-x'), launches: [['load.pad_value sram=3 dram=0 y=0 x=0 stride=0 push_next', 'finish pop_prev']] },
    /uses the ISA extension/,
  ],
  'zero-extent': [
    { launches: [around('alu.add imm=1 uop=[0,1) iter=0x4 dst+=(0,1) src+=(0,1)', NOTHING)] },
    /^instruction 2: its loops are 0 x 4$/,
  ],
  'zero-rows': [{ launches: [around('load.acc sram=0 dram=0x40 y=0 x=4 stride=4', NOTHING)] }, /4 columns and no rows/],
  'padding-without-columns': [
    { launches: [around('load.acc sram=0 dram=0x40 y=1 x=0 stride=0 pad=(0,0,1,0)', NOTHING)] },
    /no columns, and padding/,
  ],
  'synchronisation-type': [{ launches: [around('load.type7 sram=0 dram=0 y=0 x=0 stride=0', NOTHING)] }, /its memory type is 7/],
  'low-address': [{ launches: [around(NOTHING).map((l) => l.replace('dram=0x40', 'dram=0x3f'))] }, /begins at byte address 0xfc0/],
  'address-wrap': [
    { launches: [around(NOTHING).map((l) => l.replace('dram=0x40', 'dram=0x4000040'))] },
    /dram 0x4000040 times 64 bytes is 0x100001000/,
  ],
  'uop-depth': [
    { launches: [around(NOTHING).map((l) => l.replace('load.uop sram=0', 'load.uop sram=2045').replace('[0,1)', '[2045,2046)'))] },
    /writes micro-ops up to 2048/,
  ],
  'stale-out': [
    { launches: [[ACC.concat(' push_next'), STORE, FINISH]] },
    /^instruction 1 stores acc\[0\.\.3\], which LOAD or a reset wrote last$/,
  ],
  'immediate-source': [
    { launches: [around(NOTHING.replace('src+=(0,1)', 'src+=(0,0)'))] },
    /source of instruction 2 is not its destination/,
    ['alu-distance-1'],
  ],
  'shift-immediate': [{ launches: [around(NOTHING.replace('imm=0', 'imm=16'))] }, /shifts by 16/],
  'shift-register': [{ launches: [around(NOTHING.replace('imm=0 ', ''), NOTHING)] }, /the amount is a register$/],
  mul: [{ launches: [around(NOTHING.replace('shr imm=0', 'mul imm=3'))] }, /multiplies/],
  'acc-8bit': [
    { launches: [around(NOTHING).map((l) => l.replace('load.acc sram=0 dram=0x40', 'load.acc_8bit sram=0 dram=0x100'))] },
    /loads bytes/,
  ],
  'alu-distance-1': [{ launches: [around(NOTHING.replaceAll('(0,1)', '(0,0)'), NOTHING)] }, /use what the element before them wrote/],
  'uop-rows': [{ launches: [around(NOTHING).map((l) => l.replace('y=1 x=4 stride=4', 'y=2 x=2 stride=2'))] }, /it has 2 rows/],
  padding: [
    { launches: [around(NOTHING).map((l) => (l === ACC ? l.replace('x=4 stride=4', 'x=3 stride=3 pad=(0,0,0,1)') : l))] },
    /pads ACC/,
  ],
  'uop-source-width': [{ config: accDeep, launches: [around(NOTHING)] }, /2048 ACC and 256 INP elements/],
  'batch-alu': [{ config: two, launches: [around(NOTHING).map((l) => l.replace('dram=0x40', 'dram=0x20'))] }, /2 batch rows/],
  'token-capacity': [
    {
      launches: [
        [...Array<string>(256).fill('load.inp sram=0 dram=0 y=0 x=0 stride=0 push_next'), ...wait(255, 'pop_prev'), 'finish pop_prev'],
      ],
    },
    /\(l2c\) can hold 256 tokens/,
  ],
  'stream-order': [
    { launches: [['load.uop sram=0 dram=0 y=0 x=0 stride=0 pop_prev', 'load.inp sram=0 dram=0 y=0 x=0 stride=0 push_next', 'finish']] },
    /^instruction 0 pops a token that only a later instruction pushes$/,
  ],
  'kept-scratchpad': [
    { launches: [around(NOTHING), [`${NOTHING} push_next`, STORE, FINISH]] },
    /^instruction 0 reads uop\[0\], which an earlier launch has written$/,
  ],
};

describe('every rule', () => {
  test.each(RULE_NAMES.map((name) => [name, ...CASES[name]] as const))('%s', (name, text, what, more = []) => {
    const report = lint(text);
    expect(rulesOf(report)).toEqual([name, ...more].sort());
    const found = report.findings.find((f) => f.rule === name);
    expect(found?.what).toMatch(what);
    for (const f of report.findings)
      expect(
        [f.why, f.do].every((t) => t.length > 10 && !t.includes('{')),
        f.rule,
      ).toBe(true);
  });
});

test('a program without mistakes is clean', () => {
  expect(lint({ launches: [around(NOTHING)] })).toMatchObject({ findings: [], totals: [], counts: { error: 0, warning: 0, note: 0 } });
});

test('all of the mistakes of a program are found at once, and instructions are named in assembly', () => {
  const report = lint({
    launches: [
      [
        'load.inp sram=0 dram=0x100 y=1 x=1 stride=1 push_prev',
        '.word 0x00000000000000000000000000000007',
        'store.uop sram=0 dram=0 y=1 x=1 stride=1',
      ],
    ],
  });
  expect(report.findings.map((f) => [f.rule, f.code, f.insns.map((i) => i.text)])).toEqual([
    ['illegal', 'VTA1207', ['load.inp sram=0x0 dram=0x100 y=1 x=1 stride=1 push_prev']],
    ['illegal', 'VTA1205', ['.word 0x00000000000000000000000000000007']],
    ['illegal', 'VTA1205', ['store.uop sram=0x0 dram=0x0 y=1 x=1 stride=1']],
    ['illegal', 'VTA1202', []],
  ]);
});

test('work that FINISH does not wait for, and work behind it', () => {
  const early = lint({ launches: [['load.inp sram=0 dram=0x100 y=1 x=1 stride=1', 'finish']] });
  expect(early.findings).toMatchObject([{ rule: 'illegal', code: 'VTA1208', insns: [{ insn: 0 }] }]);
  const behind = lint({ launches: [['finish', 'load.uop sram=0 dram=0x1000 y=1 x=1 stride=1']] });
  expect(behind.findings).toMatchObject([{ rule: 'illegal', code: 'VTA1208', insns: [{ insn: 1 }] }]);
});

test('a unit that has ended never pushes', () => {
  const { findings } = lint({ launches: [['load.inp sram=0 dram=0x100 y=1 x=1 stride=1', 'finish pop_prev']] });
  expect(findings).toMatchObject([
    { rule: 'deadlock', code: 'VTA1201', waits: [{ insn: 1, unit: 'compute', on: 'load', channel: 'l2c', ended: true }] },
  ]);
});

test('interleaved elements do not race, however the loop reaches them', () => {
  // compute works on even accumulators while store reads odd ones
  const even = 'gemm reset uop=[0,1) iter=1x4 dst+=(0,2) src+=(0,0) wgt+=(0,0)';
  const lines = (base: number) => [
    '.uop dst=0 src=0',
    '.uop dst=1 src=1',
    'load.uop sram=0 dram=0x1000 y=1 x=2 stride=2',
    `${even.replace('[0,1)', '[1,2)')} push_next`,
    even,
    `store.out sram=${base} dram=0x200 y=1 x=1 stride=1 pop_prev push_prev`,
    FINISH,
  ];
  expect(rulesOf(lint({ launches: [lines(1)] }))).toEqual(['stale-out']);
  const race = lint({ launches: [lines(2)] }).findings.find((f) => f.rule === 'race');
  expect(race).toMatchObject({ memory: 'acc', ranges: [[2, 2]], insns: [{ insn: 2 }, { insn: 3 }] });
  expect(race?.do).toBe(
    'order them: if 2 is to come first, instruction 3 must pop a token (pop_prev) that instruction 2, or a later one of compute, pushes (push_next); if 3 is, instruction 2 must pop a token (pop_next) that instruction 3, or a later one of store, pushes (push_prev)',
  );
});

test('Load and Store meet in memory: the advice goes through Compute', () => {
  const { findings } = lint({
    launches: [
      [
        `${ACC} push_next`,
        'store.out sram=0 dram=0x200 y=1 x=1 stride=1 pop_prev push_prev',
        'load.inp sram=0 dram=0x200 y=1 x=1 stride=1 push_next',
        'finish pop_prev pop_next',
      ],
    ],
  });
  const race = findings.find((f) => f.rule === 'race');
  expect(race).toMatchObject({ memory: 'dram', ranges: [[0x2000, 0x200f]], insns: [{ insn: 1 }, { insn: 2 }] });
  expect(race?.do).toContain('store and load have no channel between them, so it goes through compute: if 1 is to come first');
});

test('micro-ops that a STORE or the host wrote are not known', () => {
  const store = around(NOTHING).map((l) => l.replace('dram=0x200', `dram=${UOPS / 16}`));
  const again = ['load.uop sram=0 dram=0x1000 y=1 x=1 stride=1', NOTHING, 'finish'];
  expect(rulesOf(lint({ launches: [store, again] }))).toContain('unknown-micro-ops');
  expect(rulesOf(lint({ launches: [around(NOTHING), again], hostWrites: UOPS }))).toContain('unknown-micro-ops');
  expect(rulesOf(lint({ launches: [around(NOTHING), again] }))).not.toContain('unknown-micro-ops');
});

test('of many findings of a rule the first are kept and all are counted; rules can be left out', () => {
  const lines = around(...Array<string>(250).fill(NOTHING.replace('shr imm=0', 'mul imm=3')));
  const { findings, totals, counts } = lint({ launches: [lines] });
  expect(findings).toHaveLength(100);
  expect(totals).toEqual([{ rule: 'mul', severity: 'warning', launch: 0, count: 250 }]);
  expect(counts).toEqual({ error: 0, warning: 250, note: 0 });
  expect(lintProgram(inputOf({ launches: [lines] }), new Set<RuleName>(['mul']))).toMatchObject({ findings: [], totals: [] });
});

test('loops of any length take no time', () => {
  const long = 'gemm reset uop=[0,4) iter=16383x16383 dst+=(0,0) src+=(0,0) wgt+=(0,0)';
  const lines = [...Array<string>(4).fill(UOP), LOAD_UOP, ...Array<string>(2000).fill(long), 'finish'];
  expect(rulesOf(lint({ launches: [lines] }))).toEqual([]);
});
