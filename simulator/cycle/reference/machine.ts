import type { VtaConfig } from '#isa/config/config';
import { Entry, uopFields } from '../entry.js';
import { type Parameters, ROB_DEPTH, STORE_BURSTS, STORE_INSNS, beatsOf, burstEnd } from '../parameters.js';
import { COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT, NEXT, NOP, PREV, STORE_UNIT, type TimingInsn } from '../program.js';
import type { Recorder } from '../recorder.js';
import type { Values } from '../values.js';
import { PlainBuilder } from './chains.js';
import { PlainAlu, PlainGemm, PlainScanner } from './compute.js';
import { PlainFetch } from './fetch.js';
import { isClear } from './hazards.js';
import { PlainLoader } from './loader.js';
import { PlainRead, PlainWrite } from './memory.js';
import { PlainPromises } from './promises.js';
import { Register, RegisteredQueue } from './register.js';
import { isBurstClear } from './store.js';

/** Called for every retired instruction. */
export type OnRetire = (insn: TimingInsn, cycle: number, hash: number) => void;

const L2C = 0;
const C2L = 1;
const C2S = 2;
const S2C = 3;

interface Work {
  readonly insn: TimingInsn;
  readonly hash: number;
}

/**
 * The timing contract written cycle by cycle, as close to its words as possible and as slow: what the jumping machine is
 * checked against. Starts from empty token counters unless given.
 */
export class PlainMachine {
  private readonly read: PlainRead;
  private readonly write: PlainWrite;
  private readonly queues = [new RegisteredQueue<TimingInsn>(), new RegisteredQueue<TimingInsn>(), new RegisteredQueue<TimingInsn>()];
  private readonly tokens: Register<number>[];
  private readonly fetch: PlainFetch;
  private readonly loadUnit: PlainLoader<Work>;
  private readonly computeLoader: PlainLoader<Entry>;
  private readonly loadRetiring: { work: Work; at: number }[] = [];
  private readonly robCount = new Register(0);
  private readonly rob: Entry[] = [];
  private readonly scanned = new Set<Entry>();
  private readonly accepted = new Set<Entry>();
  private readonly scanner = new PlainScanner();
  private readonly gemm: PlainGemm;
  private readonly alu: PlainAlu;
  private readonly builder = new PlainBuilder();
  private readonly promises: PlainPromises;
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

  constructor(
    private readonly config: VtaConfig,
    private readonly p: Parameters,
    insns: readonly TimingInsn[],
    insnAddr: number,
    private readonly values: Values,
    private readonly onRetire: OnRetire,
    tokens: readonly number[] = [0, 0, 0, 0],
    private readonly recorder: Recorder | null = null,
  ) {
    this.read = new PlainRead(p, recorder);
    this.write = new PlainWrite(p, recorder);
    this.gemm = new PlainGemm(p, recorder);
    this.alu = new PlainAlu(p, recorder);
    this.tokens = tokens.map((n) => new Register(n));
    this.promises = new PlainPromises(this.tokens[C2L], this.tokens[C2S]);
    this.fetch = new PlainFetch(p, insns, insnAddr, this.read.clients[0], this.queues, recorder);
    this.computeLoader = new PlainLoader(p, this.read.clients[1], {
      insnOf: (e) => e.insn,
      clear: (e, t) => isClear(e, this.rob.slice(0, this.rob.indexOf(e)), t),
      conflict: (index, count, t) => this.conflict(index, count, t),
      stepped: (e, t) => recorder?.works(e.insn.index, t),
      finished: (e, t) => {
        e.doneAt = t + 1;
      },
    });
    this.loadUnit = new PlainLoader(p, this.read.clients[2], {
      insnOf: (w) => w.insn,
      clear: () => true,
      conflict: () => false,
      stepped: (w, t) => recorder?.works(w.insn.index, t),
      finished: (work, t) => this.loadRetiring.push({ work, at: t + 1 }),
    });
    this.left = insns.length;
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
    this.fetch.tick(t, granted === 0, this.fetchMayUse());
    this.tickLoad(t, granted === 2);
    this.tickCompute(t, granted === 1);
    this.tickStore(t);
    this.read.commit();
    this.write.commit();
    this.fetch.commit();
    this.loadUnit.commit();
    this.computeLoader.commit();
    this.gemm.commit();
    this.alu.commit();
    this.promises.commit();
    for (const q of this.queues) q.size.commit();
    for (const r of [...this.tokens, this.robCount, this.storeActive, this.completion.size]) r.commit();
  }

  private retire(insn: TimingInsn, t: number, hash: number): void {
    if (insn.unit === LOAD_UNIT && insn.pushes & NEXT) this.tokens[L2C].next++;
    if (insn.unit === STORE_UNIT && insn.pushes & PREV) this.tokens[S2C].next++;
    if (insn.isFinish) this.cycles = t;
    if (this.recorder !== null) this.recorder.insns.retired[insn.index] = t;
    this.left--;
    this.onRetire(insn, t, hash);
  }

