import { coefOf, evaluate, type Index, int, isConst, varsOf } from './index-expr.js';
import { beyond, TIR_LIMITS } from './limits.js';
import { type Access, accessesOf, type Alloc, type For, type Func, isThreaded, type Stmt, seq, type Tensor } from './node.js';
import { upperBound } from './ranges.js';
import { mapAccesses, substStmt, walk } from './visit.js';

/**
 * Virtual threads to interleaved code: unrolls every loop that is not part of an instruction, gives the successive
 * entries of an allocation its copies in turn, and orders the statements of `vthread` loops as a software pipeline: what
 * iteration i of the innermost of them does at `stage` s comes at time i + s (0 where nothing is annotated), lower stages first.
 * The stages of one time work on different copies, so that units overlap.
 *
 *   for t in 0..2 [vthread=2] {                      alu mul a[0, 0], 0
 *     alloc a: .. @acc x2                            alu mul a[1, 0], 0
 *     block init [stage=-1] { alu mul a[0], 0 }  =>  gemm a[0, 0], ..
 *     gemm a[0], ..                                  dma out[0], a[0, 0]
 *     dma out[t], a[0]                               gemm a[1, 0], ..
 *   }                                                dma out[1], a[1, 0]
 *
 * Needs: tensorized statements. Gives: a straight list of perfect nests with constant extents around one tensor
 * statement each, inside allocations whose first dimension is the copy.
 */
export function injectVirtualThreads(func: Func): Func {
  const allocs: Alloc[] = [];
  walk(func.body, (s) => {
    if (s.kind === 'alloc') allocs.push(s);
  });
  const body = allocs.reduceRight<Stmt>(
    (inner, a) => {
      const buffer = { ...a.buffer, shape: [a.copies, ...a.buffer.shape] };
      return { kind: 'alloc', buffer, copies: 1, body: inner };
    },
    seq(issueOrder(func).map((i) => i.stmt)),
  );
  return { ...func, body };
}

/** A perfect nest around one statement, whose accesses begin with the copy of the buffer. */
export interface Issued {
  readonly stmt: Stmt;
  /** Its place in the order of the loops, and of the pipeline: first by time, then by stage. */
  readonly at: number;
  readonly time: number;
  readonly stage: number;
  /** The innermost block around it, or ''. */
  readonly block: string;
}

/** The nests of a function in the order in which they are issued. @throws VtaError VTA2204 where there are too many */
export function issueOrder(func: Func): readonly Issued[] {
  const run = new Unroller(func);
  run.walk(func.body);
  return run.out;
}

/** At most how many rounds of loops and nests unrolling gives; ragged loops count as if they were full. */
function operationsOf(s: Stmt, loops: readonly For[]): number {
  switch (s.kind) {
    case 'seq':
      return s.body.reduce((n, c) => n + operationsOf(c, loops), 0);
    case 'block':
    case 'alloc':
      return operationsOf(s.body, loops);
    case 'for':
      return isInstruction(s) ? 1 : Math.max(0, upperBound(s.extent, loops)) * (1 + operationsOf(s.body, [...loops, s]));
    default:
      return 1;
  }
}

class Unroller {
  readonly out: Issued[] = [];
  private readonly vars = new Map<string, Index>();
  private readonly entries = new Map<string, number>();
  private readonly copy = new Map<string, number>();
  /** Nests of the threaded loops being unrolled. */
  private due: Issued[] = [];
  private operations = 0;
  private at = 0;
  private iteration = 0;
  private threads = 0;
  private stage = 0;
  private block = '';

  constructor(private readonly func: Func) {}

  walk(s: Stmt): void {
    switch (s.kind) {
      case 'seq':
        for (const child of s.body) this.walk(child);
        return;
      case 'block': {
        const before = this.block;
        this.block = s.name;
        this.staged(s.annot.stage, () => this.walk(s.body));
        this.block = before;
        return;
      }
      case 'alloc': {
        const n = this.entries.get(s.buffer.name) ?? 0;
        this.entries.set(s.buffer.name, n + 1);
        this.copy.set(s.buffer.name, n % s.copies);
        this.walk(s.body);
        return;
      }
      case 'for':
        this.staged(s.annot.stage, () => (isInstruction(s) ? this.emit(s) : this.loop(s)));
        return;
      default:
        this.emit(s);
    }
  }

