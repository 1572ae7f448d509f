import { NO_INSN, STATES, UNIT_IDS } from '../spans.js';
import type { TimedLaunch } from '../timeline.js';
import { busSignals } from './bus-signals.js';
import { CORE, coreSignals } from './core-signals.js';
import { type Signal, UNKNOWN, type Value, valueAt } from './signal.js';

/** Module of the signals that only a trace has. */
const TRACE = 'trace';
const STATE_BITS = 3;
const INSN_BITS = 32;

/** Each unit's state (its number in the order of the accounts) and the instruction that it works on or waits for. */
const unitSignals = ({ spans }: TimedLaunch): readonly Signal[] =>
  UNIT_IDS.flatMap((id) => {
    const at = spans[id].map((s) => s.from);
    return [
      { path: ['TOP', TRACE, `${id}_state`], width: STATE_BITS, at, value: spans[id].map((s) => STATES.indexOf(s.state)) },
      { path: ['TOP', TRACE, `${id}_insn`], width: INSN_BITS, at, value: spans[id].map((s) => (s.insn === NO_INSN ? UNKNOWN : s.insn)) },
    ];
  });

/** Short names of signals, of printable characters. */
function codeOf(n: number): string {
  const digit = String.fromCharCode(33 + (n % 94));
  return n < 94 ? digit : codeOf(Math.floor(n / 94) - 1) + digit;
}

function change(value: Value, width: number, code: string): string {
  if (width === 1) return `${value ?? 'x'}${code}\n`;
  return `b${value === UNKNOWN ? 'x' : value.toString(2)} ${code}\n`;
}

/** A scope and what is in it. */
interface Scope {
  readonly signals: { readonly name: string; readonly width: number; readonly code: string }[];
  readonly scopes: Map<string, Scope>;
}

const newScope = (): Scope => ({ signals: [], scopes: new Map() });

function declarations(signals: readonly Signal[], clock: string): string {
  const root = newScope();
  const scopeOf = (path: readonly string[]): Scope => {
    let scope = root;
    for (const name of path) {
      if (!scope.scopes.has(name)) scope.scopes.set(name, newScope());
      scope = scope.scopes.get(name)!;
    }
    return scope;
  };
  scopeOf(['TOP']).signals.push({ name: 'ap_clk', width: 1, code: clock });
  signals.forEach(({ path, width }, n) => {
    scopeOf(path.slice(0, -1)).signals.push({ name: path[path.length - 1], width, code: codeOf(n) });
  });
  const print = (scope: Scope, indent: string): string =>
    scope.signals
      .map(({ name, width, code }) => `${indent}$var wire ${width} ${code} ${name}${width > 1 ? ` [${width - 1}:0]` : ''} $end\n`)
      .join('') +
    [...scope.scopes].map(([name, s]) => `${indent}$scope module ${name} $end\n${print(s, `${indent} `)}${indent}$upscope $end\n`).join('');
  return `$version vta trace $end\n$timescale 1ps $end\n${print(root, '')}$enddefinitions $end\n`;
}

/** Cycles that are written together. */
const PIECE = 4096;

/**
 * The signals of the cycles `from` to `to` (both included) as a VCD file: those of the core that follow from a trace, under the names that they have in the Verilated
 * RTL, and each unit's state. As there, cycle c begins at time 2c with the clock low, and the clock is high from 2c + 1 on. What the trace does not tell is x.
 * @returns the file in pieces
 */
export function* vcdFile(t: TimedLaunch, from: number, to: number): Generator<string> {
  const signals = [...busSignals(t.launch, CORE), ...coreSignals(t), ...unitSignals(t)];
  const clock = codeOf(signals.length);
  yield declarations(signals, clock);
  yield `#${2 * from}\n$dumpvars\n0${clock}\n${signals.map((s, n) => change(valueAt(s, from), s.width, codeOf(n))).join('')}$end\n#${2 * from + 1}\n1${clock}\n`;
  const next = signals.map((s) => s.at.findIndex((at) => at > from));
  let piece = '';
  for (let cycle = from + 1; cycle <= to; cycle++) {
    piece += `#${2 * cycle}\n0${clock}\n`;
    for (let n = 0; n < signals.length; n++) {
      const { at, value, width } = signals[n];
      if (next[n] < 0 || at[next[n]] !== cycle) continue;
      piece += change(value[next[n]], width, codeOf(n));
      next[n] = next[n] + 1 < at.length ? next[n] + 1 : -1;
    }
    piece += `#${2 * cycle + 1}\n1${clock}\n`;
    if (cycle % PIECE !== 0) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
