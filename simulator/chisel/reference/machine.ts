import type { Decoded, DecodedLoad } from '../../values/decode.js';
import { MAX_TOKENS, QUEUE_DEPTH } from '../parameters.js';
import type { ChiselInsn } from '../program.js';
import { SteppedFetch } from './fetch.js';
import { SteppedLoader } from './loader.js';
import { SteppedReadEngine } from './memory.js';
import { SteppedPipeline } from './pipeline.js';
import { SteppedStore } from './store.js';

/** Read clients, in order of priority. */
const CLIENTS = ['fetch', 'UOP', 'INP', 'WGT', 'ACC'] as const;

class SteppedUnit {
  state: 'idle' | 'sync' | 'work' = 'idle';
  readonly queue: number[] = [];
}

/**
 * The original core, cycle by cycle, register by register: slow, and for tests. It shares nothing with {@link Machine} but constants, and is what that one's jumps
 * are compared with where no measurement of the original exists.
 */
export class SteppedMachine {
  /** In cycle 0 only the edge of the launch bit is seen. */
  cycle = 1;
  readonly started: number[] = [];
  readonly retired: number[] = [];
  private readonly units = [new SteppedUnit(), new SteppedUnit(), new SteppedUnit()];
  private readonly fetch: SteppedFetch;
  private readonly read: SteppedReadEngine;
  private readonly loaders: Readonly<Record<string, SteppedLoader>> = {
    UOP: new SteppedLoader(false),
    INP: new SteppedLoader(true),
    WGT: new SteppedLoader(true),
    ACC: new SteppedLoader(true),
  };
  private readonly store = new SteppedStore();
  private readonly pipeline = new SteppedPipeline();
  private left: number;

  constructor(
    latency: number,
    private readonly insns: readonly ChiselInsn[],
    private readonly tokens: number[],
  ) {
    this.fetch = new SteppedFetch(insns.length);
    this.read = new SteppedReadEngine(latency, CLIENTS.length);
    this.left = insns.length;
  }

  /** Runs until every instruction has retired, or to the limit. @returns whether all have */
  run(limit: number): boolean {
    while (this.left > 0) {
      if (this.cycle === limit) return false;
      this.step();
      this.cycle++;
    }
    return true;
  }

  private isDone(d: Decoded): boolean {
    if (d.kind === 'load') return this.loaders[d.memory].isDone;
    if (d.kind === 'gemm' || d.kind === 'alu') return this.pipeline.isDone;
    return d.kind === 'store' ? this.store.isDone : true;
  }

  private step(): void {
    const starts: Decoded[] = [];
    const pops: number[] = [];
    const pushes: number[] = [];
    const leaves: SteppedUnit[] = [];
    for (const unit of this.units) {
      if (unit.queue.length === 0) continue;
      const { decoded: d, pops: needs, pushes: gives } = this.insns[unit.queue[0]];
      if (unit.state === 'idle' && needs.every((c) => this.tokens[c] > 0)) {
        starts.push(d);
        pops.push(...needs);
        this.started[d.index] = this.cycle;
        unit.state = d.kind === 'nop' ? 'sync' : 'work';
      } else if (unit.state === 'sync' || (unit.state === 'work' && this.isDone(d))) {
        pushes.push(...gives);
        this.retired[d.index] = this.cycle;
        unit.state = 'idle';
        this.left--;
        leaves.push(unit);
      }
    }
    const offered = this.fetch.offers;
    const to = offered < 0 ? null : this.units[this.insns[offered].unit];
    const isTaken = to !== null && to.queue.length < QUEUE_DEPTH;
    this.stepParts(starts, isTaken);
    for (const unit of leaves) unit.queue.shift();
    if (isTaken) to.queue.push(offered);
    for (const c of pops) this.tokens[c]--;
    for (const c of pushes) this.tokens[c] = Math.min(MAX_TOKENS, this.tokens[c] + 1);
  }

  private stepParts(starts: readonly Decoded[], isTaken: boolean): void {
    const { read, fetch, loaders } = this;
    const free = [...read.isFree];
    const data = read.dataFor;
    const put = CLIENTS.map((name, c) => (free[c] ? (name === 'fetch' ? fetch.wants : loaders[name].wants) : 0));
    read.step(put);
    fetch.step(free[0], data === 0, isTaken);
    CLIENTS.forEach((name, c) => {
      const start = starts.find((d) => d.kind === 'load' && d.memory === name) as DecodedLoad | undefined;
      if (name !== 'fetch') loaders[name].step(start ?? null, data === c, free[c]);
    });
    this.store.step(starts.find((d) => d.kind === 'store') ?? null);
    this.pipeline.step(starts.find((d) => d.kind === 'gemm' || d.kind === 'alu') ?? null);
  }
}
