/** `npm run mutants`: makes small faults, one at a time, and reports those that no test notices. */
import { pathToFileURL } from 'node:url';
import { VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';
import { root } from '../lib/files.js';
import type { Fault } from './fault.js';
import { faultId } from './fault.js';
import { Judge, removeFolders, shownOf } from './judge.js';
import { type Entry, Log } from './log.js';
import { explainedFaults, faultOf, knownFaults } from './notes.js';
import { type Options, parseOptions } from './options.js';
import { Related } from './related.js';
import { type Explained, progressLine, report, scoreOf } from './report.js';
import { stopAll } from './run-tests.js';
import { faultWithId, select } from './select.js';
import { TimeTable } from './times.js';
import { type Pointless, TypeScriptFaults } from './valid.js';
import { RtlFaults } from './valid-rtl.js';

const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** Why a fault is not worth a run; what it needs is made when it is first asked. */
function pointlessness(): (fault: Fault) => Promise<Pointless | null> {
  let typescript: TypeScriptFaults | undefined;
  let rtl: RtlFaults | undefined;
  return async (fault) => {
    if (fault.file.endsWith('.sv')) return (rtl ??= new RtlFaults()).judge(fault);
    return (typescript ??= new TypeScriptFaults()).judge(fault);
  };
}

async function* knownOf({ only }: Options): AsyncGenerator<Fault> {
  for (const known of knownFaults()) {
    const fault = faultOf(known);
    if (fault === null) note(`gone: ${known.file} has no line ${known.from}`);
    else if (only.some((a) => a.name === fault.area)) yield fault;
  }
}

/** The faults of a log that no test noticed, as far as today's sources can still have them. */
async function* survivorsOf(entries: readonly Entry[]): AsyncGenerator<Fault> {
  for (const entry of entries.filter((e) => e.result === 'survived')) {
    const fault = faultWithId(entry.file, entry.id);
    if (fault === null) note(`gone: ${entry.file} has no line ${entry.from}`);
    else yield fault;
  }
}

/** The faults of a run, handed out one at a time to whoever asks next. */
const faultsOf = (options: Options): AsyncGenerator<Fault> =>
  options.known ? knownOf(options) : select(options.only, options.seed, options.count, pointlessness());

async function list(options: Options): Promise<void> {
  for await (const fault of faultsOf(options)) {
    const { line, from, to } = shownOf(fault);
    console.log(`${fault.file}:${line}  ${fault.kind}\n  - ${from}\n  + ${to}`);
  }
}

/** Tries every fault of the run that the log does not have yet. */
async function tryAll(options: Options, log: Log, judge: Judge): Promise<void> {
  const done = new Set(options.retry ? [] : log.entries.map((e) => e.id));
  const count = options.known ? knownFaults().length : options.count;
  const source = options.retry ? survivorsOf(log.entries) : faultsOf(options);
  const worker = async (): Promise<void> => {
    for (let step = await source.next(); step.done !== true; step = await source.next()) {
      const fault = step.value;
      const shown = shownOf(fault);
      const id = faultId(fault.file, shown);
      if (done.has(id)) continue;
      const verdict = await judge.judge(fault);
      const entry: Entry = { id, area: fault.area, file: fault.file, kind: fault.kind, ...shown, ...verdict };
      log.add(entry);
      note(progressLine(entry, log.entries.length, count));
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
}

/** With the reasons of those that are known to be harmless. */
function explained(entries: readonly Entry[]): readonly Explained[] {
  const why = new Map(explainedFaults().map((e) => [faultId(e.file, e), e.why ?? null]));
  return entries.map((e) => ({ ...e, why: why.get(e.id) ?? null }));
}

/** @returns the exit status */
export async function mutants(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.list) {
    await list(options);
    return 0;
  }
  const key = { seed: options.known ? -1 : options.seed, count: options.count, only: options.only.map((a) => a.name) };
  const log = new Log(options.log, key, options.resume || options.retry);
  const judge = new Judge(new Related(), new TimeTable(`${root}build/mutants`), options);
  await tryAll(options, log, judge);
  const broken = [...judge.broken];
  const faults = explained(log.entries);
  if (options.json) console.log(JSON.stringify({ schema: 1, ...key, score: scoreOf(faults), broken, faults }));
  else console.log(report(faults, broken));
  return scoreOf(faults).survived === 0 ? 0 : 1;
}

async function main(): Promise<void> {
  process.once('exit', removeFolders);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopAll();
      process.exit(130);
    });
  }
  try {
    process.exitCode = await mutants(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    for (const d of error.diagnostics) console.error(printDiagnostic(d));
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
