import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { storeBurstBytes, TIMING } from '#isa/spec/timing';
import type { Unit } from '#isa/spec/tables';
import type { Decoded } from '../../values/decode.js';
import { type Banks, banksOf } from './banks.js';
import { countBeats, endOfBurst } from './bursts.js';
import { ChainBuilder } from './chains.js';
import { Alu, Gemm, Scanner } from './compute.js';
import { Entry } from './entry.js';
import { Fetch } from './fetch.js';
import { isClear } from './hazards.js';
import { type Block, type Insn, insnOf } from './insn.js';
import { Loader } from './loader.js';
import { ReadEngine, WriteEngine } from './memory.js';
import { Promises } from './promises.js';
import type { Recording } from './recording.js';
import { Register, RegisteredQueue } from './register.js';
import { isBurstClear } from './store.js';

/** What a launch gives the machine. */
export interface Launch {
  readonly config: VtaConfig;
  readonly memory: MemorySettings;
  readonly program: readonly Decoded[];
  /** Byte address of the program, a multiple of 16. */
  readonly insnAddr: number;
  /** Executes an instruction when its unit starts it, and returns its write hash. */
  readonly execute: (d: Decoded) => number;
  /** The micro-op buffer as the instructions executed so far left it. */
  readonly uop: () => Uint32Array;
  readonly onRetire: (insn: Insn, cycle: number, hash: number) => void;
  /** Token counters at launch: l2c, c2l, c2s, s2c. */
  readonly tokens: readonly number[];
  readonly recording: Recording | null;
}

const L2C = 0;
const C2L = 1;
const C2S = 2;
const S2C = 3;

/** Places of the clients among those of the read engine. */
const FETCH = 0;
const COMPUTE = 1;
const LOAD = 2;

interface Work {
  readonly insn: Insn;
  readonly hash: number;
}

/**
 * The timing contract written cycle by cycle, as close to its words as possible and as slow: what the event-driven machine is
 * checked against. It shares no rule with that machine, only the table of constants and the values of instructions.
 */
export class SteppedMachine {
  private readonly read: ReadEngine;
  private readonly write: WriteEngine;
  private readonly queues: Readonly<Record<Unit, RegisteredQueue<Insn>>> = {
    load: new RegisteredQueue<Insn>(),
    compute: new RegisteredQueue<Insn>(),
    store: new RegisteredQueue<Insn>(),
  };
  private readonly banks: Banks;
  private readonly beatBytes: number;
  private readonly tokens: Register<number>[];
  private readonly fetch: Fetch;
  private readonly loadUnit: Loader<Work>;
  private readonly computeLoader: Loader<Entry>;
  private readonly loadRetiring: { work: Work; at: number }[] = [];
  private readonly robCount = new Register(0);
  private readonly rob: Entry[] = [];
  private readonly scanned = new Set<Entry>();
  private readonly accepted = new Set<Entry>();
  private readonly scanner = new Scanner();
  private readonly gemm: Gemm;
  private readonly alu: Alu;
  private readonly builder = new ChainBuilder();
  private readonly promises: Promises;
  private readonly storeActive = new Register<Work | null>(null);
  private storeRow = 0;
  private storeAt = 0;
  private storeBursts = 0;
  private readonly completion = new RegisteredQueue<{ work: Work; bursts: number }>();
  private left: number;
  /** The cycle register. */
  cycles = -1;

  /** What the counters hold: l2c, c2l, c2s, s2c. */
  get tokensLeft(): readonly number[] {
    return this.tokens.map((n) => n.now);
  }

  constructor(private readonly launch: Launch) {
    const { config, memory, recording, insnAddr } = launch;
    const insns = launch.program.map(insnOf);
    this.beatBytes = memory.width / 8;
    this.banks = banksOf(config, this.beatBytes);
    this.read = new ReadEngine(memory, recording);
    this.write = new WriteEngine(memory, recording);
    this.gemm = new Gemm(this.banks, recording);
    this.alu = new Alu(this.banks, recording);
    this.tokens = launch.tokens.map((n) => new Register(n));
    this.promises = new Promises(this.tokens[C2L], this.tokens[C2S]);
    this.fetch = new Fetch(this.beatBytes, insns, insnAddr, this.read.clients[FETCH], this.queues, recording);
    this.computeLoader = this.makeComputeLoader();
    this.loadUnit = this.makeLoadUnit();
    this.left = insns.length;
  }

