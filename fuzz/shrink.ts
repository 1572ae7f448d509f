import { DEFAULT_MEMORY } from '#isa/arch/memory';
import type { Insn } from '#isa/spec/instructions';
import type { FuzzCase } from './case.js';
import {
  decodeBytes,
  type Place,
  replaceInsn,
  type Streams,
  streamsOf,
  tokensOf,
  withoutInsns,
  withoutTokens,
  withStreams,
  withSyncs,
} from './edit.js';

/** Does a changed case still show what the first one showed? It also says no where the change made another case of it. */
export type StillFails = (c: FuzzCase) => Promise<boolean>;

/** A case that fails, made smaller step by step. */
class Shrinker {
  tried = 0;

  constructor(
    public best: FuzzCase,
    private readonly fails: StillFails,
    private readonly limit: number,
  ) {}

  /** Keeps a smaller case if it still fails. */
  async attempt(c: FuzzCase): Promise<boolean> {
    if (this.tried >= this.limit) return false;
    this.tried++;
    if (!(await this.fails(c))) return false;
    this.best = c;
    return true;
  }

  attemptStreams(change: (s: Streams) => Streams): Promise<boolean> {
    return this.attempt(withStreams(this.best, change(streamsOf(this.best))));
  }

  get exhausted(): boolean {
    return this.tried >= this.limit;
  }
}

const placesOf = (c: FuzzCase): Place[] =>
  c.launches.flatMap(({ insnCount }, launch) => Array.from({ length: insnCount }, (_, insn) => ({ launch, insn })));

/** Takes away instructions, many at once first; those that cannot go but need not work become synchronisations. */
async function dropInsns(s: Shrinker): Promise<boolean> {
  let any = false;
  const isSync = (c: FuzzCase, { launch, insn }: Place) => {
    const i = decodeBytes(c, streamsOf(c)[launch][insn]);
    return i === null || i.op === 'FINISH' || ((i.op === 'LOAD' || i.op === 'STORE') && i.x_size === 0);
  };
  for (let size = Math.ceil(placesOf(s.best).length / 2); size >= 1 && !s.exhausted; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = placesOf(s.best).length - size; at > -size && !s.exhausted; at -= size) {
      const chunk = placesOf(s.best).slice(Math.max(0, at), at + size);
      const { best } = s;
      const working = chunk.filter((p) => !isSync(best, p));
      const gone = await s.attemptStreams((x) => withoutInsns(best, x, chunk));
      any = gone || (working.length > 0 && (await s.attemptStreams((x) => withSyncs(best, x, working)))) || any;
    }
  }
  return any;
}

async function dropTokens(s: Shrinker): Promise<boolean> {
  let any = false;
  for (let at = tokensOf(s.best, streamsOf(s.best)).length - 1; at >= 0 && !s.exhausted; at--) {
    const token = tokensOf(s.best, streamsOf(s.best))[at];
    if (token !== undefined) any = (await s.attemptStreams((x) => withoutTokens(x, [token]))) || any;
  }
  return any;
}

/** Smaller values of each field, the smallest first. */
const SIMPLER: Readonly<Record<string, (v: number) => readonly number[]>> = Object.fromEntries([
  ...['y_pad_0', 'y_pad_1', 'x_pad_0', 'x_pad_1', 'sram_base', 'uop_bgn', 'imm', 'reset_reg', 'alu_opcode'].map((f) => [
    f,
    (v: number) => (v === 0 ? [] : [0]),
  ]),
  ...['dst', 'src', 'wgt']
    .flatMap((o) => [`${o}_factor_out`, `${o}_factor_in`])
    .map((f) => [f, (v: number) => (v === 0 ? [] : [0, 1].filter((x) => x < v))]),
  ...['x_size', 'y_size', 'iter_out', 'iter_in', 'uop_end'].map((f) => [
    f,
    (v: number) => [1, v >> 1, v - 1].filter((x) => x >= 1 && x < v),
  ]),
]);

async function simplifyFields(s: Shrinker): Promise<boolean> {
  let any = false;
  for (const place of placesOf(s.best)) {
    for (const field of Object.keys(SIMPLER)) {
      const insn = decodeBytes(s.best, streamsOf(s.best)[place.launch][place.insn]) as Record<string, number> | null;
      if (insn === null || !(field in insn) || s.exhausted) continue;
      for (const value of SIMPLER[field](insn[field])) {
        const { best } = s;
        if (await s.attemptStreams((x) => replaceInsn(best, x, place, { ...insn, [field]: value } as unknown as Insn))) {
          any = true;
          break;
        }
      }
    }
  }
  return any;
}

/** Clears data (not instructions) by halves; an area that matters is halved again. */
async function zeroData(s: Shrinker): Promise<void> {
  const end = Math.min(...s.best.launches.map((l) => l.insnAddr));
  const clear = async (from: number, to: number, depth: number): Promise<void> => {
    if (s.exhausted || s.best.dram.subarray(from, to).every((b) => b === 0)) return;
    const dram = s.best.dram.slice();
    dram.fill(0, from, to);
    if ((await s.attempt({ ...s.best, dram })) || depth === 0) return;
    const middle = (from + to) >> 1;
    await clear(from, middle, depth - 1);
    await clear(middle, to, depth - 1);
  };
  await clear(0, end, 7);
}

async function simplifyMemory(s: Shrinker): Promise<void> {
  const plain = { ...DEFAULT_MEMORY, width: s.best.memory.width };
  if (await s.attempt({ ...s.best, memory: plain })) return;
  for (const key of ['stall', 'interval', 'latency'] as const)
    await s.attempt({ ...s.best, memory: { ...s.best.memory, [key]: plain[key] } });
}

/**
 * Makes a failing case smaller: fewer instructions (tokens are taken away in pairs), smaller extents, zeros for data, plain
 * memory settings, until nothing of that is possible any more or `limit` cases were tried.
 */
export async function shrink(c: FuzzCase, fails: StillFails, limit = 1500): Promise<FuzzCase> {
  const s = new Shrinker(c, fails, limit);
  await simplifyMemory(s);
  for (let again = true; again && !s.exhausted; ) {
    const dropped = await dropInsns(s);
    const untied = await dropTokens(s);
    const simpler = await simplifyFields(s);
    again = dropped || untied || simpler;
  }
  await zeroData(s);
  return s.best;
}
