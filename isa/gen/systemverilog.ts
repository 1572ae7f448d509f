import { layoutOf, type PlacedField } from '../codec/layout.js';
import { segments } from '../codec/segments.js';
import type { VtaConfig } from '../config/config.js';
import { INSTRUCTIONS } from '../spec/instructions.js';
import { ALU_OPS, MEMORY_TYPES } from '../spec/tables.js';
import { generatedNotice } from './notice.js';

const camel = (name: string): string =>
  name
    .toLowerCase()
    .split('_')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('');

/** A vector type; `logic` for one bit. */
const vector = (width: number, signed = false): string => `logic${signed ? ' signed' : ''}${width === 1 ? '' : ` [${width - 1}:0]`}`;

interface Constant {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

const constant = (name: string, value: number, doc: string): Constant => ({ name, value, doc });

/** The sizes of the machine, one localparam each. Index widths are at least 1, so that a buffer of one element has an index too. */
function sizes(c: VtaConfig): readonly Constant[] {
  const memories = [
    ['Uop', 32, c.logUopDepth],
    ['Inp', c.inpBytes * 8, c.logInpDepth],
    ['Wgt', c.wgtBytes * 8, c.logWgtDepth],
    ['Acc', c.accBytes * 8, c.logAccDepth],
    ['Out', c.outBytes * 8, c.logAccDepth],
  ] as const;
  return [
    constant('Batch', c.batch, 'rows of a tile'),
    constant('BlockIn', c.blockIn, 'input lanes'),
    constant('BlockOut', c.blockOut, 'output lanes'),
    constant('LogBatch', Math.log2(c.batch), ''),
    constant('LogBlockIn', Math.log2(c.blockIn), ''),
    constant('LogBlockOut', Math.log2(c.blockOut), ''),
    constant('InpBits', c.inpBits, 'bits of one value'),
    constant('WgtBits', c.wgtBits, ''),
    constant('AccBits', c.accBits, ''),
    constant('OutBits', c.outBits, ''),
    constant('InsnBits', 128, ''),
    constant('InsnBytes', 16, ''),
    ...memories.flatMap(([m, bits, logDepth]) => [
      constant(`${m}ElemBits`, bits, 'one element'),
      constant(`${m}Bytes`, bits / 8, ''),
      constant(`Log${m}Bytes`, Math.log2(bits / 8), ''),
      constant(`${m}Depth`, 2 ** logDepth, 'elements'),
      constant(`Log${m}Depth`, logDepth, ''),
      constant(`${m}IdxBits`, Math.max(1, logDepth), 'an index, at least one bit'),
    ]),
  ];
}

function enumeration(type: string, prefix: string, codes: readonly (readonly [string, number])[]): readonly string[] {
  const width = Math.max(...codes.map(([name]) => prefix.length + camel(name).length));
  return [
    '  typedef enum logic [2:0] {',
    ...codes.map(([name, code], i) => `    ${(prefix + camel(name)).padEnd(width)} = 3'd${code}${i === codes.length - 1 ? '' : ','}`),
    `  } ${type};`,
    '',
  ];
}

/** A word as it stands in memory, most significant field first, with its reserved gaps. */
function wordStruct(type: string, doc: string, fields: readonly PlacedField[], bits: number): readonly string[] {
  const members = segments(fields, bits).map((s) => {
    const name = s.field === null ? `reserved_${s.lo}` : s.field.name;
    return `    ${`${vector(s.width, s.field?.signed)} ${name};`.padEnd(44)}// ${s.lo + s.width - 1}:${s.lo}`;
  });
  return [`  // ${doc}`, '  typedef struct packed {', ...members.reverse(), `  } ${type};`, ''];
}

/** The same fields without gaps, each at least one bit wide, and the function that takes them out of the word. */
function decoded(name: string, fields: readonly PlacedField[], bits: number): readonly string[] {
  const down = fields.filter((p) => p.name !== 'opcode').reverse();
  const members = down.map((p) => `    ${vector(Math.max(1, p.width), p.signed)} ${p.name};`);
  const parts = down.map((p) => (p.width === 0 ? "1'b0" : `word[${p.width === 1 ? p.lo : `${p.lo + p.width - 1}:${p.lo}`}]`));
  return [
    '  typedef struct packed {',
    ...members,
    `  } ${name}_fields_t;`,
    '',
    `  function automatic ${name}_fields_t ${name}_fields(input logic [${bits - 1}:0] word);`,
    `    ${name}_fields = {${parts.join(',\n      ')}};`,
    '  endfunction',
    '',
  ];
}

function words(c: VtaConfig): readonly string[] {
  const { insns, uop } = layoutOf(c);
  return [
    ...wordStruct('header_t', 'What every instruction begins with.', insns.FINISH, 128),
    ...wordStruct('mem_insn_t', 'LOAD and STORE.', insns.LOAD, 128),
    ...wordStruct(
      'gemm_insn_t',
      'GEMM. Indices of one-element buffers have no bits and are left out: gemm_fields_t has them all.',
      insns.GEMM,
      128,
    ),
    ...wordStruct('alu_insn_t', 'ALU. See gemm_insn_t.', insns.ALU, 128),
    ...wordStruct('uop_t', 'A micro-op. See gemm_insn_t.', uop, 32),
    '  // Decoded instructions: every field is there at every configuration, an index without bits reads as 0.',
    ...decoded('mem', insns.LOAD, 128),
    ...decoded('gemm', insns.GEMM, 128),
    ...decoded('alu', insns.ALU, 128),
    ...decoded('uop', uop, 32),
  ];
}

/**
 * `vta_pkg.sv` for one configuration: sizes, encodings and instruction layouts, so that RTL states no number and no bit position of its own.
 * Stays inside what Verilator 5.006 and Yosys 0.23 both read (no import, no return, no assignment patterns).
 */
export function generateSvPackages(config: VtaConfig): string {
  const lines = [
    generatedNotice('//'),
    `// Configuration ${config.name}`,
    '',
    '// A module uses what it needs of a package, and decoders ignore reserved bits:',
    '// verilator lint_off UNUSEDPARAM',
    '// verilator lint_off UNUSEDSIGNAL',
    'package vta_pkg;',
    '',
    ...sizes(config).map((k) => `  localparam int unsigned ${k.name.padEnd(12)} = ${k.value};${k.doc === '' ? '' : ` // ${k.doc}`}`),
    '  // the ISA extension is on',
    `  localparam bit Extension = 1'b${config.extension ? 1 : 0};`,
    '',
    ...enumeration(
      'opcode_e',
      'Opcode',
      Object.entries(INSTRUCTIONS).map(([name, row]) => [name, row.opcode]),
    ),
    ...enumeration(
      'mem_type_e',
      'Mem',
      Object.entries(MEMORY_TYPES).map(([name, row]) => [name, row.code]),
    ),
    ...enumeration(
      'alu_op_e',
      'Alu',
      Object.entries(ALU_OPS).map(([name, row]) => [name, row.code]),
    ),
    ...words(config),
    '  // The immediate of ALU RQ: upper clamp and zero point.',
    '  typedef struct packed {',
    '    logic signed [7:0] hi;',
    '    logic signed [7:0] zero_point;',
    '  } rq_imm_t;',
    '',
    'endpackage',
    '// verilator lint_on UNUSEDSIGNAL',
    '// verilator lint_on UNUSEDPARAM',
  ];
  return `${lines.join('\n')}\n`;
}

/** `vta_bus_pkg.sv`: the data width of the AXI master in bits, which is no part of the architecture. */
export function generateSvBusPackage(busBits: number): string {
  const lines = [generatedNotice('//'), 'package vta_bus_pkg;', `  localparam int unsigned BusBits = ${busBits};`, 'endpackage'];
  return `${lines.join('\n')}\n`;
}
