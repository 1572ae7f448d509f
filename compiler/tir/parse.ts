import { nearest } from '#isa/diag/diagnostic';
import { ALU_OPS, type AluOp } from '#isa/spec/tables';
import * as ix from './index-expr.js';
import { failAt, lexTir, type Token, whereIs } from './lex.js';
import { beyond, TIR_LIMITS } from './limits.js';
import {
  ANNOTATIONS,
  type Access,
  type Annotations,
  type Buffer,
  DTYPES,
  type Func,
  forLoop,
  type RequantParams,
  SCOPES,
  type Stmt,
  seq,
  type Value,
  VALUE_OPS,
} from './node.js';

/** Reads the text form of a function. @throws VtaError VTA2201, and VTA2204 where it passes a limit, with the line and column */
export function parseTir(text: string, file = 'program.tir'): Func {
  return new Parser(text, file).func();
}

const FIRST_WORD = /^(?:\s|#[^\n]*\n|\/\/[^\n]*\n)*func\b/;
/** A comment in front of a program may be long. */
const HEAD_BYTES = 65536;

/** Does a file hold the text form of a function, well written or not? Decided by its first word. */
export const looksLikeTir = (bytes: Uint8Array): boolean => FIRST_WORD.test(new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)));

const STATEMENTS = ['for', 'block', 'alloc', 'gemm', 'reset', 'alu', 'dma'] as const;

