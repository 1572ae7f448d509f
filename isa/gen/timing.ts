import { timingRows } from '../spec/timing.js';
import { table } from './markdown.js';
import { generatedNotice } from './notice.js';

/** Constants that hardware and simulator have. Delays follow from their rules. */
const constants = () => timingRows('depth', 'latency');

/** The tables of docs/reference/timing.md. @param kind `constants` or `delays` */
export function timingTable(kind: string): string {
  const rows = kind === 'delays' ? timingRows('delay') : constants();
  return table(
    [kind === 'delays' ? 'delay' : 'constant', 'value', 'unit', 'meaning'],
    rows.map((row) => [`\`${row.name}\``, row.value, row.unit, row.meaning]),
  );
}

/** The lines of the constants in vta_core_pkg.sv. */
export function timingLocalparams(): readonly string[] {
  const width = Math.max(...constants().map((row) => row.name.length));
  return constants().map((row) => `  localparam int unsigned ${row.name.padEnd(width)} = ${row.value};`);
}

const snake = (name: string): string => name.replace(/(?<!^)(?=[A-Z])/g, '_').toUpperCase();

/** The module of constants of the cycle simulator: literals, so that its inner loops see numbers. */
export const timingModule = (): string =>
  [
    generatedNotice('//'),
    '/** Constants of the timing contract: isa/spec/timing.ts. */',
    ...constants().map((row) => `export const ${snake(row.name)} = ${row.value};`),
    '',
  ].join('\n');
