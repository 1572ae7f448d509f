import { printIndex } from './index-expr.js';
import type { Access, Annotations, Buffer, For, Func, RequantParams, Stmt, Value } from './node.js';

/** The text form of a function; `parseTir` reads it back. */
export function printTir(func: Func): string {
  const params = func.params.map(printBuffer).join(', ');
  return `func ${func.name}(${params}) {\n${printBody(func.body, '  ')}}\n`;
}

export function printStmt(s: Stmt, indent = ''): string {
  switch (s.kind) {
    case 'seq':
      return s.body.map((c) => printStmt(c, indent)).join('');
    case 'for':
      return printLoops(s, indent);
    case 'block':
      return `${indent}block ${s.name}${printAnnot(s.annot)} {\n${printBody(s.body, `${indent}  `)}${indent}}\n`;
    case 'alloc': {
      const copies = s.copies === 1 ? '' : ` x${s.copies}`;
      return `${indent}alloc ${printBuffer(s.buffer)}${copies}\n${printBody(s.body, indent)}`;
    }
    case 'store':
      return `${indent}${printAccess(s.dst)} = ${printValue(s.value)}\n`;
    case 'gemm':
      return `${indent}gemm ${printAccess(s.dst)}, ${printAccess(s.src)}, ${printAccess(s.wgt)}\n`;
    case 'reset':
      return `${indent}reset ${printAccess(s.dst)}\n`;
    case 'alu': {
      const src = typeof s.src === 'number' ? String(s.src) : printAccess(s.src);
      return `${indent}alu ${s.op.toLowerCase()} ${printAccess(s.dst)}, ${src}${s.rq === null ? '' : `, ${printRq(s.rq)}`}\n`;
    }
    case 'dma':
      return `${indent}dma ${printAccess(s.dst)}, ${printAccess(s.src)}\n`;
  }
}

/** Statements that follow an allocation need no braces unless the allocation is inside a sequence; see {@link printBody}. */
function printBody(s: Stmt, indent: string): string {
  if (s.kind !== 'seq') return printStmt(s, indent);
  // an allocation reaches to the end of its braces: one that ends earlier gets its own
  return s.body
    .map((c, i) =>
      c.kind === 'alloc' && i < s.body.length - 1 ? `${indent}{\n${printStmt(c, `${indent}  `)}${indent}}\n` : printStmt(c, indent),
    )
    .join('');
}

/** Perfectly nested plain loops share a line: `for y in 0..4, x in 0..8 {`. */
function printLoops(first: For, indent: string): string {
  const loops: For[] = [first];
  while (loops[loops.length - 1].body.kind === 'for') loops.push(loops[loops.length - 1].body as For);
  const heads = loops.map((l) => `${l.name} in 0..${printIndex(l.extent)}${printAnnot(l.annot)}`);
  return `${indent}for ${heads.join(', ')} {\n${printBody(loops[loops.length - 1].body, `${indent}  `)}${indent}}\n`;
}

function printAnnot(annot: Annotations): string {
  const entries = Object.entries(annot);
  return entries.length === 0 ? '' : ` [${entries.map(([k, n]) => `${k}=${n}`).join(', ')}]`;
}

function printBuffer(b: Buffer): string {
  return `${b.name}: ${b.dtype}[${b.shape.join(', ')}]${b.scope === 'dram' ? '' : ` @${b.scope}`}`;
}

export const printAccess = (a: Access): string => `${a.buffer}[${a.index.map(printIndex).join(', ')}]`;
const printRq = (p: RequantParams): string => `zp=${p.zeroPoint}, hi=${p.hi}, relu=${p.relu}`;

export function printValue(value: Value): string {
  switch (value.kind) {
    case 'const':
      return String(value.value);
    case 'load':
      return printAccess(value.from);
    case 'bin': {
      const symbol = { add: '+', mul: '*', shr: '>>', min: '', max: '' }[value.op];
      if (symbol === '') return `${value.op}(${printValue(value.a)}, ${printValue(value.b)})`;
      const side = (x: Value) =>
        x.kind === 'bin' && (x.op === 'add' || x.op === 'shr' || (x.op === 'mul' && symbol === '*')) ? `(${printValue(x)})` : printValue(x);
      return `${side(value.a)} ${symbol} ${side(value.b)}`;
    }
    case 'rq':
      return `rq(${printValue(value.acc)}, ${printValue(value.scale)}, ${printRq(value.params)})`;
  }
}