  private makeComputeLoader(): Loader<Entry> {
    return new Loader(this.beatBytes, this.read.clients[COMPUTE], {
      insnOf: (e) => e.insn,
      clear: (e, t) => isClear(e, this.rob.slice(0, this.rob.indexOf(e)), t),
      conflict: (index, count, t) => this.conflict(index, count, t),
      stepped: (e, t) => this.launch.recording?.step(e.insn.index, t),
      finished: (e, t) => {
        e.doneAt = t + 1;
      },
    });
  }

  private makeLoadUnit(): Loader<Work> {
    return new Loader(this.beatBytes, this.read.clients[LOAD], {
      insnOf: (w) => w.insn,
      clear: () => true,
      conflict: () => false,
      stepped: (w, t) => this.launch.recording?.step(w.insn.index, t),
      finished: (work, t) => this.loadRetiring.push({ work, at: t + 1 }),
    });
  }

  /** Runs until every instruction is retired; false if nothing retired for `patience` cycles. */
  run(patience: number): boolean {
    let lastLeft = this.left;
    let lastAt = 0;
    for (let t = 0; this.left > 0; t++) {
      this.tick(t);
      if (this.left < lastLeft) {
        lastLeft = this.left;
        lastAt = t;
      } else if (t - lastAt > patience) return false;
    }
    return true;
  }

  private tick(t: number): void {
    const granted = this.read.tick(t);
    this.write.tick(t);
    this.fetch.tick(t, granted === FETCH, this.fetchMayUse());
    this.tickLoad(t, granted === LOAD);
    this.tickCompute(t, granted === COMPUTE);
    this.tickStore(t);
    this.read.commit();
    this.write.commit();
    this.fetch.commit();
    this.loadUnit.commit();
    this.computeLoader.commit();
    this.gemm.commit();
    this.alu.commit();
    this.promises.commit();
    for (const q of Object.values(this.queues)) q.size.commit();
    for (const r of [...this.tokens, this.robCount, this.storeActive, this.completion.size]) r.commit();
  }

  private retire(insn: Insn, t: number, hash: number): void {
    if (insn.unit === 'load' && insn.pushesNext) this.tokens[L2C].next++;
    if (insn.unit === 'store' && insn.pushesPrev) this.tokens[S2C].next++;
    if (insn.isFinish) this.cycles = t;
    if (this.launch.recording !== null) this.launch.recording.insns.retired[insn.index] = t;
    this.left--;
    this.launch.onRetire(insn, t, hash);
  }

  private take(unit: Unit, insn: Insn, t: number): void {
    this.queues[unit].take();
    if (this.launch.recording !== null) this.launch.recording.insns.accepted[insn.index] = t;
  }

  /** timing.md, Fetch. */
  private fetchMayUse(): number {
    const loadHolds = this.queues.load.size.now > 0;
    const computeHolds = this.queues.compute.size.now > 0;
    if (!loadHolds && !computeHolds) return TIMING.FetchBytes / this.beatBytes;
    const underWay = this.loadUnit.works || this.robCount.now > 0;
    return loadHolds && computeHolds && underWay ? 0 : TIMING.FetchChunk / this.beatBytes;
  }

  /** timing.md, Load unit. */
  private tickLoad(t: number, granted: boolean): void {
    const ready = this.loadRetiring[0];
    if (ready !== undefined && ready.at === t) {
      this.loadRetiring.shift();
      this.retire(ready.work.insn, t, ready.work.hash);
    }
    this.loadUnit.tick(t, granted);
    const insn = this.queues.load.head(t);
    if (insn === undefined || !this.loadUnit.canAccept || (insn.popsNext && this.tokens[C2L].now === 0)) return;
    if (insn.popsNext) this.tokens[C2L].next--;
    this.take('load', insn, t);
    this.loadUnit.accept({ insn, hash: this.launch.execute(insn.decoded) }, t);
  }

  /** timing.md, Compute. */
  private tickCompute(t: number, granted: boolean): void {
    this.promises.tick(t);
    const head = this.rob[0];
    if (head !== undefined && head.visibleAt <= t && head.doneAt <= t && head.scannedAt <= t) {
      this.rob.shift();
      this.robCount.next--;
      this.scanned.delete(head);
      this.accepted.delete(head);
      this.retire(head.insn, t, head.hash);
    }
    this.scanner.tick(
      t,
      this.rob,
      (e) => !this.scanned.has(e),
      (e) => this.scanned.add(e),
    );
    const load = this.rob.find((e) => e.insn.kind === 'load' && !this.accepted.has(e));
    if (load !== undefined && load.visibleAt <= t && this.computeLoader.canAccept) {
      this.accepted.add(load);
      this.computeLoader.accept(load, t);
    }
    this.gemm.tick(t);
    const aluFree = this.alu.tick(t, this.gemm);
    this.startGemm(t);
    const chain = this.builder.tick(t, this.rob, aluFree);
    if (chain !== null) this.alu.start(chain);
    this.computeLoader.tick(t, granted);
    this.issue(t);
  }

