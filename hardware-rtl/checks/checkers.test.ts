import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildVerilated } from '../verilated/build.js';
import { checkerSources } from '../verilated/sources.js';
import { BUILD_TIMEOUT, hasVerilator } from '../verilated/testing.js';

/** Pins that are not 0 in one clock cycle, by the names of bench/checker_bench.sv. */
type Cycle = Readonly<Record<string, number>>;
/** A checker reports in the cycle after what it sees through a register. */
interface Broken {
  readonly rule: string;
  readonly wave: readonly Cycle[];
}

const up = { rst_n: 1 };
const idle: Cycle = up;
const size = { awsize: 3, awburst: 1 };
const aw = (more: Cycle = {}): Cycle => ({ ...up, awvalid: 1, awready: 1, ...size, ...more });
const w = (more: Cycle = {}): Cycle => ({ ...up, wvalid: 1, wready: 1, wstrb: 255, ...more });
const b = (more: Cycle = {}): Cycle => ({ ...up, bvalid: 1, bready: 1, ...more });
const ar = (more: Cycle = {}): Cycle => ({ ...up, arvalid: 1, arready: 1, arsize: 3, arburst: 1, ...more });
const r = (more: Cycle = {}): Cycle => ({ ...up, rvalid: 1, rready: 1, ...more });
const last = { wlast: 1, rlast: 1 };

/** An access of the host: address and data in one cycle, the response in the next. */
const hostWrite: readonly Cycle[] = [
  { ...up, h_awvalid: 1, h_awready: 1, h_wvalid: 1, h_wready: 1 },
  { ...up, h_bvalid: 1, h_bready: 1 },
];
const hostRead: readonly Cycle[] = [
  { ...up, h_arvalid: 1, h_arready: 1 },
  { ...up, h_rvalid: 1, h_rready: 1 },
];

/** Traffic that breaks nothing: waiting on every channel, bursts of every kind, writes and reads at once. */
const LEGAL: readonly (readonly Cycle[])[] = [
  [idle, aw({ awready: 0 }), aw({ awready: 0 }), aw(), w({ wlast: 1, wready: 0 }), w(last), b({ bready: 0 }), b()],
  [aw({ awlen: 3 }), w(), w({ wready: 0 }), w(), idle, w(), w(last), idle, b()],
  [aw({ awlen: 1 }), { ...aw({ awlen: 0 }), ...w() }, w(last), { ...w(last), ...b() }, b()],
  [
    aw({ awaddr: 0xff8 }),
    w(last),
    b(),
    aw({ awaddr: 0, awlen: 255, awsize: 2 }),
    ...Array.from({ length: 255 }, (_, i) => w({ wstrb: i % 2 ? 0xf0 : 0x0f })),
    w({ ...last, wstrb: 0xf0 }),
    b(),
  ],
  [aw({ awaddr: 0x1003, awlen: 1, awsize: 1 }), w({ wstrb: 0x08 }), w({ ...last, wstrb: 0x30 }), b({ bresp: 2 })],
  [aw({ awburst: 0, awlen: 1, awaddr: 4, awsize: 2 }), w({ wstrb: 0xf0 }), w({ ...last, wstrb: 0xf0 }), b()],
  [ar(), r({ ...last, rready: 0 }), r(last), ar({ arlen: 1 }), { ...ar({ arlen: 0 }), ...r() }, r(last), r({ ...last, rresp: 2 })],
  [ar({ arburst: 2, arlen: 7, araddr: 0xff8 }), ...Array.from({ length: 7 }, () => r()), r(last)],
  [...hostWrite, ...hostRead, ...hostRead, idle, { rst_n: 0 }, { rst_n: 0 }, idle, ...hostWrite],
  [
    { ...up, h_awvalid: 1 },
    { ...up, h_awvalid: 1, h_awready: 1, h_wvalid: 1 },
    { ...up, h_wvalid: 1, h_wready: 1 },
    { ...up, h_bvalid: 1 },
    { ...up, h_bvalid: 1, h_bready: 1 },
  ],
  [aw(), { rst_n: 0 }, idle, aw(), w(last), b()],
];

