import fc from 'fast-check';
import { layoutOf, type PlacedField } from '#isa/codec/layout';
import { CONFIG_RULES, type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import { INSTRUCTIONS, type Insn, type Mnemonic, type Uop } from '#isa/spec/instructions';

/** Random machines and instructions, derived from the tables, for property tests. */

function tryConfig(keys: ConfigKeys): VtaConfig | null {
  try {
    return defineConfig(keys, 'random');
  } catch (error) {
    if (error instanceof VtaError) return null;
    throw error;
  }
}

const upTo = (max: number) => fc.integer({ min: 0, max });

/** log2 widths of INP, WGT and ACC; the usual ones more often. */
const WIDTHS: readonly (readonly [number, number, number])[] = [
  [3, 3, 5],
  [3, 3, 5],
  [2, 2, 4],
  [3, 1, 5],
  [0, 0, 3],
  [4, 3, 5],
];

/** Any legal configuration: all shapes, index widths from 0, with and without the extension. */
export const anyConfig: fc.Arbitrary<VtaConfig> = fc
  .record({
    widths: fc.constantFrom(...WIDTHS),
    batch: fc.constantFrom(0, 0, 0, 1, 2, 4),
    blockIn: upTo(6),
    blockOut: upTo(6),
    uop: upTo(13),
    inp: upTo(13),
    wgt: upTo(12),
    acc: upTo(11),
    extension: upTo(1),
  })
  .map(({ widths: [i, w, a], batch, blockIn, blockOut, uop, inp, wgt, acc, extension }) =>
    tryConfig({
      TARGET: 'sim',
      HW_VER: '0.0.2',
      LOG_INP_WIDTH: i,
      LOG_WGT_WIDTH: w,
      LOG_ACC_WIDTH: a,
      LOG_BATCH: batch,
      LOG_BLOCK: blockOut,
      LOG_BLOCK_IN: blockIn,
      LOG_UOP_BUFF_SIZE: uop + 2,
      LOG_INP_BUFF_SIZE: Math.max(0, inp + batch + blockIn + i - 3),
      LOG_WGT_BUFF_SIZE: Math.max(0, wgt + blockIn + blockOut + w - 3),
      LOG_ACC_BUFF_SIZE: Math.max(0, acc + batch + blockOut + a - 3),
      EXTENSION: i === 3 && a === 5 ? extension : 0,
    }),
  )
  .filter((config): config is VtaConfig => config !== null && CONFIG_RULES.every((rule) => rule.holds(config)));

/** Any value of a field, its limits more often than by chance. */
export function anyField(field: PlacedField): fc.Arbitrary<number> {
  const min = field.signed ? -(2 ** (field.width - 1)) : 0;
  const max = min + 2 ** field.width - 1;
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min, max }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max, Math.min(1, max)) },
  );
}

const anyFields = (fields: readonly PlacedField[]) =>
  fc.record(Object.fromEntries(fields.filter((p) => p.name !== 'opcode').map((p) => [p.name, anyField(p)])));

/** Any instruction that can be encoded at `config`, undefined memory types and ALU operations included. */
export function anyInsn(config: VtaConfig, op?: Mnemonic): fc.Arbitrary<Insn> {
  const mnemonic = op === undefined ? fc.constantFrom(...(Object.keys(INSTRUCTIONS) as Mnemonic[])) : fc.constant(op);
  return mnemonic.chain((m) => anyFields(layoutOf(config).insns[m]).map((values) => ({ op: m, ...values }) as unknown as Insn));
}

/** Any micro-op that can be encoded at `config`. */
export const anyUop = (config: VtaConfig): fc.Arbitrary<Uop> => anyFields(layoutOf(config).uop) as unknown as fc.Arbitrary<Uop>;