  private take(unit: number, insn: TimingInsn, t: number): void {
    this.queues[unit].take();
    if (this.recorder !== null) this.recorder.insns.accepted[insn.index] = t;
  }

  /** timing.md, Fetch. */
  private fetchMayUse(): number {
    const supplied = [LOAD_UNIT, COMPUTE_UNIT].filter((unit) => this.queues[unit].size.now > 0).length;
    if (supplied === 0) return this.p.fetchBeats;
    return supplied === 2 && (this.loadUnit.works || this.robCount.now > 0) ? 0 : this.p.chunkBeats;
  }

  /** timing.md, Load unit. */
  private tickLoad(t: number, granted: boolean): void {
    const ready = this.loadRetiring[0];
    if (ready !== undefined && ready.at === t) {
      this.loadRetiring.shift();
      this.retire(ready.work.insn, t, ready.work.hash);
    }
    this.loadUnit.tick(t, granted);
    const insn = this.queues[LOAD_UNIT].head(t);
    if (insn === undefined || !this.loadUnit.canAccept || (insn.pops & NEXT && this.tokens[C2L].now === 0)) return;
    if (insn.pops & NEXT) this.tokens[C2L].next--;
    this.take(LOAD_UNIT, insn, t);
    this.loadUnit.accept({ insn, hash: this.values.execute(insn) }, t);
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
    const load = this.rob.find((e) => e.insn.kind === LOAD && !this.accepted.has(e));
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
    const at = this.rob.findIndex((e) => e.insn.kind === GEMM && !e.started);
    if (at < 0 || this.rob[at].visibleAt > t || !isClear(this.rob[at], this.rob.slice(0, at), t)) return;
    const entry = this.rob[at];
    if (!this.gemm.takes(entry, t)) return;
    entry.started = true;
    this.gemm.start(entry);
  }

  private conflict(index: number, count: number, t: number): boolean {
    for (let n = 0; n < count; n++) {
      const bank = this.p.bankOf[index + n];
      if (bank === this.alu.written || this.gemm.writesBank(bank, t)) return true;
    }
    return false;
  }

  private issue(t: number): void {
    const insn = this.queues[COMPUTE_UNIT].head(t);
    if (insn === undefined || this.robCount.now >= ROB_DEPTH) return;
    const [prev, next] = [insn.pops & PREV, insn.pops & NEXT];
    if ((prev && this.tokens[L2C].now === 0) || (next && this.tokens[S2C].now === 0)) return;
    if (prev) this.tokens[L2C].next--;
    if (next) this.tokens[S2C].next--;
    this.take(COMPUTE_UNIT, insn, t);
    this.robCount.next++;
    const entry = new Entry(insn);
    entry.hash = this.values.execute(insn);
    entry.issue(insn, t, this.values.state.uop, uopFields(this.config));
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
    const insn = this.queues[STORE_UNIT].head(t);
    if (insn === undefined || (insn.pops & PREV && this.tokens[C2S].now === 0)) return;
    if (insn.pops & PREV) this.tokens[C2S].next--;
    this.take(STORE_UNIT, insn, t);
    this.storeActive.next = { insn, hash: this.values.execute(insn) };
    this.storeRow = 0;
    this.storeAt = insn.address;
  }

  private storeCommand(work: Work, t: number): void {
    const { insn } = work;
    const room = this.completion.size.now < STORE_INSNS;
    if (insn.kind === NOP) {
      if (room) this.complete(work, t);
      return;
    }
    if (!this.write.awFree || this.write.waiting.now >= STORE_BURSTS) return;
    const rowEnd = insn.address + this.storeRow * insn.rowStride + insn.rowBytes;
    const to = burstEnd(this.storeAt, rowEnd, this.p.storeBurstBytes);
    const last = to === rowEnd && this.storeRow + 1 === insn.rows;
    if (last && !room) return;
    const rowStart = rowEnd - insn.rowBytes;
    const first = insn.sramBase + this.storeRow * insn.columns;
    const low = first + Math.floor((this.storeAt - rowStart) / insn.elementBytes);
    const high = first + Math.ceil((to - rowStart) / insn.elementBytes) - 1;
    if (!isBurstClear(low, high, this.rob, this.promises.guard.now, this.alu.newest.now, t)) return;
    this.write.put(insn.index, beatsOf(this.storeAt, to, this.p.beatBytes));
    this.storeBursts++;
    this.storeAt = to;
    if (to === rowEnd) this.storeAt = insn.address + ++this.storeRow * insn.rowStride;
    if (last) this.complete(work, t);
  }

  private complete(work: Work, t: number): void {
    this.completion.put({ work, bursts: this.storeBursts }, t);
    this.storeActive.next = null;
  }
}