  private startGemm(t: number): void {
    const at = this.rob.findIndex((e) => e.insn.kind === 'gemm' && !e.started);
    if (at < 0 || this.rob[at].visibleAt > t || !isClear(this.rob[at], this.rob.slice(0, at), t)) return;
    const entry = this.rob[at];
    if (!this.gemm.takes(entry, t)) return;
    entry.started = true;
    this.gemm.start(entry);
  }

  private conflict(index: number, count: number, t: number): boolean {
    for (let n = 0; n < count; n++) {
      const bank = this.banks.of[index + n];
      if (bank === this.alu.written || this.gemm.writesBank(bank, t)) return true;
    }
    return false;
  }

  private issue(t: number): void {
    const insn = this.queues.compute.head(t);
    if (insn === undefined || this.robCount.now >= TIMING.RobDepth) return;
    const { popsPrev: prev, popsNext: next } = insn;
    if ((prev && this.tokens[L2C].now === 0) || (next && this.tokens[S2C].now === 0)) return;
    if (prev) this.tokens[L2C].next--;
    if (next) this.tokens[S2C].next--;
    this.take('compute', insn, t);
    this.robCount.next++;
    const hash = this.launch.execute(insn.decoded);
    const entry = new Entry(insn, hash, t, this.launch.uop(), this.launch.config);
    this.rob.push(entry);
    this.promises.put(entry);
  }

  /** timing.md, Store. */
  private tickStore(t: number): void {
    const ready = this.completion.head(t);
    if (ready !== undefined && this.write.responded.now >= ready.bursts) {
      this.completion.take();
      this.retire(ready.work.insn, t, ready.work.hash);
    }
    if (this.storeActive.now !== null) {
      this.storeCommand(this.storeActive.now, t);
      return;
    }
    const insn = this.queues.store.head(t);
    if (insn === undefined || (insn.popsPrev && this.tokens[C2S].now === 0)) return;
    if (insn.popsPrev) this.tokens[C2S].next--;
    this.take('store', insn, t);
    this.storeActive.next = { insn, hash: this.launch.execute(insn.decoded) };
    this.storeRow = 0;
    this.storeAt = insn.block?.address ?? 0;
  }

  private storeCommand(work: Work, t: number): void {
    const { block, index } = work.insn;
    const room = this.completion.size.now < TIMING.StoreInsns;
    if (block === null) {
      if (room) this.complete(work, t);
      return;
    }
    if (!this.write.awFree || this.write.waiting.now >= TIMING.StoreBursts) return;
    const rowStart = block.address + this.storeRow * block.rowStride;
    const rowEnd = rowStart + block.columns * block.elementBytes;
    const to = endOfBurst(this.storeAt, rowEnd, storeBurstBytes(this.beatBytes));
    const last = to === rowEnd && this.storeRow + 1 === block.rows;
    if (last && !room) return;
    const [low, high] = this.elementsOfBurst(block, this.storeAt - rowStart, to - rowStart);
    if (!isBurstClear(low, high, this.rob, this.promises.guard.now, this.alu.newest.now, t)) return;
    this.write.put(index, countBeats(this.storeAt, to, this.beatBytes));
    this.storeBursts++;
    this.storeAt = to;
    if (to === rowEnd) this.storeAt = block.address + ++this.storeRow * block.rowStride;
    if (last) this.complete(work, t);
  }

  /** The first and the last accumulator that holds one of the bytes `[from, to)` of the row of a store. */
  private elementsOfBurst(block: Block, from: number, to: number): readonly [number, number] {
    const first = block.sramBase + this.storeRow * block.columns;
    return [first + Math.floor(from / block.elementBytes), first + Math.floor((to - 1) / block.elementBytes)];
  }

  private complete(work: Work, t: number): void {
    this.completion.put({ work, bursts: this.storeBursts }, t);
    this.storeActive.next = null;
  }
}
