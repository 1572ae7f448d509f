import { PRIMITIVES, step } from '#compiler/schedule/schedule';
import type { Step } from '#compiler/schedule/primitive';
import type { Func, Stmt } from '#compiler/tir/node';
import type { Random } from '#fuzz/random';

/** What steps can name. */
interface Names {
  readonly blocks: readonly string[];
  readonly loops: readonly string[];
  readonly buffers: readonly string[];
}

function namesOf(func: Func): Names {
  const [blocks, loops]: string[][] = [[], []];
  const buffers = func.params.map((p) => p.name);
  const visit = (s: Stmt, block: string | null): void => {
    if (s.kind === 'seq') for (const part of s.body) visit(part, block);
    if (s.kind === 'block') blocks.push(s.name);
    if (s.kind === 'for') loops.push(block === null ? s.name : `${block}.${s.name}`);
    if (s.kind === 'alloc') buffers.push(s.buffer.name);
    if (s.kind === 'for' || s.kind === 'alloc' || s.kind === 'block') visit(s.body, s.kind === 'block' ? s.name : block);
  };
  visit(func.body, null);
  return { blocks, loops, buffers };
}

/** Any step that names things of the program; most of them are refused. */
export function anyStep(func: Func, r: Random): Step {
  const { blocks, loops, buffers } = namesOf(func);
  const block = () => (blocks.length === 0 ? 'none' : r.pick(blocks));
  const loop = () => (loops.length === 0 ? 'none' : r.pick(loops));
  const buffer = () => r.pick(buffers);
  const scope = () => r.pick(['acc', 'acc', 'inp', 'wgt', 'dram']);
  const place = () => r.pick([loop, block, () => 'root'])();
  const small = () => r.int(1, 4);
  const args: Readonly<Record<string, () => readonly (string | number)[]>> = {
    split: () => [loop(), small()],
    reorder: () => (r.chance(0.7) ? siblings(loops, loop(), r) : [loop(), loop()]),
    fuse: () => neighbours(loops, loop()),
    tile: () => [...neighbours(loops, loop()), small(), small()],
    compute_at: () => [block(), loop()],
    cache_read: () => [buffer(), scope(), place()],
    cache_write: () => [block()],
    set_scope: () => [buffer(), scope()],
    vthread: () => [loop(), small()],
    double_buffer: () => [buffer(), small()],
    annotate: () => [place(), 'stage', r.int(-1, 2)],
    tensorize: () => [block(), r.pick(['gemm', 'reset', 'alu', 'dma'])],
  };
  const name = r.pick([...PRIMITIVES.keys()]);
  return step(name, ...args[name]());
}

const blockOf = (loop: string): string => loop.split('.')[0];

/** Loops of one block in any order. */
function siblings(loops: readonly string[], loop: string, r: Random): readonly string[] {
  const all = loops.filter((l) => blockOf(l) === blockOf(loop));
  return all
    .map((l) => [r.int(0, 1 << 20), l] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, l]) => l)
    .slice(0, r.int(2, all.length + 1));
}

/** A loop and the one that follows it. */
function neighbours(loops: readonly string[], loop: string): readonly string[] {
  const at = loops.indexOf(loop);
  return [loop, loops[at + 1] ?? loop];
}

/** Steps that put what a program uses into scratchpads, as far as each is legal. */
export function intoScratchpads(func: Func): readonly Step[] {
  const { blocks, buffers } = namesOf(func);
  const scopes = [
    [blocks.includes('dot') ? 'x' : '', 'inp'],
    ['w', 'wgt'],
    ['p', 'acc'],
  ] as const;
  return [
    ...buffers.filter((b) => b.startsWith('a')).map((b) => step('set_scope', b, 'acc')),
    ...scopes.filter(([b]) => buffers.includes(b)).map(([b, scope]) => step('cache_read', b, scope, 'root')),
  ];
}

/** Steps that make instructions of blocks, as far as each is legal. */
export const intoInstructions = (func: Func): readonly Step[] =>
  namesOf(func).blocks.flatMap((b) => ['reset', 'gemm', 'alu', 'dma'].map((i) => step('tensorize', b, i)));
