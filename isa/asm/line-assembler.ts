import { encodeUop, fieldRange, insn as makeInsn } from '../codec/codec.js';
import { layoutOf, type PlacedField } from '../codec/layout.js';
import { reservedMask } from '../codec/segments.js';
import type { VtaConfig } from '../config/config.js';
import { type Diagnostic, diagnostic, type Message, type MessageArgs, nearest } from '../diag/diagnostic.js';
import { isaMessages as M } from '../messages.js';
import type { Insn, Uop } from '../spec/instructions.js';
import type { Piece, WrittenOperand } from './line.js';
import { ASM_INSNS, type AsmInsn, exampleOf, type Form, join, type Operand, type Values } from './syntax.js';

const NUMBER = '([+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+))';
const PATTERNS: Readonly<Record<Exclude<Form, 'flag'>, (count: number) => RegExp>> = {
  decimal: () => new RegExp(`^${NUMBER}$`, 'd'),
  hex: () => new RegExp(`^${NUMBER}$`, 'd'),
  range: () => new RegExp(`^\\[\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*\\)$`, 'd'),
  times: () => new RegExp(`^${NUMBER}x${NUMBER}$`, 'd'),
  tuple: (count) => new RegExp(`^\\(\\s*${Array(count).fill(NUMBER).join('\\s*,\\s*')}\\s*\\)$`, 'd'),
};

const INT8: Omit<PlacedField, 'name'> = { lo: 0, width: 8, signed: true, doc: '' };
const UOP_OPERANDS: readonly Operand[] = ['dst', 'src', 'wgt'].map((key) => ({
  key,
  form: 'decimal',
  fields: [`${key}_idx`],
  shown: () => true,
  doc: '',
}));

function toNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  return sign * Number(text.replace(/^[+-]/, '')) + 0;
}

/** Assembles one line; collects what is wrong in `problems` instead of stopping. */
export class LineAssembler {
  constructor(
    readonly config: VtaConfig,
    readonly label: string,
    readonly line: number,
    readonly source: string,
    readonly problems: Diagnostic[],
  ) {}

  report(message: Message, args: MessageArgs, at: Piece): void {
    this.problems.push(diagnostic(message, args, { file: this.label, line: this.line, column: at.column, source: this.source }));
  }

  /** A number as a 128-bit or 32-bit word, or null after a report. */
  word(op: string, piece: Piece | undefined, name: Piece, bits: number): bigint | null {
    const expected = `a number of ${bits} bits in hexadecimal`;
    const sample = bits === 128 ? '.word 0x00000000000000000000000000000003' : '.uop 0xe962b123';
    if (piece === undefined || !/^0[xX][0-9a-fA-F]+$/.test(piece.text) || BigInt(piece.text) >= 1n << BigInt(bits)) {
      this.report(M.VTA1105, { op, expected, found: piece === undefined ? 'nothing' : piece.text, example: sample }, piece ?? name);
      return null;
    }
    return BigInt(piece.text);
  }

  /** Reads the operands into `values`; returns which were given. */
  operands(
    op: string,
    table: readonly Operand[],
    fields: readonly PlacedField[],
    given: readonly WrittenOperand[],
    values: Values,
  ): Set<string> {
    const seen = new Set<string>();
    for (const { key, value } of given) {
      const operand = table.find((o) => o.key === key.text);
      if (operand === undefined) {
        const keys = table.map((o) => o.key);
        const near = nearest(key.text, keys);
        this.report(M.VTA1104, { op, key: key.text, hint: near ? ` (did you mean ${near}?)` : '', operands: keys.join(', ') }, key);
      } else if (seen.has(operand.key)) {
        this.report(M.VTA1106, { op, key: operand.key }, key);
      } else {
        seen.add(operand.key);
        this.values(op, operand, fields, key, value, values);
      }
    }
    return seen;
  }

  private values(op: string, operand: Operand, fields: readonly PlacedField[], key: Piece, value: Piece | null, values: Values): void {
    const args = { op: `${op} ${operand.key}`, example: exampleOf(operand) };
    if (operand.form === 'flag') {
      if (value !== null) this.report(M.VTA1105, { ...args, expected: `${operand.key} without a value`, found: `=${value.text}` }, value);
      values[operand.fields[0]] = 1;
      return;
    }
    const match = value === null ? null : PATTERNS[operand.form](operand.fields.length).exec(value.text);
    if (value === null || match === null) {
      this.report(
        M.VTA1105,
        { ...args, expected: `${exampleOf(operand)} or the like`, found: value === null ? key.text : `${key.text}=${value.text}` },
        value ?? key,
      );
      return;
    }
    operand.fields.forEach((name, i) => {
      const field = fields.find((p) => p.name === name) ?? { name, ...INT8 };
      const number = toNumber(match[i + 1]);
      const [low, high] = fieldRange(field);
      if (number < low || number > high) {
        const at = { text: match[i + 1], column: value.column + (match.indices?.[i + 1][0] ?? 0) };
        this.report(M.VTA1101, { op, field: name, value: match[i + 1], low, high, bits: field.width, config: this.config.name }, at);
      }
      values[name] = number;
    });
  }

