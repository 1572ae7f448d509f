import { BURST_CLIENTS } from '#isa/arch/trace';
import { UNITS } from '#isa/spec/tables';
import type { TimingInsn } from '#simulator/cycle/program';
import { pushesOf } from '#simulator/values/tokens';
import { STORE } from '../bursts.js';
import { aluPasses } from '../chains.js';
import { type Counter, tokenCounters } from '../counters.js';
import { mnemonicOf, textOf } from '../launch.js';
import { pushCycles } from '../pushes.js';
import { NO_INSN, type Span, UNIT_NAMES, type UnitId } from '../spans.js';
import type { TimedLaunch } from '../timeline.js';
import { type Brick, eventLane, isQuiet, LETTER, type Lane, laneOf, type Scale } from './lanes.js';

/** WaveDrom's source form (WaveJSON) of a picture. */
export interface WaveSource {
  readonly signal: readonly (Lane | readonly (string | Lane)[])[];
  readonly edge: readonly string[];
  readonly head: { readonly text: string; readonly tick: number; readonly every: number };
  readonly config: { readonly skin: string };
}

/** The widest window that is drawn, in cycles. */
export const WIDEST_WAVE = 200;

/** WaveDrom's skins with the cycles that they are good for, and their pixels per cycle. */
const SKINS = [
  { skin: 'default', most: 40, pixels: 40 },
  { skin: 'narrow', most: 80, pixels: 20 },
  { skin: 'narrower', most: WIDEST_WAVE, pixels: 10 },
] as const;

/** Colours of the states: blue, orange, purple, pink, yellow. */
const COLORS: Readonly<Record<Span['state'], string>> = { busy: '5', token: '4', memory: '8', hazard: '9', queue: '3', idle: '0' };

const TICK_PIXELS = 80;
/** A group's name stands upright beside its lanes. */
const LANE_HEIGHT = 30;

function unitLane(t: TimedLaunch, id: UnitId, scale: Scale): Lane {
  const passes = id === 'alu' ? aluPasses(t.launch) : null;
  const bricks = t.spans[id].map(({ from, to, state, insn }): Brick => {
    if (state !== 'busy') return { from, to, color: COLORS[state], texts: [state, state.slice(0, 3), state[0]] };
    if (id === 'fetch') return { from, to, color: COLORS.busy, texts: ['dispatch'] };
    const numbers = (passes?.get(insn) ?? [insn]).join('+');
    const name = mnemonicOf(t.launch, insn);
    return { from, to, color: COLORS.busy, texts: [`${numbers} ${name}`, numbers, String(insn)] };
  });
  return laneOf(UNIT_NAMES[id], bricks, scale);
}

/** The bursts of one direction: the wait for the first beat, and the beats. */
function busLane(t: TimedLaunch, id: 'read' | 'write', scale: Scale): Lane {
  const { client } = t.launch.trace.bursts;
  const mine = Array.from(client.keys()).filter((b) => (client[b] === STORE) === (id === 'write'));
  let n = 0;
  const bricks = t.spans[id].map(({ from, to, state, insn }): Brick => {
    if (state !== 'busy') return { from, to, color: COLORS[state], texts: [state, state[0]] };
    const name = BURST_CLIENTS[client[mine[n++]]];
    return { from, to, color: COLORS.busy, texts: [`${name} ${insn}`, String(insn)] };
  });
  return laneOf(UNIT_NAMES[id], bricks, scale);
}

/** A counter as its values. */
function counterLane({ name, at, value }: Counter, scale: Scale): Lane {
  const bricks = at.map((from, n): Brick => {
    const to = at[n + 1] ?? scale.to;
    return { from, to, color: value[n] === 0 ? '0' : '2', texts: [String(value[n])] };
  });
  return laneOf(name.replace('tokens ', ''), bricks, scale);
}

/** Letters for the ends of token arrows; WaveDrom does not draw capitals. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Places letters on lanes, and gives the arrows. */
class Arrows {
  readonly edges: string[] = [];
  private readonly nodes = new Map<string, string[]>();

  constructor(private readonly scale: Scale) {}

  add(from: readonly [lane: string, cycle: number], to: readonly [lane: string, cycle: number], text: string): void {
    const [a, b] = [LETTERS[2 * this.edges.length], LETTERS[2 * this.edges.length + 1]];
    if (b === undefined || this.taken(from) || this.taken(to)) return;
    this.place(from, a);
    this.place(to, b);
    this.edges.push(`${a}~>${b} ${text}`);
  }

  on(lane: Lane): Lane {
    const row = this.nodes.get(lane.name);
    return row === undefined ? lane : { ...lane, node: row.join('') };
  }

  private taken([lane, cycle]: readonly [string, number]): boolean {
    const at = this.nodes.get(lane)?.[cycle - this.scale.from];
    return cycle < this.scale.from || cycle >= this.scale.to || (at !== undefined && at !== '.');
  }

