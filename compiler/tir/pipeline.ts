/** Software pipelines: whether stages bring statements out of an order that matters. */
import { bounds } from './index-expr.js';
import { beyond, TIR_LIMITS } from './limits.js';
import { type Access, accessesOf, type For, type Func, isThreaded, type Stmt } from './node.js';
import { printAccess } from './print.js';
import { type LoopRange, intervals } from './ranges.js';
import { containsThreads, type Issued, issueOrder } from './virtual-threads.js';
import { buffersOf, walk } from './visit.js';

/** One access of an issued nest: the box of tiles that it touches, one interval per dimension, the copy of the buffer first. */
interface Touch {
  readonly box: readonly (readonly [lo: number, hi: number])[];
  readonly write: boolean;
  readonly access: Access;
  readonly by: Issued;
}

/**
 * Why the pipeline of a function computes something else than its loops in their order, or null where it does not. Two
 * nests may change places when they touch different tiles, or only read. What is exact: which nests change places. What
 * is not: a nest counts as touching the whole box around what it touches.
 */
export function disorder(func: Func): string | null {
  if (!isStaged(func)) return null;
  const { tileRank, spread } = shapesOf(func);
  const touched = new Map<string, { latest: number; readonly list: Touch[] }>();
  let compared = 0;
  for (const by of issueOrder(func)) {
    for (const touch of touchesOf(by, tileRank)) {
      const before = touched.get(touch.access.buffer) ?? { latest: -1, list: [] };
      touched.set(touch.access.buffer, before);
      for (let i = before.list.length - 1; before.latest > by.at && i >= 0; i--) {
        const early = before.list[i];
        if (early.by.time < by.time - spread) break;
        if (++compared > TIR_LIMITS.pieces.limit) beyond('pieces', 'the check of the pipeline', compared, 'stage fewer statements');
        if (early.by.at > by.at && (early.write || touch.write) && meet(early, touch)) return describe(early, touch);
      }
      before.list.push(touch);
      before.latest = Math.max(before.latest, by.at);
    }
  }
  return null;
}

/** Does anything inside virtual threads have a stage? Without one the order is that of the loops. */
function isStaged(func: Func): boolean {
  let found = false;
  walk(func.body, (s, parents) => {
    if ((s.kind === 'for' || s.kind === 'block') && (s.annot.stage ?? 0) !== 0)
      found ||= [...parents, s].some(isThreaded) || containsThreads(s);
  });
  return found;
}

/** Dimensions of every buffer without the lanes of its tile (with the copy), and how far apart stages lie. */
function shapesOf(func: Func) {
  const tileRank = new Map([...buffersOf(func)].map(([name, b]) => [name, b.shape.length - 2]));
  const stages = [0];
  walk(func.body, (s) => {
    if (s.kind === 'alloc') tileRank.set(s.buffer.name, s.buffer.shape.length - 1);
    if (s.kind === 'for' || s.kind === 'block') stages.push(s.annot.stage ?? 0);
  });
  return { tileRank, spread: Math.max(...stages) - Math.min(...stages) };
}

function touchesOf(by: Issued, tileRank: ReadonlyMap<string, number>): Touch[] {
  const loops: LoopRange[] = [];
  let s: Stmt = by.stmt;
  for (; s.kind === 'for'; s = s.body) loops.push(s as For);
  if (s.kind === 'seq' || s.kind === 'alloc' || s.kind === 'block') throw new Error('internal error: a nest holds more than one statement');
  const range = intervals(loops);
  if (loops.some((l) => bounds(l.extent, range)[1] < 1)) return [];
  const touch = (write: boolean) => (access: Access) => ({
    box: access.index.slice(0, tileRank.get(access.buffer)).map((i) => bounds(i, range)),
    write,
    access,
    by,
  });
  const { writes, reads } = accessesOf(s);
  return [...writes.map(touch(true)), ...reads.map(touch(false))];
}

const meet = (a: Touch, b: Touch): boolean => a.box.every(([lo, hi], d) => lo <= b.box[d][1] && b.box[d][0] <= hi);

/** `early` comes first in the pipeline and last in the loops. */
function describe(early: Touch, late: Touch): string {
  const name = (t: Touch) => {
    const { block, stage } = t.by;
    return `${block === '' ? printAccess(t.access) : block} (stage ${stage})`;
  };
  const does = (t: Touch) => (t.write ? 'writes' : 'reads');
  return `${name(early)} ${does(early)} ${early.access.buffer} before ${name(late)} ${does(late)} the same place, and the loops say the opposite`;
}
