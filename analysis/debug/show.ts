/** Memories as text. */
import { disassembleUop } from '#isa/asm/disassemble';
import type { VtaConfig } from '#isa/config/config';
import type { Scratchpad } from '#simulator/values/footprint';
import { accLane, inpLane, wgtLane } from '#simulator/values/ranges';
import type { MachineState } from '#simulator/values/state';

/** What `print` can show: the scratchpads, and ACC truncated as STORE does it. */
export const SHOWN_MEMORIES = ['uop', 'inp', 'wgt', 'acc', 'out'] as const;
export type ShownMemory = (typeof SHOWN_MEMORIES)[number];

/** The scratchpad behind a name. */
export const scratchpadOf = (memory: ShownMemory): Scratchpad => (memory === 'out' ? 'acc' : memory);

/** Low `bits` bits, sign-extended. */
const truncate = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The rows of an element: [batch][lanes], of WGT [blockOut][blockIn]. */
function rowsOf(memory: Exclude<ShownMemory, 'uop'>, element: number, state: MachineState, c: VtaConfig): number[][] {
  const { shape, inp, wgt, acc } = state;
  if (memory === 'inp') return range(c.batch).map((b) => range(c.blockIn).map((i) => inp[inpLane(element, b, i, shape)]));
  if (memory === 'wgt') return range(c.blockOut).map((o) => range(c.blockIn).map((i) => wgt[wgtLane(element, o, i, shape)]));
  return range(c.batch).map((b) =>
    range(c.blockOut).map((o) => {
      const value = acc[accLane(element, b, o, shape)];
      return memory === 'out' ? truncate(value, c.outBits) : value;
    }),
  );
}

/** An element: one line for each of its rows. @param note what is said of it, in the first line */
export function elementText(memory: ShownMemory, element: number, state: MachineState, note: string): string {
  const { config } = state;
  const name = `${memory}[${element}]`;
  const rows =
    memory === 'uop' ? [disassembleUop(state.uop[element], config)] : rowsOf(memory, element, state, config).map((r) => r.join(' '));
  return rows
    .map((row, i) => (i === 0 ? `${name}  ${row}${note === '' ? '' : `   (${note})`}\n` : `${' '.repeat(name.length)}  ${row}\n`))
    .join('');
}

const BYTES_PER_LINE = 16;

/** Bytes of memory in hexadecimal, 16 to a line. */
export function dramText(dram: Uint8Array, address: number, length: number): string {
  const lines: string[] = [];
  for (let at = address; at < address + length; at += BYTES_PER_LINE) {
    const bytes = dram.subarray(at, Math.min(at + BYTES_PER_LINE, address + length));
    lines.push(`0x${at.toString(16).padStart(6, '0')}  ${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ')}\n`);
  }
  return lines.join('');
}