  private place([lane, cycle]: readonly [string, number], letter: string): void {
    const row = this.nodes.get(lane) ?? new Array<string>(this.scale.to - this.scale.from).fill('.');
    row[cycle - this.scale.from] = letter;
    this.nodes.set(lane, row);
  }
}

/** Lanes of a unit's events. Load and store give tokens when they retire, compute when what a token promises is true. */
const NAMES = UNITS.map((u) => ({ take: `${u} takes`, push: u === 'compute' ? 'compute gives' : `${u} retires`, retire: `${u} retires` }));

/** When instructions leave their queue, give tokens and retire. */
function eventLanes({ launch }: TimedLaunch, scale: Scale): readonly Lane[] {
  const { accepted, retired } = launch.trace.insns;
  const pushed = pushCycles(launch);
  return UNITS.flatMap((_, unit) => {
    const mine = launch.insns.filter((i) => i.unit === unit);
    const at = (cycleOf: (i: TimingInsn) => number) => mine.map((i) => [cycleOf(i), String(i.index)] as const);
    const gives = mine
      .flatMap((i) => pushesOf(i.decoded).map((c) => [pushed(c, i.index), String(i.index)] as const))
      .sort((a, b) => a[0] - b[0])
      .filter(([cycle], n, all) => n === 0 || all[n - 1][0] !== cycle);
    const { take, push, retire } = NAMES[unit];
    const taken = eventLane(
      take,
      at((i) => accepted[i.index]),
      scale,
    );
    const given = push === retire ? [] : [eventLane(push, gives, scale)];
    const retires = at((i) => retired[i.index]);
    return [taken, ...given, eventLane(retire, retires, scale)];
  });
}

/** Tokens that are given and taken inside the window. */
function arrows(t: TimedLaunch, scale: Scale): Arrows {
  const out = new Arrows(scale);
  const { insns, trace } = t.launch;
  for (const { channel, from, to, pushed } of t.flows) {
    if (from === NO_INSN || to === NO_INSN) continue;
    out.add([NAMES[insns[from].unit].push, pushed], [NAMES[insns[to].unit].take, trace.insns.accepted[to]], channel);
  }
  return out;
}

/** The AR and AW handshakes, with the client. */
function handshakeLane({ launch }: TimedLaunch, isWrite: boolean, scale: Scale): Lane {
  const { count, client, handshake } = launch.trace.bursts;
  const events: [number, string][] = [];
  for (let b = 0; b < count; b++)
    if ((client[b] === STORE) === isWrite) events.push([handshake[b], BURST_CLIENTS[client[b]][0].toUpperCase()]);
  return eventLane(isWrite ? 'AW' : 'AR', events, scale);
}

/** Instructions that are under way in a window: somewhere between queue and retirement. */
export function insnsIn({ launch }: TimedLaunch, from: number, to: number): readonly number[] {
  const { accepted, retired } = launch.trace.insns;
  return launch.insns.filter(({ index }) => accepted[index] < to && retired[index] >= from).map((i) => i.index);
}

/**
 * The WaveJSON of the cycles `[from, to)` of a launch: what every unit does, when instructions are taken from their queues, give tokens and retire, the token
 * counters and the bus. Lanes on which nothing happens are left out.
 * @param to at most {@link WIDEST_WAVE} after `from`
 */
export function waveSource(t: TimedLaunch, from: number, to: number): WaveSource {
  const { skin, pixels } = SKINS.find((s) => to - from <= s.most) ?? SKINS[SKINS.length - 1];
  const scale: Scale = { from, to, pixels };
  const marks = arrows(t, scale);
  const units = (['fetch', 'load', 'loader', 'gemm', 'alu', 'store'] as const).map((id) => unitLane(t, id, scale));
  const events = eventLanes(t, scale).map((lane) => marks.on(lane));
  const counters = tokenCounters(t.launch).map((c) => counterLane(c, scale));
  const bus = [handshakeLane(t, false, scale), busLane(t, 'read', scale), handshakeLane(t, true, scale), busLane(t, 'write', scale)];
  const group = (name: string, lanes: readonly Lane[]): WaveSource['signal'] => {
    const shown = lanes.filter((l) => !isQuiet(l));
    return name.length * LETTER <= shown.length * LANE_HEIGHT ? [[name, ...shown]] : shown;
  };
  const every = [1, 2, 5, 10, 20].find((n) => n * pixels >= TICK_PIXELS) ?? 20;
  return {
    signal: [...group('units', units), ...group('instructions', events), ...group('tokens', counters), ...group('bus', bus)],
    edge: marks.edges,
    head: { text: `${t.launch.name}, cycles ${from} to ${to - 1}`, tick: from, every },
    config: { skin },
  };
}

/** The instructions of a window as text, one per line. */
export const insnLines = (t: TimedLaunch, from: number, to: number): readonly string[] =>
  insnsIn(t, from, to).map((i) => `${String(i).padStart(6)}  ${textOf(t.launch, i)}`);
