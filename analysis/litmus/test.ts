import type { VtaConfig } from '#isa/config/config';

/** Numbers in memory that a test looks at when it has ended. */
export interface Observed {
  readonly name: string;
  readonly type: NumberType;
  /** Byte address of the first. */
  readonly address: number;
  readonly count: number;
}

export const NUMBER_BYTES = { int8: 1, int16: 2, int32: 4 } as const;
export type NumberType = keyof typeof NUMBER_BYTES;

/** A small program with the verdict that it must have. */
export interface LitmusTest {
  readonly name: string;
  readonly config: VtaConfig;
  /** Memory with data, micro-ops and the instructions of every launch. */
  readonly dram: Uint8Array;
  /** One after the other, without a reset. */
  readonly launches: readonly { readonly insnAddr: number; readonly insnCount: number }[];
  readonly observed: readonly Observed[];
  /** In the form of {@link verdictText}. */
  readonly expected: string;
}

/** Little-endian, signed. */
export function readNumber(dram: Uint8Array, address: number, type: NumberType): number {
  const view = new DataView(dram.buffer, dram.byteOffset, dram.byteLength);
  return type === 'int8' ? view.getInt8(address) : type === 'int16' ? view.getInt16(address, true) : view.getInt32(address, true);
}

export function writeNumber(dram: Uint8Array, address: number, type: NumberType, value: number): void {
  const view = new DataView(dram.buffer, dram.byteOffset, dram.byteLength);
  if (type === 'int8') view.setInt8(address, value);
  else if (type === 'int16') view.setInt16(address, value, true);
  else view.setInt32(address, value, true);
}

/** What a test observes: `y=5,6 z=0`. */
export const observe = (test: LitmusTest, dram: Uint8Array): string =>
  test.observed
    .map(
      (o) =>
        `${o.name}=${Array.from({ length: o.count }, (_, i) => readNumber(dram, o.address + i * NUMBER_BYTES[o.type], o.type)).join(',')}`,
    )
    .join(' ');
