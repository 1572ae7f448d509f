import { fail } from '#isa/diag/diagnostic';
import { kernelMessages as M } from '../kernel/messages.js';
import { type Index, printIndex, varsOf } from './index-expr.js';
import { type Access, accessesOf, type Buffer, type Func, type Scope, type Stmt, type Store, type Tensor } from './node.js';
import { printAccess, printStmt } from './print.js';
import { type LoopRange, lowerBound, upperBound } from './ranges.js';

/** The rules of well-formed TIR. The names appear in diagnostics. */
export const TIR_RULES = {
  'unique names': 'a buffer name is used once; a loop variable does not hide one that surrounds it',
  'known names': 'every buffer and loop variable is declared around its use',
  dimensions: 'a buffer has at least the two tile dimensions, all positive; an access has one index per dimension',
  'in bounds': 'every index stays inside its dimension for every value of the loops',
  scopes: 'gemm and alu work on acc, inp and wgt; dma moves between dram and a scratchpad; only dram buffers are parameters',
  extents: 'a loop never runs a negative number of times',
} as const;

interface Env {
  readonly func: Func;
  /** Buffers in scope, and every name used so far. */
  readonly buffers: Map<string, Buffer>;
  readonly names: Set<string>;
  /** The loops around the current statement, outermost first. */
  readonly loops: LoopRange[];
}

/** Checks a function. @throws VtaError VTA2202 naming the rule */
export function verifyTir(func: Func): void {
  const env: Env = { func, buffers: new Map(), names: new Set(), loops: [] };
  for (const b of func.params) {
    if (b.scope !== 'dram') broken(env, 'scopes', `the parameter ${b.name} is in ${b.scope}`, 'declare scratchpad buffers with alloc');
    declare(env, b);
  }
  check(func.body, env);
}

function broken(env: Env, rule: keyof typeof TIR_RULES, detail: string, remedy: string): never {
  fail(M.VTA2202, { func: env.func.name, detail, rule: `${rule}: ${TIR_RULES[rule]}`, remedy });
}

function declare(env: Env, b: Buffer): void {
  if (env.names.has(b.name)) broken(env, 'unique names', `there are two buffers named ${b.name}`, 'rename one of them');
  if (b.shape.length < 2 || b.shape.some((n) => !Number.isInteger(n) || n < 1)) {
    broken(
      env,
      'dimensions',
      `the buffer ${b.name} has the shape [${b.shape.join(', ')}]`,
      'give two tile dimensions at least, all positive',
    );
  }
  env.names.add(b.name);
  env.buffers.set(b.name, b);
}

function known(index: Index, env: Env): void {
  for (const name of varsOf(index)) {
    if (!env.loops.some((l) => l.name === name)) {
      broken(env, 'known names', `the loop variable ${name} is not defined here`, 'use the name of a surrounding loop');
    }
  }
}

function check(s: Stmt, env: Env): void {
  switch (s.kind) {
    case 'seq':
      for (const child of s.body) check(child, env);
      return;
    case 'block':
      check(s.body, env);
      return;
    case 'alloc': {
      if (s.copies < 1) broken(env, 'dimensions', `the buffer ${s.buffer.name} has ${s.copies} copies`, 'give at least one');
      declare(env, s.buffer);
      check(s.body, env);
      env.buffers.delete(s.buffer.name);
      return;
    }
    case 'for': {
      if (env.loops.some((l) => l.name === s.name)) {
        broken(env, 'unique names', `the loop ${s.name} is inside another loop ${s.name}`, 'rename the inner one');
      }
      known(s.extent, env);
      if (lowerBound(s.extent, env.loops) < 0)
        broken(env, 'extents', `the loop ${s.name} can run a negative number of times`, 'correct its extent');
      env.loops.push({ name: s.name, extent: s.extent });
      check(s.body, env);
      env.loops.pop();
      return;
    }
    default:
      checkLeaf(s, env);
  }
}

const PLACES: Readonly<Record<string, Readonly<Record<string, readonly Scope[]>>>> = {
  gemm: { dst: ['acc'], src: ['inp'], wgt: ['wgt'] },
  reset: { dst: ['acc'] },
  alu: { dst: ['acc'], src: ['acc'] },
};

function checkLeaf(s: Store | Tensor, env: Env): void {
  const { writes, reads } = accessesOf(s);
  const tile = s.kind === 'store' ? 0 : 2;
  for (const a of [...writes, ...reads]) checkAccess(a, tile, s, env);
  const scope = (a: Access) => (env.buffers.get(a.buffer) as Buffer).scope;
  if (s.kind === 'dma') {
    if ((scope(s.dst) === 'dram') === (scope(s.src) === 'dram')) {
      broken(
        env,
        'scopes',
        `"${printStmt(s).trim()}" copies from ${scope(s.src)} to ${scope(s.dst)}`,
        'copy between dram and a scratchpad',
      );
    }
    return;
  }
  for (const [field, allowed] of Object.entries(PLACES[s.kind] ?? {})) {
    const a = (s as unknown as Record<string, Access | number>)[field];
    if (typeof a !== 'number' && !allowed.includes(scope(a))) {
      broken(
        env,
        'scopes',
        `"${printStmt(s).trim()}": ${a.buffer} is in ${scope(a)}`,
        `${s.kind} needs it in ${allowed.join(' or ')} (set_scope, cache_read)`,
      );
    }
  }
}

function checkAccess(a: Access, tile: number, s: Stmt, env: Env): void {
  const buffer = env.buffers.get(a.buffer);
  if (buffer === undefined)
    broken(env, 'known names', `there is no buffer ${a.buffer} here`, 'declare it as a parameter or with alloc around its use');
  if (a.index.length !== buffer.shape.length - tile) {
    const want = buffer.shape.length - tile;
    broken(
      env,
      'dimensions',
      `${printAccess(a)} in "${printStmt(s).trim()}" has ${a.index.length} indices, not ${want}`,
      'give one index per dimension',
    );
  }
  a.index.forEach((index, d) => {
    known(index, env);
    const low = lowerBound(index, env.loops);
    const high = upperBound(index, env.loops);
    if (low >= 0 && high < buffer.shape[d]) return;
    const range = `${printIndex(index)} runs over ${low}..${high}, dimension ${d} of ${a.buffer} has ${buffer.shape[d]}`;
    broken(env, 'in bounds', `${printAccess(a)}: ${range}`, 'correct the index, the loop extents or the shape');
  });
}