/** The rules of every channel, on each: the pins that offer something, and how its payload changes. */
const CHANNELS: readonly (readonly [name: string, offer: Cycle, change: Cycle, before: readonly Cycle[], after: readonly Cycle[]])[] = [
  ['AXI4 AW', aw({ awready: 0 }), { awaddr: 64 }, [], []],
  ['AXI4 W', w({ wready: 0, ...last }), { wdata: 1 }, [aw()], []],
  ['AXI4 B', b({ bready: 0 }), { bresp: 2 }, [aw(), w(last)], []],
  ['AXI4 AR', ar({ arready: 0 }), { arlen: 1 }, [], []],
  ['AXI4 R', r({ rready: 0, ...last }), { rdata: 1 }, [ar()], []],
  ['AXI4-Lite AW', { ...up, h_awvalid: 1 }, { h_awaddr: 4 }, [], []],
  ['AXI4-Lite W', { ...up, h_wvalid: 1 }, { h_wdata: 1 }, [], []],
  ['AXI4-Lite B', { ...up, h_bvalid: 1 }, { h_bresp: 2 }, [hostWrite[0]], []],
  ['AXI4-Lite AR', { ...up, h_arvalid: 1 }, { h_araddr: 4 }, [], []],
  ['AXI4-Lite R', { ...up, h_rvalid: 1 }, { h_rdata: 1 }, [hostRead[0]], []],
];

const BROKEN: readonly Broken[] = [
  ...CHANNELS.flatMap(([name, offer, change, before]) => [
    { rule: `${name}: VALID fell before READY`, wave: [...before, offer, idle] },
    { rule: `${name}: the payload changed while VALID waited for READY`, wave: [...before, offer, { ...offer, ...change }] },
    { rule: `${name}: VALID is high in reset, or right after it`, wave: [...before, { rst_n: 0 }, { ...offer, rst_n: 0 }] },
  ]),
  ...(['aw', 'ar'] as const).flatMap((c) => {
    const name = `AXI4 ${c.toUpperCase()}`;
    const address = (more: Cycle): Cycle =>
      c === 'aw'
        ? aw(Object.fromEntries(Object.entries(more).map(([k, v]) => [`aw${k}`, v])))
        : ar(Object.fromEntries(Object.entries(more).map(([k, v]) => [`ar${k}`, v])));
    return [
      { rule: `${name}: SIZE is wider than the bus`, wave: [address({ size: 4 })] },
      { rule: `${name}: BURST has the reserved value`, wave: [address({ burst: 3 })] },
      { rule: `${name}: a FIXED burst is longer than 16 beats`, wave: [address({ burst: 0, len: 16 })] },
      { rule: `${name}: the length of a WRAP burst is not 2, 4, 8 or 16`, wave: [address({ burst: 2, len: 2 })] },
      { rule: `${name}: the address of a WRAP burst is not aligned to SIZE`, wave: [address({ burst: 2, len: 1, addr: 4 })] },
      { rule: `${name}: a burst crosses a 4 KiB boundary`, wave: [address({ addr: 0x1ff8, len: 1 })] },
      {
        rule: `${name}: a burst crosses a 4 KiB boundary`,
        wave: [address({ addr: 0xffc, len: 1, size: 2 })],
      },
      { rule: `${name}: CACHE allocates what is not modifiable`, wave: [address({ cache: 4 })] },
    ];
  }),
  { rule: 'AXI4 W: data came before its address', wave: [w(last)] },
  { rule: 'AXI4 W: LAST came before the last beat', wave: [aw({ awlen: 1 }), w(last)] },
  { rule: 'AXI4 W: LAST is missing at the last beat', wave: [aw(), w()] },
  { rule: 'AXI4 W: STRB names a byte outside the transfer', wave: [aw({ awaddr: 4 }), w(last)] },
  {
    rule: 'AXI4 W: STRB names a byte outside the transfer',
    wave: [aw({ awsize: 2, awlen: 1 }), w({ wstrb: 15 }), w({ ...last, wstrb: 15 })],
  },
  { rule: 'AXI4 B: a response came without a finished burst', wave: [aw({ awlen: 1 }), w(), b()] },
  { rule: 'AXI4 B: a response came without a finished burst', wave: [aw(), w(last), b(), b()] },
  { rule: 'AXI4 B: RESP is EXOKAY without an exclusive access', wave: [aw(), w(last), b({ bresp: 1 })] },
  { rule: 'AXI4 R: data came without a request', wave: [r(last)] },
  { rule: 'AXI4 R: data came without a request', wave: [ar(), r(last), r(last)] },
  { rule: 'AXI4 R: LAST came before the last beat', wave: [ar({ arlen: 1 }), r(last)] },
  { rule: 'AXI4 R: LAST is missing at the last beat', wave: [ar({ arlen: 1 }), r(), r()] },
  { rule: 'AXI4 R: RESP is EXOKAY without an exclusive access', wave: [ar(), r({ ...last, rresp: 1 })] },
  { rule: 'AXI4-Lite B: a response came without address and data', wave: [{ ...up, h_awvalid: 1, h_awready: 1 }, hostWrite[1]] },
  { rule: 'AXI4-Lite B: a response came without address and data', wave: [...hostWrite, hostWrite[1]] },
  { rule: 'AXI4-Lite R: data came without a request', wave: [...hostRead, hostRead[1]] },
  { rule: 'AXI4-Lite B: RESP is EXOKAY, which AXI4-Lite does not have', wave: [hostWrite[0], { ...hostWrite[1], h_bresp: 1 }] },
  { rule: 'AXI4-Lite R: RESP is EXOKAY, which AXI4-Lite does not have', wave: [hostRead[0], { ...hostRead[1], h_rresp: 1 }] },
  { rule: 'AXI4-Lite B: a write takes too long', wave: [hostWrite[0], ...Array.from({ length: 17 }, () => idle)] },
  { rule: 'AXI4-Lite B: a write takes too long', wave: Array.from({ length: 17 }, () => ({ ...up, h_awvalid: 1, h_wvalid: 1 })) },
  { rule: 'AXI4-Lite R: a read takes too long', wave: [hostRead[0], ...Array.from({ length: 17 }, () => idle)] },
];

