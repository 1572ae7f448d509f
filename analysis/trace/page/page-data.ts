import { BURST_CLIENTS } from '#isa/arch/trace';
import { ALU, COMPUTE_UNIT, GEMM, LOAD_UNIT, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import type { Accounts } from '../accounts.js';
import { STORE } from '../bursts.js';
import { allCounters, type Counter, windowOf } from '../counters.js';
import { CHANNELS } from '../flows.js';
import { textOf } from '../launch.js';
import { NO_INSN, type Span, STATES, UNIT_IDS, UNIT_NAMES, type UnitId } from '../spans.js';
import type { TimedLaunch, Timeline } from '../timeline.js';
import { CLIENT_SHIFT, HAS_WAITS, type PageCounter, type PageData, type PageInsns, type PageLayer, type PageUnit } from './data.js';

/** What being busy means. */
const UNIT_TEXT: Readonly<Record<UnitId, string>> = {
  fetch: 'instructions that move to their queues',
  load: 'steps of the walker: INP, WGT, PAD_VALUE',
  loader: 'steps of the walker: UOP, ACC, ACC_8BIT',
  gemm: 'cycles in which micro-ops issue',
  alu: 'cycles in which vectors issue',
  store: 'transfers of W beats',
  read: 'beats on R',
  write: 'beats on W',
};

const flat = ({ units }: Accounts): number[][] => UNIT_IDS.map((id) => STATES.map((s) => units[id][s]));

/** Number of the first instruction of each launch in the run. */
function firstInsns({ launches }: Timeline): readonly number[] {
  let next = 0;
  return launches.map((l) => {
    const first = next;
    next += l.launch.insns.length;
    return first;
  });
}

/** Clients of the bursts of one direction, in order, as codes above 0. */
function* clientCodes({ launch }: TimedLaunch, isWrite: boolean): Generator<number> {
  for (const client of launch.trace.bursts.client) if ((client === STORE) === isWrite) yield client + 1;
}

function unitSpans({ launches }: Timeline, id: UnitId, first: readonly number[]): number[] {
  const out: number[] = [];
  launches.forEach((l, n) => {
    const clients = id === 'read' || id === 'write' ? clientCodes(l, id === 'write') : null;
    for (const span of l.spans[id]) push(out, span, first[n], span.state === 'busy' ? (clients?.next().value ?? 0) : 0);
  });
  return out;
}

function push(out: number[], { from, to, state, insn, waits }: Span, first: number, client: number): void {
  const code = STATES.indexOf(state) + (waits === null ? 0 : HAS_WAITS) + (client << CLIENT_SHIFT);
  out.push(to - from, code, insn === NO_INSN ? NO_INSN : insn + first);
  if (waits !== null) out.push(waits.memory, waits.hazard, waits.queue);
}

/** The row in which an instruction works. */
function rowOf(insn: TimingInsn, started: number): number {
  if (started < 0) return -1;
  const id: UnitId =
    insn.unit === LOAD_UNIT
      ? 'load'
      : insn.unit === STORE_UNIT
        ? 'store'
        : insn.kind === GEMM
          ? 'gemm'
          : insn.kind === ALU
            ? 'alu'
            : 'loader';
  return UNIT_IDS.indexOf(id);
}

function insnsOf({ launches }: Timeline): PageInsns {
  const numbers = new Map<string, number>();
  const out = { row: [] as number[], unit: [] as number[], text: [] as number[], times: [] as number[] };
  for (const { launch } of launches) {
    const { queued, accepted, started, finished, retired } = launch.trace.insns;
    for (const insn of launch.insns) {
      const i = insn.index;
      const text = textOf(launch, i);
      if (!numbers.has(text)) numbers.set(text, numbers.size);
      out.row.push(rowOf(insn, started[i]));
      out.unit.push(insn.unit === COMPUTE_UNIT ? 1 : insn.unit);
      out.text.push(numbers.get(text)!);
      out.times.push(queued[i], accepted[i], started[i], finished[i], retired[i]);
    }
  }
  return { ...out, texts: [...numbers.keys()] };
}

const global = (insn: number, first: number): number => (insn === NO_INSN ? NO_INSN : insn + first);

const flowsOf = ({ launches }: Timeline, first: readonly number[]): number[] =>
  launches.flatMap((l, n) =>
    l.flows.flatMap(({ channel, from, to, pushed }) => [
      CHANNELS.indexOf(channel),
      global(from, first[n]),
      global(to, first[n]),
      l.start + pushed,
    ]),
  );

/** One counter over all launches. */
function joined(launches: readonly TimedLaunch[], counters: readonly Counter[]): PageCounter {
  const at: number[] = [];
  const value: number[] = [];
  counters.forEach((counter, n) => {
    counter.at.forEach((cycle, i) => {
      if (cycle >= launches[n].accounts.cycles) return;
      at.push(launches[n].start + cycle);
      value.push(Math.round(counter.value[i] * 1000) / 1000);
    });
  });
  return { name: counters[0].name, unit: counters[0].unit, at, value };
}

function countersOf({ launches, cycles }: Timeline): PageCounter[] {
  const window = windowOf(cycles);
  const each = launches.map(({ launch }) => allCounters(launch, window));
  return each[0].map((_, c) =>
    joined(
      launches,
      each.map((list) => list[c]),
    ),
  );
}

/** Everything that the page shows. */
export function pageData(t: Timeline): PageData {
  const first = firstInsns(t);
  const { config, memory } = t.launches[0].launch;
  const layers = t.launches.map(
    ({ launch, start, accounts }, n): PageLayer => ({
      name: launch.name,
      start,
      cycles: accounts.cycles,
      insn: first[n],
      accounts: flat(accounts),
    }),
  );
  const units = UNIT_IDS.map((id): PageUnit => ({ name: UNIT_NAMES[id], text: UNIT_TEXT[id], spans: unitSpans(t, id, first) }));
  return {
    name: t.name,
    on: t.on,
    config: config.name,
    memory: `${memory.width}-bit bus, latency ${memory.latency}, interval ${memory.interval}${memory.stall > 0 ? `, stall ${memory.stall}` : ''}`,
    cycles: t.cycles,
    states: STATES,
    clients: BURST_CLIENTS,
    channels: CHANNELS,
    layers,
    accounts: flat(t.accounts),
    units,
    insns: insnsOf(t),
    flows: flowsOf(t, first),
    counters: countersOf(t),
  };
}
