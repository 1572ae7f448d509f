import { layoutOf, type PlacedField } from '../codec/layout.js';
import type { VtaConfig } from '../config/config.js';
import { INSTRUCTIONS } from '../spec/instructions.js';
import { ALU_OPS, MEMORY_TYPES } from '../spec/tables.js';
import { generatedNotice } from './notice.js';

/** A memory layout in C: how a struct of that name is written into and read from 64-bit words. */
interface CWord {
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly PlacedField[];
  /** Words of 64 bits, or one of 32. */
  readonly words: 1 | 2;
  readonly opcode: number | null;
}

const cType = (field: PlacedField): string => (field.signed ? 'int32_t' : 'uint32_t');
const mask = (width: number): string => `0x${(2 ** width - 1).toString(16)}u`;

function struct(word: CWord): readonly string[] {
  const members = word.fields.filter((p) => p.name !== 'opcode').map((p) => `  ${cType(p)} ${p.name}; /* ${p.width} bits: ${p.doc} */`);
  return [`/* ${word.doc} */`, `struct vta_${word.name} {`, ...members, '};', ''];
}

/** No field straddles a 64-bit word, so every field is one shift and one mask. */
function codec(word: CWord): readonly string[] {
  const unit = word.words === 2 ? 64 : 32;
  const place = (p: PlacedField) => ({ index: Math.floor(p.lo / unit), shift: p.lo % unit });
  const fields = word.fields.filter((p) => p.name !== 'opcode' && p.width > 0);
  const absent = word.fields.filter((p) => p.width === 0);
  const put = Array.from({ length: word.words }, (_, index) => {
    const parts = fields
      .filter((p) => place(p).index === index)
      .map((p) => `(uint${unit}_t)((uint32_t)from->${p.name} & ${mask(p.width)}) << ${place(p).shift}`);
    if (index === 0 && word.opcode !== null) parts.unshift(`${word.opcode}u`);
    return `  word[${index}] = ${parts.length === 0 ? '0' : parts.join('\n    | ')};`;
  });
  const get = fields.map((p) => {
    const { index, shift } = place(p);
    const bits = `(uint32_t)(word[${index}] >> ${shift}) & ${mask(p.width)}`;
    // sign extension that does not rely on how a compiler shifts negative numbers
    const sign = 2 ** (p.width - 1);
    return p.signed ? `  to->${p.name} = (int32_t)((${bits}) ^ ${sign}u) - ${sign};` : `  to->${p.name} = ${bits};`;
  });
  return [
    `static inline void vta_put_${word.name}(uint${unit}_t word[${word.words}], const struct vta_${word.name} *from) {`,
    ...(fields.length === 0 ? ['  (void)from;'] : []),
    ...put,
    '}',
    `static inline void vta_get_${word.name}(struct vta_${word.name} *to, const uint${unit}_t word[${word.words}]) {`,
    ...(fields.length === 0 ? ['  (void)word;'] : []),
    ...get,
    ...absent.map((p) => `  to->${p.name} = 0;`),
    '}',
    '',
  ];
}

const enumeration = (name: string, rows: readonly (readonly [string, number])[]): readonly string[] => [
  'enum {',
  ...rows.map(([key, code]) => `  VTA_${name}_${key} = ${code},`),
  '};',
  '',
];

function sizes(c: VtaConfig): readonly string[] {
  const rows: readonly (readonly [string, number])[] = [
    ['BATCH', c.batch],
    ['BLOCK_IN', c.blockIn],
    ['BLOCK_OUT', c.blockOut],
    ['INP_BITS', c.inpBits],
    ['WGT_BITS', c.wgtBits],
    ['ACC_BITS', c.accBits],
    ['OUT_BITS', c.outBits],
    ['UOP_BYTES', c.uopBytes],
    ['INP_BYTES', c.inpBytes],
    ['WGT_BYTES', c.wgtBytes],
    ['ACC_BYTES', c.accBytes],
    ['OUT_BYTES', c.outBytes],
    ['UOP_DEPTH', c.uopDepth],
    ['INP_DEPTH', c.inpDepth],
    ['WGT_DEPTH', c.wgtDepth],
    ['ACC_DEPTH', c.accDepth],
    ['EXTENSION', c.extension ? 1 : 0],
  ];
  return [...rows.map(([name, value]) => `#define VTA_${name} ${value}`), ''];
}

/**
 * `vta_isa.h` for one configuration: sizes, codes, and for each instruction a struct of its fields with functions that write it into and
 * read it from the 128-bit word (C99, any compiler and byte order; words are stored little-endian, word 0 first).
 */
export function generateCHeader(config: VtaConfig): string {
  const { insns, uop } = layoutOf(config);
  const words: readonly CWord[] = [
    ...(Object.keys(INSTRUCTIONS) as (keyof typeof INSTRUCTIONS)[]).map(
      (m): CWord => ({
        name: m.toLowerCase(),
        doc: `${m}: ${INSTRUCTIONS[m].doc}`,
        fields: insns[m],
        words: 2,
        opcode: INSTRUCTIONS[m].opcode,
      }),
    ),
    { name: 'uop', doc: 'a micro-op', fields: uop, words: 1, opcode: null },
  ];
  const lines = [
    ...[generatedNotice('/*', ' */'), `/* Configuration ${config.name} */`, '#ifndef VTA_ISA_H', '#define VTA_ISA_H', ''],
    ...['#include <stdint.h>', ''],
    ...sizes(config),
    ...enumeration(
      'op',
      Object.entries(INSTRUCTIONS).map(([name, row]) => [name, row.opcode]),
    ),
    ...enumeration(
      'mem',
      Object.entries(MEMORY_TYPES).map(([name, row]) => [name, row.code]),
    ),
    ...enumeration(
      'alu',
      Object.entries(ALU_OPS).map(([name, row]) => [name, row.code]),
    ),
    '/* The opcode of an instruction word. */',
    'static inline unsigned vta_opcode(const uint64_t word[2]) { return (unsigned)(word[0] & 7u); }',
    '',
    ...words.flatMap((word) => [...struct(word), ...codec(word)]),
    '#endif',
  ];
  return `${lines.join('\n')}\n`;
}