describe.skipIf(!hasVerilator)('AXI checkers (needs Verilator)', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildVerilated({ name: 'checkers', what: 'the checkers', top: 'checker_bench', sources: checkerSources(), flags: [] });
  }, BUILD_TIMEOUT);

  const violations = (wave: readonly Cycle[]): readonly string[] => {
    const lines = [{ rst_n: 0 }, idle, ...wave, idle].map((cycle) =>
      Object.entries(cycle)
        .map(([pin, value]) => `${pin}=${value}`)
        .join(' '),
    );
    const output = execFileSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
    return [...new Set(output.split('\n').flatMap((l) => (l === '' ? [] : [l.slice(l.indexOf(' ') + 1)])))];
  };

  test.each(LEGAL.map((wave, i) => [i, wave] as const))('legal traffic %#', (_, wave) => {
    expect(violations(wave)).toEqual([]);
  });
  test.each(BROKEN.map((c, i) => [`${c.rule} (${i})`, c] as const))('%s', (_, { rule, wave }) => {
    expect(violations(wave)).toContain(rule);
  });
  test('every rule of the checkers has a case', () => {
    const rules = checkerSources().flatMap(({ path, text }) =>
      path.endsWith('.sv') ? [...text.matchAll(/"([A-Za-z][^"{}]{12,})"/g)].map((m) => m[1]) : [],
    );
    const covered = BROKEN.map((c) => c.rule);
    for (const rule of rules.filter((x) => x !== 'DPI-C'))
      expect(
        covered.some((c) => c.endsWith(rule)),
        rule,
      ).toBe(true);
    expect(rules.length).toBeGreaterThan(20);
  });
});
