import { ASM_INSNS, type AsmInsn, exampleOf } from '../asm/syntax.js';
import { layoutOf, type PlacedField } from '../codec/layout.js';
import { segments } from '../codec/segments.js';
import { CONFIG_KEY_RANGES, CONFIG_RULES, type ConfigKeys, type VtaConfig } from '../config/config.js';
import { PRESET_KEYS, preset } from '../config/presets.js';
import type { Message } from '../diag/diagnostic.js';
import { INSTRUCTIONS, type Mnemonic } from '../spec/instructions.js';
import { ALU_OPS, MEMORY_TYPES, TOKEN_CHANNELS } from '../spec/tables.js';

/** Tables of the reference documentation, printed from the tables of the machine. */

const cell = (text: string | number): string => String(text).replaceAll('|', '\\|');
/** Text outside of code: no angle bracket begins a tag. */
const prose = (text: string): string => text.replaceAll('<', '&lt;');

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const code = (text: string | number): string => `\`${text}\``;
const bits = (lo: number, width: number): string => (width === 0 ? 'none' : width === 1 ? `${lo}` : `${lo + width - 1}:${lo}`);

/** Bit positions of a word at two presets, reserved bits of the first included. */
function placement(pick: (config: VtaConfig) => readonly PlacedField[], size: number): string {
  const [first, second] = ['default', 'mac64'].map((name) => pick(preset(name)));
  const rows = segments(first, size).map(({ lo, width, field }) => {
    if (field === null) return ['reserved', bits(lo, width), '', 'ignored'];
    const other = second.find((p) => p.name === field.name) ?? field;
    return [code(field.name), bits(lo, width), bits(other.lo, other.width), field.doc + (field.signed ? ' (signed)' : '')];
  });
  return table(['field', 'bits at `default`', 'bits at `mac64`', 'meaning'], rows);
}

/** The fields of one instruction. */
export const fieldTable = (mnemonic: Mnemonic): string => placement((c) => layoutOf(c).insns[mnemonic], 128);
/** The fields of a micro-op. */
export const uopTable = (): string => placement((c) => layoutOf(c).uop, 32);

export const opcodeTable = (): string =>
  table(
    ['opcode', 'instruction', 'meaning'],
    (Object.keys(INSTRUCTIONS) as Mnemonic[]).map((m) => [INSTRUCTIONS[m].opcode, m, INSTRUCTIONS[m].doc]),
  );

export const memoryTypeTable = (): string =>
  table(
    ['code', 'type', 'LOAD runs in', 'meaning'],
    Object.entries(MEMORY_TYPES).map(([name, row]) => [
      row.code,
      name,
      row.loadUnit ?? 'no unit',
      row.doc + (row.extension ? ' (extension)' : ''),
    ]),
  );

export const aluTable = (): string =>
  table(
    ['code', 'operation', 'result'],
    Object.entries(ALU_OPS).map(([name, row]) => [row.code, name, row.doc + (row.extension ? ' (extension)' : '')]),
  );

export const tokenTable = (): string => {
  const flags = {
    l2c: ['push_next', 'pop_prev'],
    c2l: ['push_prev', 'pop_next'],
    c2s: ['push_next', 'pop_prev'],
    s2c: ['push_prev', 'pop_next'],
  };
  return table(
    ['channel', 'from', 'to', 'pushed by', 'popped by'],
    (Object.keys(TOKEN_CHANNELS) as (keyof typeof TOKEN_CHANNELS)[]).map((name) => {
      const { from, to } = TOKEN_CHANNELS[name];
      return [name, from, to, `${from} with ${code(flags[name][0])}`, `${to} with ${code(flags[name][1])}`];
    }),
  );
};

