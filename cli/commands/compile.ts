import { join } from 'node:path';
import { ImportError } from '#compiler/frontend/findings';
import { importModel } from '#compiler/frontend/import';
import type { GraphModule } from '#compiler/graph/node';
import { type Compilation, type CompileOptions, compileGraph } from '#compiler/pipeline/compile';
import { compileTir } from '#compiler/pipeline/compile-tir';
import { Stopwatch } from '#compiler/stopwatch';
import { parseSchedule } from '#compiler/schedule/schedule';
import { parseTir } from '#compiler/tir/parse';
import type { VtaConfig } from '#isa/config/config';
import { encodeArtifact } from '#runtime/artifact/encode';
import type { Context, Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { makeFolder, readBytes, readText, writeWhole } from '../io/files.js';
import { countOf } from '../io/options.js';
import { Output } from '../io/output.js';
import { isTensorProgram } from '../io/sources.js';
import { type Progress, progressOf } from '../io/progress.js';
import { compileJson, explainText, summaryText } from '../report/compile.js';
import { type Times, timesOf, timesText } from '../report/times.js';
import { jsonDocument } from '../report/json.js';
import { refusedJson, refusedText } from '../report/refused.js';

type Options = Readonly<Record<string, unknown>>;

/** What is compiled. */
interface Source {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Of standard input, `file` is a name that diagnostics and the program can bear. */
const sourceOf = (given: string, stopwatch: Stopwatch): Source => ({
  file: given === '-' ? '/dev/stdin' : given,
  bytes: stopwatch.time('read', '', () => readBytes(given)),
});

const LONGEST_NAME = 200;

/** A name that any file system takes, and that is not among `used`, for something that is named after a layer: layers have all kinds of signs in their names. */
function fileName(name: string, used: Set<string>): string {
  const plain = name.replace(/[^\w.-]/g, '_').slice(-LONGEST_NAME);
  let free = plain;
  for (let n = 2; used.has(free); n++) free = `${n}-${plain}`;
  used.add(free);
  return free;
}

function dumpTo(folder: unknown): Pick<CompileOptions, 'dump'> {
  if (typeof folder !== 'string') return {};
  makeFolder(folder);
  const names = new Set<string>();
  return { dump: (name, text) => writeWhole(join(folder, fileName(name, names)), text) };
}

/** The kernels that a model is imported for bring their own rounding, each operator in its own way. */
const roundingOf = ({ rounding }: Options): Pick<CompileOptions, 'rounding'> =>
  rounding === undefined || rounding === 'builtin' ? {} : { rounding: rounding as CompileOptions['rounding'] };

function optionsOf(
  options: Readonly<Record<string, unknown>>,
  config: VtaConfig,
  progress: Progress,
  stopwatch: Stopwatch,
): CompileOptions {
  return {
    config,
    exact: options.exact === true,
    ...roundingOf(options),
    ...(options.bisect === undefined ? {} : { bisect: countOf(options.bisect, 'vta compile', '--bisect') }),
    ...dumpTo(options.dump),
    skip: (options.skip as string[] | undefined) ?? [],
    stopwatch,
    onKernel: (name, done, total) => progress.show(`${done + 1}/${total} ${name}`),
  } as CompileOptions;
}

function print(context: Context, options: Options, file: string, size: number, compilation: Compilation, times: Times): void {
  if (options.json === true) {
    context.out(jsonDocument(compileJson(file, size, compilation, options.times === true ? times : null)));
    return;
  }
  if (options.explain === true) context.out(`${explainText(compilation)}\n`);
  if (options.times === true) context.out(`${timesText(times)}\n`);
  context.out(summaryText(file, size, compilation));
}

/** The model's graph. For one that is not supported, `--explain` and `--json` say what is missing; the diagnostic follows. */
function importGraph(context: Context, { file, bytes }: Source, options: Options, stopwatch: Stopwatch): GraphModule {
  try {
    return stopwatch.time('import', '', () => importModel(bytes, file, options.rounding === 'builtin' ? 'builtin' : 'delegate'));
  } catch (e) {
    if (e instanceof ImportError && options.json === true) context.out(jsonDocument(refusedJson(e)));
    else if (e instanceof ImportError && options.explain === true) context.out(`${refusedText(e)}\n`);
    throw e;
  }
}

function compileModel(context: Context, model: Source, options: Options, config: VtaConfig, stopwatch: Stopwatch): Compilation {
  const graph = importGraph(context, model, options, stopwatch);
  const progress = progressOf(context);
  try {
    return compileGraph(graph, optionsOf(options, config, progress, stopwatch));
  } finally {
    progress.clear();
  }
}

/** A tensor program is one launch. */
function compileProgram({ file, bytes }: Source, options: Options, config: VtaConfig, stopwatch: Stopwatch): Compilation {
  const schedule = typeof options.schedule === 'string' ? parseSchedule(readText(options.schedule)) : [];
  const func = stopwatch.time('parse', '', () => parseTir(new TextDecoder().decode(bytes), file));
  const artifact = compileTir(func, schedule, config, stopwatch);
  const placement = { name: artifact.name, op: 'tir', target: 'vta', refusals: [], notes: [], exact: true, remarks: [] } as const;
  return { artifact, notes: [], placements: [placement], passes: [] };
}

/** `vta compile MODEL -o FILE.vta` */
export const run: Run = async (context, [given], options) => {
  const begin = performance.now();
  const stopwatch = new Stopwatch(() => performance.now());
  const file = options.output as string;
  const output = new Output(file);
  const config = loadConfig(options.config as string);
  const source = sourceOf(given, stopwatch);
  const compilation = isTensorProgram(source.bytes, source.file)
    ? compileProgram(source, options, config, stopwatch)
    : compileModel(context, source, options, config, stopwatch);
  const bytes = stopwatch.time('encode', '', () => encodeArtifact(compilation.artifact));
  stopwatch.time('write', '', () => output.write(bytes));
  print(context, options, file, bytes.length, compilation, timesOf(stopwatch, begin));
  return 0;
};
