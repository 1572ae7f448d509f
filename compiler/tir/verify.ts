import { fail } from '#isa/diag/diagnostic';
import { tirMessages as M } from './messages.js';
import { type Index, largestOf, operatorsOf, printIndex, varsOf } from './index-expr.js';
import { beyond, TIR_LIMITS } from './limits.js';
import {
  type Access,
  type Annotations,
  accessesOf,
  type Buffer,
  type Func,
  type Scope,
  type Stmt,
  type Store,
  type Tensor,
} from './node.js';
import { disorder } from './pipeline.js';
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
  annotations: 'vthread is at least 1, copies too; a stage is a whole number',
  pipeline: 'statements that stages bring out of order touch different elements, or different places of a buffer, or only read',
} as const;

interface Env {
  readonly func: Func;
  /** Buffers in scope, and every name used so far. */
  readonly buffers: Map<string, Buffer>;
  readonly names: Set<string>;
  /** The loops around the current statement, outermost first. */
  readonly loops: LoopRange[];
  /** Statements around the current one. */
  depth: number;
}

/** Checks a function. @throws VtaError VTA2202 naming the rule, VTA2204 where it passes a limit */
export function verifyTir(func: Func): void {
  verifyForm(func);
  const wrong = disorder(func);
  if (wrong !== null)
    brokenRule(func, 'pipeline', wrong, 'change the stage of one of them, or give the buffer more places (double_buffer)');
}

/** All rules but `pipeline`, which unrolls the program. */
export function verifyForm(func: Func): void {
  const env: Env = { func, buffers: new Map(), names: new Set(), loops: [], depth: 0 };
  for (const b of func.params) {
    if (b.scope !== 'dram') broken(env, 'scopes', `the parameter ${b.name} is in ${b.scope}`, 'declare scratchpad buffers with alloc');
    declare(env, b);
  }
  check(func.body, env);
}

function brokenRule(func: Func, rule: keyof typeof TIR_RULES, detail: string, remedy: string): never {
  fail(M.VTA2202, { func: func.name, detail, rule: `${rule}: ${TIR_RULES[rule]}`, remedy });
}

function broken(env: Env, rule: keyof typeof TIR_RULES, detail: string, remedy: string): never {
  brokenRule(env.func, rule, detail, remedy);
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

function annotated(what: string, annot: Annotations, env: Env): void {
  const { vthread = 1, stage = 0 } = annot;
  if (!Number.isInteger(vthread) || vthread < 1) broken(env, 'annotations', `${what} has vthread=${vthread}`, 'give at least 1');
  if (!Number.isInteger(stage)) broken(env, 'annotations', `${what} has stage=${stage}`, 'give a whole number');
  if (Math.abs(stage) > TIR_LIMITS.stage.limit) beyond('stage', what, stage, 'use a smaller stage');
  if (vthread > TIR_LIMITS.copies.limit) beyond('copies', what, vthread, 'use fewer virtual threads');
}

function known(index: Index, env: Env): void {
  if (operatorsOf(index) > TIR_LIMITS.operators.limit)
    beyond('operators', 'an index', operatorsOf(index), 'split or fuse the loops fewer times');
  if (largestOf(index) > TIR_LIMITS.number.limit)
    beyond('number', `the index ${printIndex(index)}`, largestOf(index), 'use smaller extents and factors');
  for (const name of varsOf(index)) {
    if (!env.loops.some((l) => l.name === name)) {
      broken(env, 'known names', `the loop variable ${name} is not defined here`, 'use the name of a surrounding loop');
    }
  }
}

function check(s: Stmt, env: Env): void {
  if (env.depth > 2 * TIR_LIMITS.nesting.limit)
    beyond('nesting', 'the program', `more than ${TIR_LIMITS.nesting.limit}`, 'write it with less nesting');
  env.depth++;
  checkStmt(s, env);
  env.depth--;
}

function checkStmt(s: Stmt, env: Env): void {
  switch (s.kind) {
    case 'seq':
      for (const child of s.body) check(child, env);
      return;
    case 'block':
      annotated(`the block ${s.name}`, s.annot, env);
      check(s.body, env);
      return;
    case 'alloc': {
      if (!Number.isInteger(s.copies) || s.copies < 1)
        broken(env, 'annotations', `the buffer ${s.buffer.name} has ${s.copies} copies`, 'give at least one');
      if (s.copies > TIR_LIMITS.copies.limit) beyond('copies', `the buffer ${s.buffer.name}`, s.copies, 'use fewer copies');
      declare(env, s.buffer);
      check(s.body, env);
      env.buffers.delete(s.buffer.name);
      return;
    }
    case 'for': {
      if (env.loops.some((l) => l.name === s.name)) {
        broken(env, 'unique names', `the loop ${s.name} is inside another loop ${s.name}`, 'rename the inner one');
      }
      annotated(`the loop ${s.name}`, s.annot, env);
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