const KEY_DOCS: Readonly<Record<keyof ConfigKeys, string>> = {
  TARGET: 'name of the target board (kept, not interpreted)',
  HW_VER: 'version of the published ISA (kept, not interpreted)',
  LOG_INP_WIDTH: 'log2 of the bits of an input, and of a stored output',
  LOG_WGT_WIDTH: 'log2 of the bits of a weight',
  LOG_ACC_WIDTH: 'log2 of the bits of an accumulator',
  LOG_BATCH: 'log2 of the rows of a tile (BATCH)',
  LOG_BLOCK: 'log2 of the input and output lanes (BLOCK_IN, BLOCK_OUT)',
  LOG_UOP_BUFF_SIZE: 'log2 of the bytes of the micro-op buffer',
  LOG_INP_BUFF_SIZE: 'log2 of the bytes of the input buffer',
  LOG_WGT_BUFF_SIZE: 'log2 of the bytes of the weight buffer',
  LOG_ACC_BUFF_SIZE: 'log2 of the bytes of the accumulator buffer',
  LOG_BLOCK_IN: 'ours: log2 of the input lanes where they differ from LOG_BLOCK',
  LOG_BLOCK_OUT: 'ours: log2 of the output lanes where they differ from LOG_BLOCK',
  EXTENSION: 'ours: 1 switches the ISA extension on',
};

/** The keys of a configuration file. */
export function configKeyTable(): string {
  const { required, optional } = CONFIG_KEY_RANGES;
  return table(
    ['key', 'needed', 'range', 'meaning'],
    (Object.keys(KEY_DOCS) as (keyof ConfigKeys)[]).map((key) => {
      const range = required[key] ?? optional[key];
      return [code(key), key in required ? 'yes' : 'no', range === undefined ? 'text' : `${range[0]}..${range[1]}`, KEY_DOCS[key]];
    }),
  );
}

export const configRuleTable = (): string =>
  table(
    ['rule', 'because'],
    CONFIG_RULES.map((rule) => [code(rule.rule), rule.reason]),
  );

export const presetTable = (): string =>
  table(
    ['preset', 'shape', 'UOP, INP, WGT, ACC elements', 'extension'],
    Object.keys(PRESET_KEYS).map((name) => {
      const c = preset(name);
      return [code(name), code(c.name), [c.uopDepth, c.inpDepth, c.wgtDepth, c.accDepth].join(', '), c.extension ? 'on' : 'off'];
    }),
  );

/** Names of instructions in assembly text. */
export const asmNameTable = (): string =>
  table(
    ['name', 'instruction', 'meaning'],
    [...ASM_INSNS.values()]
      .filter((row) => !row.doc.includes('without meaning') && !(row.op === 'STORE' && row.name !== 'store.out'))
      .map((row) => [code(row.name), row.op, row.doc + (row.extension ? ' (extension)' : '')]),
  );

/** The operands of one instruction in assembly text. */
export function asmOperandTable(name: string): string {
  const row = ASM_INSNS.get(name) as AsmInsn;
  return table(
    ['operand', 'fields', 'meaning'],
    row.operands.map((o) => [code(exampleOf(o)), o.fields.map(code).join(', '), o.doc]),
  );
}

/** All diagnostics, one section per band of codes. */
export function diagnosticSections(messages: readonly Message[]): string {
  const bands = new Map<string, Message[]>();
  for (const message of messages) {
    const band = message.code.slice(3, 4);
    bands.set(band, [...(bands.get(band) ?? []), message]);
  }
  const titles: Readonly<Record<string, string>> = {
    '1': 'Instruction set: configurations, assembly, execution',
    '2': 'Compiler',
    '3': 'Runtime and artifacts',
    '4': 'Simulators',
    '5': 'RTL and co-verification',
    '6': 'Command line',
    '7': 'Scripts of the repository',
  };
  const section = (band: string) => {
    const rows = (bands.get(band) ?? []).map((m) => `### ${m.code}\n\n${prose(m.what)}\n\n- why: ${prose(m.why)}\n- do: ${prose(m.do)}\n`);
    return `## ${band}xxx: ${titles[band] ?? 'Others'}\n\n${rows.join('\n')}`;
  };
  return [...bands.keys()].sort().map(section).join('\n');
}
