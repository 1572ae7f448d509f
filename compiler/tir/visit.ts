import { type Index, subst } from './index-expr.js';
import type { Access, Buffer, Func, Stmt, Value } from './node.js';
import { seq } from './node.js';

/** Rebuilds a statement with `f` applied to its direct children. */
export function mapChildren(s: Stmt, f: (child: Stmt) => Stmt): Stmt {
  switch (s.kind) {
    case 'seq': {
      const body = s.body.map(f);
      return body.every((b, i) => b === s.body[i]) ? s : seq(body);
    }
    case 'for':
    case 'alloc':
    case 'block': {
      const body = f(s.body);
      return body === s.body ? s : { ...s, body };
    }
    default:
      return s;
  }
}

/** Rebuilds every access and loop extent of a statement. */
export function mapAccesses(s: Stmt, access: (a: Access) => Access, extent: (e: Index) => Index = (e) => e): Stmt {
  switch (s.kind) {
    case 'for':
      return { ...s, extent: extent(s.extent), body: mapAccesses(s.body, access, extent) };
    case 'seq':
    case 'alloc':
    case 'block':
      return mapChildren(s, (c) => mapAccesses(c, access, extent));
    case 'store':
      return { ...s, dst: access(s.dst), value: mapLoads(s.value, access) };
    case 'gemm':
      return { ...s, dst: access(s.dst), src: access(s.src), wgt: access(s.wgt) };
    case 'reset':
      return { ...s, dst: access(s.dst) };
    case 'alu':
      return { ...s, dst: access(s.dst), src: typeof s.src === 'number' ? s.src : access(s.src) };
    case 'dma':
      return { ...s, dst: access(s.dst), src: access(s.src) };
  }
}

export function mapLoads(value: Value, access: (a: Access) => Access): Value {
  switch (value.kind) {
    case 'const':
      return value;
    case 'load':
      return { kind: 'load', from: access(value.from) };
    case 'bin':
      return { ...value, a: mapLoads(value.a, access), b: mapLoads(value.b, access) };
    case 'rq':
      return { ...value, acc: mapLoads(value.acc, access), scale: mapLoads(value.scale, access) };
  }
}

/** Replaces loop variables in all indices and extents. */
export function substStmt(s: Stmt, env: (name: string) => Index | undefined): Stmt {
  const at = (e: Index) => subst(e, env);
  return mapAccesses(s, (a) => ({ buffer: a.buffer, index: a.index.map(at) }), at);
}

/** Calls `f` on `s` and everything below it, outer first, with the enclosing statements. */
export function walk(s: Stmt, f: (s: Stmt, parents: readonly Stmt[]) => void, parents: readonly Stmt[] = []): void {
  f(s, parents);
  const inside = [...parents, s];
  if (s.kind === 'seq') for (const child of s.body) walk(child, f, inside);
  else if (s.kind === 'for' || s.kind === 'alloc' || s.kind === 'block') walk(s.body, f, inside);
}

/** All buffers of a function by name: header and allocations. */
export function buffersOf(func: Func): Map<string, Buffer> {
  const out = new Map(func.params.map((b) => [b.name, b]));
  walk(func.body, (s) => {
    if (s.kind === 'alloc') out.set(s.buffer.name, s.buffer);
  });
  return out;
}
