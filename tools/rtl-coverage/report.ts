/** Line and toggle coverage of the RTL: npm run coverage:rtl. Writes docs/reference/coverage.md; fails below the target or with a line nobody explained. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildModel } from '#hardware-rtl/verilated/build';
import { rtlDigest } from '#hardware-rtl/verilated/digest';
import { RtlProcess } from '#hardware-rtl/verilated/process';
import { rtlSources } from '#hardware-rtl/verilated/sources';
import { EXPLAINED } from './explained.js';
import { Coverage, type FileCoverage, perFile, type StillSignal, stillSignals } from './points.js';
import { type CoveredModel, exercise, FULL, MODELS, type Size, TOGGLE } from './workload.js';

/** Percent of the RTL's lines that must be executed. */
export const TARGET = 98;
const SEED = 1;
/** Bits of a signal that did not change, for it to be listed. */
const MANY = 20;

/** Builds the models, runs the workload on each, and adds up what they counted. */
export async function measure(
  models: readonly CoveredModel[],
  size: Size,
  note: (text: string) => void = () => undefined,
): Promise<Coverage> {
  const coverage = new Coverage();
  const folder = mkdtempSync(join(tmpdir(), 'vta-coverage-'));
  try {
    for (const m of models) {
      note(`${m.config.name}, ${m.width} bits: building`);
      const executable = await buildModel({ config: m.config, width: m.width, kind: m.kind });
      const model = new RtlProcess(executable, join(folder, `${m.config.name}-${m.width}`));
      note(`${m.config.name}, ${m.width} bits: running`);
      await exercise(model, m, m.kind === 'toggle' ? TOGGLE : size, SEED);
      await model.finish();
    }
    for (const name of readdirSync(folder)) coverage.add(readFileSync(join(folder, name), 'latin1'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return coverage;
}

/** A line that no program executed. */
interface Uncovered {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly why: string | null;
}

const sourceLines = (file: string): readonly string[] =>
  rtlSources()
    .find((s) => s.path.endsWith(`/${file}`))!
    .text.split('\n');

export function uncoveredLines(files: readonly FileCoverage[]): readonly Uncovered[] {
  return files.flatMap(({ file, uncovered }) => {
    const text = uncovered.length > 0 ? sourceLines(file) : [];
    return uncovered.map((line) => {
      const source = text[line - 1].trim();
      return { file, line, text: source, why: EXPLAINED.find((e) => e.file === file && e.lines.includes(source))?.why ?? null };
    });
  });
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const sum = (files: readonly FileCoverage[], of: (f: FileCoverage) => number): number => files.reduce((n, f) => n + of(f), 0);

/** The share of lines that were executed, in percent. */
export const lineCoverage = (files: readonly FileCoverage[]): number =>
  100 * (1 - sum(files, (f) => f.uncovered.length) / sum(files, (f) => f.lines));

export function page(files: readonly FileCoverage[], still: readonly StillSignal[]): string {
  const row = (name: string, list: readonly FileCoverage[]) => {
    const of = (key: (f: FileCoverage) => number) => sum(list, key);
    const [lines, open] = [of((f) => f.lines), of((f) => f.uncovered.length)];
    return `| ${name} | ${lines} | ${open} | ${percent(lines - open, lines)} | ${percent(
      of((f) => f.branchesTaken),
      of((f) => f.branches),
    )} | ${percent(
      of((f) => f.toggled),
      of((f) => f.bits),
    )} |`;
  };
  const models = MODELS.map((m) => `\`${m.config.name}\` at ${m.width} bits${m.kind === 'toggle' ? ' (also bits)' : ''}`).join(', ');
  const left = uncoveredLines(files).map(
    (u) => `| \`${u.file}:${u.line}\` | \`${u.text.replaceAll('|', '\\|')}\` | ${u.why ?? 'not explained'} |`,
  );
  const bits = still.filter((s) => s.bits >= MANY).map((s) => `\`${s.signal}\` of \`${s.file}\` (${s.bits})`);
  return `# Coverage of the RTL

Made by \`npm run coverage:rtl\`; do not edit. Design ${rtlDigest()}.

Programs on Verilated models that count (${models}): registers, one program for every error, ${FULL.legal} random legal programs and ${FULL.broken} broken ones per
model (${TOGGLE.legal} and ${TOGGLE.broken} where bits are counted), in random memories, with stalls on every channel. Points of all models and instances are added up per source line. A line counts as covered if every block that it is in was
executed; continuous assignments are not lines to Verilator. A branch is a way of an \`if\` or \`case\`, also one that is not written. A bit is one of a signal of at most 64 bits, and toggled if it
changed somewhere in the first model.

| file | lines | not executed | lines covered | branches taken | bits toggled |
|---|---|---|---|---|---|
${files.map((f) => row(f.file, [f])).join('\n')}
${row('**all**', files)}

## Lines that were not executed

${left.length === 0 ? 'None.' : `| where | line | why |\n|---|---|---|\n${left.join('\n')}`}

## Bits that did not change

Most are the upper ones of what counts instructions, bursts, bytes and tokens, and of addresses: only programs longer than those of the workload reach them. In \`vta_requant\` they are the upper
ones of remainders and halves, which are always shorter than the values they are of. Signals with ${MANY} or more: ${bits.length === 0 ? 'none' : bits.join(', ')}.
`;
}

export const PAGE = fileURLToPath(new URL('../../docs/reference/coverage.md', import.meta.url));

async function main(): Promise<void> {
  const coverage = await measure(MODELS, FULL, (text) => process.stderr.write(`${text}\n`));
  const files = perFile(coverage);
  writeFileSync(PAGE, page(files, stillSignals(coverage)));
  const open = uncoveredLines(files).filter((u) => u.why === null);
  for (const u of open) process.stderr.write(`not executed, not explained: ${u.file}:${u.line}: ${u.text}\n`);
  const share = lineCoverage(files);
  process.stdout.write(`${share.toFixed(2)} % of lines, target ${TARGET} %; docs/reference/coverage.md\n`);
  if (share < TARGET || open.length > 0) process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
