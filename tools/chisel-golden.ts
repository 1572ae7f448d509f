/**
 * Runs every program whose cycles were measured on the original Chisel core, with its timing, and writes the comparison into
 * docs/reference/vta-chisel.md: npm run tool -- tools/chisel-golden.ts [folder of the conformance data]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VtaError } from '#isa/diag/diagnostic';
import { type ChiselResult, createChisel } from '#simulator/chisel/device';
import { type GoldenVector, parseVector } from '#simulator/vector/vector';
import { readText, root } from './lib/files.js';

const PAGE = 'docs/reference/vta-chisel.md';
const COMMAND = 'npm run tool -- tools/chisel-golden.ts';
const REGION = new RegExp(`(<!-- measured: ${COMMAND} -->\\n)[\\s\\S]*?(<!-- /measured -->)`);

/** Where the conformance data is, beside the project. */
export const conformance = resolve(root, '../shared/conformance');

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

function read(dir: string): GoldenVector {
  const files = Object.fromEntries(
    ['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(join(dir, f)))]),
  );
  return parseVector(json(join(dir, 'vector.json')), files);
}

async function launch({ config, dramIn, insnAddr, insnCount }: GoldenVector): Promise<ChiselResult | VtaError> {
  try {
    return await createChisel(config).launch({ dram: dramIn.slice(), insnAddr, insnCount });
  } catch (error) {
    if (error instanceof VtaError) return error;
    throw error;
  }
}

const number = (n: number): string => n.toLocaleString('en-US');
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** Cycles as two cells: with this timing, and the difference from the measured ones. */
const cyclesCells = (measured: number, result: ChiselResult | VtaError): string[] =>
  result instanceof VtaError ? [`refused: ${result.code}`, ''] : [number(result.cycles), number(result.cycles - measured)];

/** What this timing says about a program: its divergences, or why it is refused. */
const remark = (result: ChiselResult | VtaError): string =>
  result instanceof VtaError
    ? [
        ...new Set(
          result.diagnostics.map((d) => `${d.code} ${/decode (.*) \(|^(.*) is not a no-op/.exec(d.what)?.slice(1).join('') ?? ''}`),
        ),
      ].join(', ')
    : result.touched.map((t) => t.divergence).join(', ');

async function compilerTable(folder: string): Promise<string> {
  const lines = [row(['program', 'instructions', 'original', 'here', 'difference']), row(['---', '---:', '---:', '---:', '---:'])];
  for (const name of readdirSync(join(folder, 'resnet18_official'))) {
    const dir = join(folder, 'resnet18_official', name);
    const vector = read(dir);
    const { cycles } = json(join(dir, 'vector.json')).chisel_rtl;
    lines.push(row([name, number(vector.insnCount), number(cycles), ...cyclesCells(cycles, await launch(vector))]));
  }
  return lines.join('\n');
}

async function vectorTable(folder: string): Promise<string> {
  const head = ['vector', 'original', 'here', 'difference', 'memory of the original', 'divergences touched, or why refused'];
  const lines = [row(head), row(['---', '---:', '---:', '---:', '---', '---'])];
  const golden = json(join(folder, 'official_rtl_cycles.json')) as Record<string, { cycles: number | null; match: boolean }>;
  for (const [name, { cycles, match }] of Object.entries(golden)) {
    const result = await launch(read(join(folder, 'public', name)));
    const cells =
      cycles === null
        ? ['never ends', result instanceof VtaError ? 'refused' : number(result.cycles), '']
        : [number(cycles), ...cyclesCells(cycles, result)];
    const image = cycles === null ? '' : match ? 'as the contract' : 'differs';
    lines.push(row([name.replace('default_1x16__', ''), ...cells, image, remark(result)]));
  }
  return lines.join('\n');
}

/** The page with its measured region renewed. */
export async function renewedPage(folder: string): Promise<string> {
  const tables = `### Programs of the official compiler\n\n${await compilerTable(folder)}\n\n### Golden vectors\n\n${await vectorTable(folder)}`;
  return readText(PAGE).replace(REGION, (_, open: string, close: string) => `${open}\n${tables}\n\n${close}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = process.argv[2] ?? conformance;
  if (!existsSync(folder)) {
    console.error(`there is no conformance data in ${folder}: give its folder as the argument`);
    process.exitCode = 1;
  } else {
    writeFileSync(root + PAGE, await renewedPage(folder));
    console.log(`wrote ${PAGE}`);
  }
}