  private staged(stage: number | undefined, body: () => void): void {
    const before = this.stage;
    if (stage !== undefined && this.threads > 0) this.stage = stage;
    body();
    this.stage = before;
  }

  private loop(s: For): void {
    const threaded = isThreaded(s);
    const innermost = threaded && !containsThreads(s.body);
    if (threaded) this.threads++;
    const extent = this.extent(s);
    for (let i = 0; i < extent; i++) {
      this.count();
      this.vars.set(s.name, int(i));
      this.walk(s.body);
      if (innermost) this.iteration++;
    }
    this.vars.delete(s.name);
    if (threaded && --this.threads === 0) this.flush();
  }

  private count(): void {
    if (++this.operations <= TIR_LIMITS.operations.limit) return;
    const { name, body } = this.func;
    beyond(
      'operations',
      `the unrolled program ${name}`,
      operationsOf(body, []),
      'use fewer rounds, or larger tiles: loops around one tensor statement are not unrolled',
    );
  }

  private flush(): void {
    this.due.sort((a, b) => a.time - b.time || a.stage - b.stage || a.at - b.at);
    for (const d of this.due) this.out.push(d);
    this.due = [];
    this.iteration = 0;
  }

  private extent(s: For): number {
    return evaluate(s.extent, (name) => evaluate(this.vars.get(name) as Index, () => 0));
  }

  private emit(s: Stmt): void {
    this.count();
    const stmt = mapAccesses(
      substStmt(s, (name) => this.vars.get(name)),
      (a) => this.place(a),
    );
    const { stage, block } = this;
    const issued = { stmt, at: this.at++, time: this.iteration + stage, stage, block };
    if (this.threads === 0) this.out.push(issued);
    else this.due.push(issued);
  }

  private place(a: Access): Access {
    const copy = this.copy.get(a.buffer);
    return copy === undefined ? a : { buffer: a.buffer, index: [int(copy), ...a.index] };
  }
}

export const containsThreads = (s: Stmt): boolean => {
  let found = false;
  walk(s, (c) => {
    if (isThreaded(c)) found = true;
  });
  return found;
};

/** Is the loop a perfect nest around one tensor statement, with rectangular extents and affine indices? */
export function isInstruction(s: For): boolean {
  const names = new Set<string>();
  let at: Stmt = s;
  while (at.kind === 'for') {
    if (at !== s && at.annot.stage !== undefined) return false;
    if (isThreaded(at) || [...varsOf(at.extent)].some((n) => names.has(n))) return false;
    names.add(at.name);
    at = at.body;
  }
  if (at.kind === 'seq' || at.kind === 'alloc' || at.kind === 'block') return false;
  const { reads, writes } = accessesOf(at);
  return [...writes, ...reads].every((a) => a.index.every((i) => [...names].every((n) => coefOf(i, n) !== null)));
}

/** A perfect nest with constant extents around one tensor statement. */
export interface Nest {
  readonly loops: readonly { readonly name: string; readonly extent: number }[];
  readonly stmt: Tensor | Extract<Stmt, { kind: 'store' }>;
}

/** The nests of a function made by {@link injectVirtualThreads}, in issue order. */
export function nestsOf(func: Func): Nest[] {
  let at = func.body;
  while (at.kind === 'alloc') at = at.body;
  return (at.kind === 'seq' ? at.body : [at]).map((s) => {
    const loops: { name: string; extent: number }[] = [];
    let inner: Stmt = s;
    for (; inner.kind === 'for'; inner = inner.body) {
      if (!isConst(inner.extent)) throw new Error('internal error: an unrolled loop has a variable extent');
      loops.push({ name: inner.name, extent: inner.extent.constant });
    }
    if (inner.kind === 'seq' || inner.kind === 'alloc' || inner.kind === 'block')
      throw new Error('internal error: the program was not unrolled');
    return { loops, stmt: inner };
  });
}
