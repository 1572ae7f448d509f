import { coefOf, evaluate, type Index, int, isConst, varsOf } from '../tir/index-expr.js';
import { type Access, accessesOf, type Alloc, type For, type Func, type Stmt, seq, type Tensor } from '../tir/node.js';
import { mapAccesses, substStmt, walk } from '../tir/visit.js';

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
  const run = new Unroller();
  run.walk(func.body);
  const allocs: Alloc[] = [];
  walk(func.body, (s) => {
    if (s.kind === 'alloc') allocs.push(s);
  });
  const body = allocs.reduceRight<Stmt>((inner, a) => {
    const buffer = { ...a.buffer, shape: [a.copies, ...a.buffer.shape] };
    return { kind: 'alloc', buffer, copies: 1, body: inner };
  }, seq(run.out));
  return { ...func, body };
}

class Unroller {
  readonly out: Stmt[] = [];
  private readonly vars = new Map<string, Index>();
  private readonly entries = new Map<string, number>();
  private readonly copy = new Map<string, number>();
  /** Statements of the threaded loops being unrolled, with the time at which they are due. */
  private due: { readonly time: number; readonly stage: number; readonly stmt: Stmt }[] = [];
  private iteration = 0;
  private threads = 0;
  private stage = 0;

  walk(s: Stmt): void {
    switch (s.kind) {
      case 'seq':
        for (const child of s.body) this.walk(child);
        return;
      case 'block':
        this.staged(s.annot.stage, () => this.walk(s.body));
        return;
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
    const threaded = (s.annot.vthread ?? 1) > 1;
    const innermost = threaded && !containsThreads(s.body);
    if (threaded) this.threads++;
    const extent = this.extent(s);
    for (let i = 0; i < extent; i++) {
      this.vars.set(s.name, int(i));
      this.walk(s.body);
      if (innermost) this.iteration++;
    }
    this.vars.delete(s.name);
    if (threaded && --this.threads === 0) this.flush();
  }

  private flush(): void {
    this.due.sort((a, b) => a.time - b.time || a.stage - b.stage);
    for (const d of this.due) this.out.push(d.stmt);
    this.due = [];
    this.iteration = 0;
  }

  private extent(s: For): number {
    return evaluate(s.extent, (name) => evaluate(this.vars.get(name) as Index, () => 0));
  }

  private emit(s: Stmt): void {
    const placed = mapAccesses(
      substStmt(s, (name) => this.vars.get(name)),
      (a) => this.place(a),
    );
    if (this.threads === 0) this.out.push(placed);
    else this.due.push({ time: this.iteration + this.stage, stage: this.stage, stmt: placed });
  }

  private place(a: Access): Access {
    const copy = this.copy.get(a.buffer);
    return copy === undefined ? a : { buffer: a.buffer, index: [int(copy), ...a.index] };
  }
}

const containsThreads = (s: Stmt): boolean => {
  let found = false;
  walk(s, (c) => {
    if (c.kind === 'for' && (c.annot.vthread ?? 1) > 1) found = true;
  });
  return found;
};

/** Is the loop a perfect nest around one tensor statement, with rectangular extents and affine indices? */
export function isInstruction(s: For): boolean {
  const names = new Set<string>();
  let at: Stmt = s;
  while (at.kind === 'for') {
    if ((at.annot.vthread ?? 1) > 1 || [...varsOf(at.extent)].some((n) => names.has(n))) return false;
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
