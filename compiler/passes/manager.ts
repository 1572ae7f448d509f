/** Runs passes and does for all of them what none should do itself: order, verification, dumps, timing, skipping, bisection. */
import { fail, nearest } from '#isa/diag/diagnostic';
import { graphDifference } from '../graph/equal.js';
import type { GraphModule } from '../graph/node.js';
import { printGraph } from '../graph/print.js';
import { verifyGraph } from '../graph/verify.js';
import { passMessages as M } from './messages.js';
import { type Pass, type PassContext, runPass } from './pass.js';
import { Stopwatch } from '../stopwatch.js';

export interface PassOptions {
  /** Names of optional passes to leave out. */
  readonly skip?: readonly string[];
  /** Run only the first n optional passes: halve n until the pass that breaks a model is found. */
  readonly bisect?: number;
  /** Receives the graph after every pass, under a name such as `03-fuse-pads.graph`; also the graph as it came in, `00-input.graph`. */
  readonly dump?: (name: string, text: string) => void;
  /** Measures the passes; where absent, times are 0. */
  readonly stopwatch?: Stopwatch;
}

/** What one pass did. */
export interface PassRecord {
  readonly name: string;
  readonly status: 'changed' | 'unchanged' | 'skipped';
  readonly ms: number;
}

export interface PassResult {
  readonly module: GraphModule;
  readonly records: readonly PassRecord[];
}

/** @throws VtaError VTA2101 for a name that is no pass, VTA2102 for a pass that must run */
function checkSkips(passes: readonly Pass[], skip: readonly string[]): void {
  const names = passes.map((p) => p.name);
  for (const name of skip) {
    const pass = passes.find((p) => p.name === name);
    if (pass === undefined) {
      const near = nearest(name, names);
      fail(M.VTA2101, { name, hint: near === null ? '' : ` (did you mean ${near}?)`, names: names.join(', ') });
    }
    if (!pass.optional) fail(M.VTA2102, { name, optional: passes.flatMap((p) => (p.optional ? [p.name] : [])).join(', ') });
  }
}

function checkNeeds(pass: Pass, facts: ReadonlySet<string>): void {
  const missing = pass.needs.filter((need) => !facts.has(need));
  if (missing.length > 0) throw new Error(`internal error: pass ${pass.name} needs ${missing.join(', ')}, which no pass before it gives`);
}

function runChecked(pass: Pass, module: GraphModule, context: PassContext): { module: GraphModule; changed: boolean } {
  const after = runPass(pass, module, context);
  const changed = after !== module && graphDifference(module, after) !== null;
  if (changed) verifyGraph(after);
  return { module: changed ? after : module, changed };
}

/**
 * Runs `passes` in order on `module`.
 * @throws VtaError VTA2101, VTA2102 (skip), VTA2005 (a pass broke the graph), and what passes throw
 */
export function runPasses(passes: readonly Pass[], module: GraphModule, context: PassContext, options: PassOptions = {}): PassResult {
  const { skip = [], bisect = Number.POSITIVE_INFINITY, dump, stopwatch = new Stopwatch() } = options;
  checkSkips(passes, skip);
  const facts = new Set<string>();
  const records: PassRecord[] = [];
  let current = module;
  let optionalRuns = 0;
  const print = (name: string) => {
    if (dump !== undefined) stopwatch.time('dump', '', () => dump(name, printGraph(current)));
  };
  print('00-input.graph');
  for (const [i, pass] of passes.entries()) {
    if (pass.optional && (skip.includes(pass.name) || optionalRuns++ >= bisect)) {
      records.push({ name: pass.name, status: 'skipped', ms: 0 });
      continue;
    }
    checkNeeds(pass, facts);
    const result = stopwatch.time('pass', pass.name, () => runChecked(pass, current, context));
    records.push({ name: pass.name, status: result.changed ? 'changed' : 'unchanged', ms: stopwatch.steps.at(-1)?.ms ?? 0 });
    current = result.module;
    for (const fact of pass.gives) facts.add(fact);
    print(`${String(i + 1).padStart(2, '0')}-${pass.name}.graph`);
  }
  return { module: current, records };
}
