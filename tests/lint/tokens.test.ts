import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { INSN_BYTES } from '#isa/codec/codec';
import { type TokenChannel, UNITS } from '#isa/spec/tables';
import { playTokens, queueStall } from '#analysis/program/token-play';
import { decodeSlots, type Slot } from '#analysis/lint/decode';
import { noTokens } from '#simulator/values/tokens';
import { readVector } from '../../cli/io/vectors.js';

const shared = new URL('../../../shared/conformance/', import.meta.url);

/** What the makers of the golden vectors computed about tokens, with their own analysis. */
interface TokenFacts {
  readonly peak_bound: Readonly<Record<string, number>>;
  readonly min_insn_queue_depth: number;
  readonly concurrent_pairs: number;
}

const NAMES: Readonly<Record<string, TokenChannel>> = { l2g: 'l2c', g2l: 'c2l', g2s: 'c2s', s2g: 's2c' };

/** Does an instruction nothing but handle tokens? */
const isIdle = ({ decoded: d }: Slot): boolean =>
  d === null || d.kind === 'nop' || d.kind === 'finish' || ((d.kind === 'gemm' || d.kind === 'alu') && d.steps === 0);

/** Pairs of instructions of different units that work and that no tokens order. */
function concurrentPairs(slots: readonly Slot[]): number {
  const { clocks, position } = playTokens(
    slots.map((s) => s.user),
    noTokens(),
  );
  const unit = slots.map((s) => UNITS.indexOf(s.user.unit));
  const before = (a: number, b: number) => clocks[b]![unit[a]] > position[a];
  const working = [...slots.keys()].filter((i) => !isIdle(slots[i]));
  let pairs = 0;
  for (const a of working) for (const b of working) if (a < b && unit[a] !== unit[b] && !before(a, b) && !before(b, a)) pairs++;
  return pairs;
}

describe.skipIf(!existsSync(shared))('tokens of golden vectors (needs ../shared)', () => {
  test.each(['public', 'standalone', 'official_testlib'])('%s: peaks, queue depths and concurrent pairs', (folder) => {
    for (const name of readdirSync(new URL(folder, shared))) {
      const dir = new URL(`${folder}/${name}`, shared).pathname;
      if (!existsSync(`${dir}/vector.json`)) continue;
      const { tokens } = JSON.parse(readFileSync(`${dir}/vector.json`, 'utf8')) as { readonly tokens: TokenFacts };
      const { dramIn, insnAddr, insnCount, config } = readVector(dir);
      const slots = decodeSlots(dramIn.slice(insnAddr, insnAddr + insnCount * INSN_BYTES), config, dramIn.length);
      const users = slots.map((s) => s.user);
      const { peak, waiting } = playTokens(users, noTokens());
      expect(waiting, name).toEqual([]);
      expect(Object.fromEntries(Object.entries(NAMES).map(([theirs, ours]) => [theirs, peak[ours]])), name).toEqual(tokens.peak_bound);
      const depth = tokens.min_insn_queue_depth;
      expect(queueStall(users, noTokens(), depth), name).toBeNull();
      if (depth > 1) expect(queueStall(users, noTokens(), depth - 1), name).not.toBeNull();
      expect(concurrentPairs(slots), name).toBe(tokens.concurrent_pairs);
    }
  });
});