class Parser {
  private readonly tokens: Token[];
  private at = 0;
  /** Braces, loops, allocations and parentheses around the current token, and operators of the current statement. */
  private depth = 0;
  private operators = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    this.tokens = lexTir(text, file);
  }

  func(): Func {
    this.word('func');
    const name = this.name('a function name');
    this.symbol('(');
    const params: Buffer[] = [];
    while (!this.accept(')')) {
      params.push(this.buffer());
      if (!this.accept(',') && this.peek().text !== ')') this.wrong('"," or ")"');
    }
    const body = this.braces();
    if (this.peek().kind !== 'end') this.wrong('the end of the text');
    return { name, params, body };
  }

  private braces(): Stmt {
    this.symbol('{');
    const body = this.inside(() => this.rest());
    this.symbol('}');
    return body;
  }

  /** Reads what is one level deeper: every reader, printer and pass recurses over the levels. */
  private inside<T>(read: () => T): T {
    if (++this.depth > TIR_LIMITS.nesting.limit)
      beyond('nesting', 'the program', `more than ${TIR_LIMITS.nesting.limit}`, 'write it with less nesting', this.here());
    const out = read();
    this.depth--;
    return out;
  }

  /** Takes an operator; a value of very many is as deep as a nest. */
  private operator(text: string): boolean {
    if (!this.accept(text)) return false;
    if (++this.operators > TIR_LIMITS.operators.limit)
      beyond('operators', 'the statement', `more than ${TIR_LIMITS.operators.limit}`, 'use several statements', this.here());
    return true;
  }

  private here() {
    return whereIs(this.text, this.file, this.peek());
  }

  /** Statements up to the closing brace; an allocation owns those that follow it. */
  private rest(): Stmt {
    const stmts: Stmt[] = [];
    while (this.peek().text !== '}') {
      if (this.peek().text === 'alloc') {
        this.next();
        const buffer = this.buffer();
        const copies = /^x(\d+)$/.exec(this.peek().text);
        if (copies !== null) this.next();
        stmts.push({ kind: 'alloc', buffer, copies: copies === null ? 1 : Number(copies[1]), body: this.inside(() => this.rest()) });
      } else stmts.push(this.stmt());
    }
    return seq(stmts);
  }

  private stmt(): Stmt {
    this.operators = 0;
    const t = this.peek();
    if (t.text === '{') return this.braces();
    if (t.kind !== 'name') this.wrong('a statement');
    const after = this.tokens[this.at + 1];
    if (after.text === '[') return this.store();
    switch (t.text) {
      case 'for':
        this.next();
        return this.loops();
      case 'block': {
        this.next();
        const name = this.name('a block name');
        const annot = this.annotations();
        return { kind: 'block', name, annot, body: this.braces() };
      }
      case 'gemm': {
        this.next();
        const [dst, src, wgt] = [this.access(), this.comma(), this.comma()];
        return { kind: 'gemm', dst, src, wgt };
      }
      case 'reset':
        this.next();
        return { kind: 'reset', dst: this.access() };
      case 'alu':
        this.next();
        return this.alu();
      case 'dma': {
        this.next();
        const [dst, src] = [this.access(), this.comma()];
        return { kind: 'dma', dst, src };
      }
      default: {
        const near = nearest(t.text, STATEMENTS);
        return failAt(this.text, this.file, t, `"${t.text}" begins no statement${near ? ` (did you mean ${near}?)` : ''}`);
      }
    }
  }

  private loops(): Stmt {
    const name = this.name('a loop variable');
    this.word('in');
    if (this.number() !== 0) this.wrong('a range that begins with 0');
    this.symbol('..');
    const extent = this.index();
    const annot = this.annotations();
    const body = this.accept(',') ? this.inside(() => this.loops()) : this.braces();
    return forLoop(name, extent, body, annot);
  }

  private annotations(): Annotations {
    const out: Record<string, number> = {};
    if (!this.accept('[')) return out;
    do {
      const key = ANNOTATIONS.find((k) => k === this.peek().text) ?? this.wrong(`an annotation (${ANNOTATIONS.join(', ')})`);
      this.next();
      this.symbol('=');
      out[key] = this.number();
    } while (this.accept(','));
    this.symbol(']');
    return out;
  }

  private alu(): Stmt {
    const t = this.next();
    const op = t.text.toUpperCase() as AluOp;
    if (!(op in ALU_OPS))
      failAt(this.text, this.file, t, `there is no ALU operation "${t.text}" (${Object.keys(ALU_OPS).join(', ').toLowerCase()})`);
    const dst = this.access();
    this.symbol(',');
    const src = this.peek().kind === 'name' ? this.access() : this.number();
    return { kind: 'alu', op, dst, src, rq: op === 'RQ' ? this.requant() : null };
  }

  private requant(): RequantParams {
    const read = (key: string) => {
      this.symbol(',');
      this.word(key);
      this.symbol('=');
      return this.number();
    };
    return { zeroPoint: read('zp'), hi: read('hi'), relu: read('relu') === 0 ? 0 : 1 };
  }

  private store(): Stmt {
    const dst = this.access();
    this.symbol('=');
    return { kind: 'store', dst, value: this.value() };
  }

  private value(): Value {
    let a = this.product();
    for (;;) {
      if (this.operator('+')) a = { kind: 'bin', op: 'add', a, b: this.product() };
      else if (this.operator('>>')) a = { kind: 'bin', op: 'shr', a, b: this.product() };
      else return a;
    }
  }

  private product(): Value {
    let a = this.primary();
    while (this.operator('*')) a = { kind: 'bin', op: 'mul', a, b: this.primary() };
    return a;
  }

  private primary(): Value {
    const t = this.peek();
    if (t.kind === 'number' || t.text === '-') return { kind: 'const', value: this.number() };
    if (this.accept('(')) {
      const inner = this.inside(() => this.value());
      this.symbol(')');
      return inner;
    }
    if (t.kind === 'name' && this.tokens[this.at + 1].text === '(') {
      this.next();
      this.symbol('(');
      const a = this.inside(() => this.value());
      this.symbol(',');
      const b = this.inside(() => this.value());
      const op = VALUE_OPS.find((o) => o === t.text);
      const out: Value | null =
        op !== undefined ? { kind: 'bin', op, a, b } : t.text === 'rq' ? { kind: 'rq', acc: a, scale: b, params: this.requant() } : null;
      if (out === null) failAt(this.text, this.file, t, `there is no function "${t.text}" (${VALUE_OPS.join(', ')}, rq)`);
      this.symbol(')');
      return out;
    }
    return { kind: 'load', from: this.access() };
  }

  private comma(): Access {
    this.symbol(',');
    return this.access();
  }

  private access(): Access {
    const buffer = this.name('a buffer');
    const index: ix.Index[] = [];
    this.symbol('[');
    while (!this.accept(']')) {
      index.push(this.index());
      if (!this.accept(',') && this.peek().text !== ']') this.wrong('"," or "]"');
    }
    return { buffer, index };
  }

  private buffer(): Buffer {
    const name = this.name('a buffer name');
    this.symbol(':');
    const dtype = DTYPES.find((d) => d === this.peek().text) ?? this.wrong(`a type (${DTYPES.join(', ')})`);
    this.next();
    this.symbol('[');
    const shape: number[] = [];
    do shape.push(this.number());
    while (this.accept(','));
    this.symbol(']');
    if (!this.accept('@')) return { name, dtype, shape, scope: 'dram' };
    const scope = SCOPES.find((s) => s === this.peek().text) ?? this.wrong(`a memory (${SCOPES.join(', ')})`);
    this.next();
    return { name, dtype, shape, scope };
  }

  private index(): ix.Index {
    let a = this.accept('-') ? ix.scale(this.indexProduct(), -1) : this.indexProduct();
    for (;;) {
      if (this.operator('+')) a = ix.add(a, this.indexProduct());
      else if (this.operator('-')) a = ix.sub(a, this.indexProduct());
      else return a;
    }
  }

  private indexProduct(): ix.Index {
    let a = this.indexPrimary();
    for (;;) {
      const t = this.peek();
      if (this.operator('*')) {
        const b = this.indexPrimary();
        if (!ix.isConst(a) && !ix.isConst(b))
          failAt(this.text, this.file, t, 'an index is linear: one factor of a product must be a constant');
        a = ix.isConst(a) ? ix.scale(b, a.constant) : ix.scale(a, b.constant);
      } else if (this.operator('/')) a = ix.div(a, this.divisor());
      else if (this.operator('%')) a = ix.mod(a, this.divisor());
      else return a;
    }
  }

  private divisor(): number {
    const t = this.peek();
    const n = this.number();
    if (n < 1) failAt(this.text, this.file, t, 'an index is divided by a positive constant');
    return n;
  }

  private indexPrimary(): ix.Index {
    const t = this.peek();
    if (t.kind === 'number') return ix.int(this.number());
    if (this.accept('(')) {
      const inner = this.inside(() => this.index());
      this.symbol(')');
      return inner;
    }
    const name = this.name('an index');
    if (name !== 'min' || !this.accept('(')) return ix.v(name);
    const a = this.inside(() => this.index());
    this.symbol(',');
    const b = this.inside(() => this.index());
    this.symbol(')');
    return ix.min(a, b);
  }

  private number(): number {
    const negative = this.accept('-');
    const t = this.next();
    if (t.kind !== 'number') failAt(this.text, this.file, t, `expected a number, found "${t.text}"`);
    const n = negative ? -Number(t.text) : Number(t.text);
    if (n > TIR_LIMITS.number.limit || n < -TIR_LIMITS.number.limit - 1)
      beyond('number', 'the text', negative ? `-${t.text}` : t.text, 'use a smaller number', whereIs(this.text, this.file, t));
    return n;
  }

  private name(what: string): string {
    const t = this.next();
    if (t.kind !== 'name') failAt(this.text, this.file, t, `expected ${what}, found "${t.text}"`);
    return t.text;
  }

  private word(text: string): void {
    const t = this.next();
    if (t.text !== text) failAt(this.text, this.file, t, `expected "${text}", found "${t.text}"`);
  }

  private symbol(text: string): void {
    this.word(text);
  }

  private accept(text: string): boolean {
    if (this.peek().text !== text) return false;
    this.at++;
    return true;
  }

  private peek(): Token {
    return this.tokens[this.at];
  }

  private next(): Token {
    return this.tokens[Math.min(this.at++, this.tokens.length - 1)];
  }

  private wrong(expected: string): never {
    return failAt(this.text, this.file, this.peek(), `expected ${expected}, found "${this.peek().text}"`);
  }
}