  /** `reserved=0x...`, taken out of the operands. */
  reserved(row: AsmInsn, given: readonly WrittenOperand[]): readonly [rest: readonly WrittenOperand[], bits: bigint] {
    const written = given.find((o) => o.key.text === 'reserved');
    if (written === undefined) return [given, 0n];
    const rest = given.filter((o) => o !== written);
    const bits = this.word(`${row.name} reserved`, written.value ?? undefined, written.key, 128) ?? 0n;
    const mask = reservedMask(layoutOf(this.config).insns[row.op], 128);
    if ((bits & ~mask) !== 0n) {
      this.report(
        M.VTA1109,
        { op: row.name, value: `0x${bits.toString(16)}`, mask: `0x${mask.toString(16)}` },
        written.value ?? written.key,
      );
      return [rest, 0n];
    }
    return [rest, bits];
  }

  instruction(name: Piece, written: readonly WrittenOperand[]): { readonly insn: Insn; readonly reserved: bigint } | null {
    const row = ASM_INSNS.get(name.text);
    if (row === undefined) {
      const names = [...ASM_INSNS.keys(), '.word', '.uop'];
      const near = nearest(name.text, names);
      const shown = names.filter((n) => !/\d$|^store\.(?!out)/.test(n));
      this.report(M.VTA1103, { name: name.text, hint: near ? ` (did you mean ${near}?)` : '', names: shown.join(' ') }, name);
      return null;
    }
    if (row.extension && !this.config.extension) this.report(M.VTA1108, { op: row.name, config: this.config.name }, name);
    const before = this.problems.length;
    const [given, reserved] = this.reserved(row, written);
    const values: Values = { ...row.fixed };
    const seen = this.operands(row.name, row.operands, layoutOf(this.config).insns[row.op], given, values);
    this.complete(row, seen, name);
    if (seen.has('imm') && seen.has('unused_imm')) this.report(M.VTA1106, { op: row.name, key: 'imm' }, name);
    if (this.problems.length > before) return null;
    if (seen.has('imm')) values.use_imm = 1;
    if (row.name === 'alu.rq') {
      values.imm = join(values.zero, values.hi);
      delete values.zero;
      delete values.hi;
    }
    return { insn: makeInsn(row.op, values as never), reserved };
  }

  /** Reports operands whose absence would silently mean something else. */
  private complete(row: AsmInsn, seen: ReadonlySet<string>, name: Piece): void {
    const need = (key: string, reason: string) => {
      const operand = row.operands.find((o) => o.key === key);
      if (operand !== undefined && !seen.has(key)) this.report(M.VTA1107, { op: row.name, key, reason, example: exampleOf(operand) }, name);
    };
    if (['y', 'x', 'stride', 'pad'].some((key) => seen.has(key))) {
      for (const key of ['y', 'x', 'stride']) need(key, 'a transfer needs its rows, its elements per row and its stride');
    }
    need('uop', 'without micro-ops the instruction would do nothing');
    need('zero', 'the requantization needs its zero point');
    need('hi', 'the requantization needs its upper clamp');
  }

  /** The operands of `.uop`: `dst=1 src=2 wgt=3`, or the whole word as a number. */
  uop(name: Piece, given: readonly WrittenOperand[]): number | null {
    if (given.length === 1 && given[0].value === null) {
      const word = this.word('.uop', given[0].key, name, 32);
      return word === null ? null : Number(word);
    }
    const values: Values = { dst_idx: 0, src_idx: 0, wgt_idx: 0 };
    const before = this.problems.length;
    const seen = this.operands('.uop', UOP_OPERANDS, layoutOf(this.config).uop, given, values);
    for (const key of ['dst', 'src']) {
      if (!seen.has(key))
        this.report(M.VTA1107, { op: '.uop', key, reason: 'a micro-op names what it writes and reads', example: `${key}=1` }, name);
    }
    return this.problems.length > before ? null : encodeUop(values as unknown as Uop, this.config);
  }

  /** The operand of `.word`. */
  rawWord(name: Piece, given: readonly WrittenOperand[]): bigint | null {
    const [first, extra] = given.map((o) => o.key);
    if (extra !== undefined) this.report(M.VTA1104, { op: '.word', key: extra.text, hint: '', operands: 'one number' }, extra);
    return this.word('.word', first, name, 128);
  }
}
