import { AXI_CHANNELS, stalls } from '#isa/arch/memory';
import { eachBeat } from '../beats.js';
import { STORE } from '../bursts.js';
import type { RecordedLaunch } from '../launch.js';
import { pulses, type Signal, UNKNOWN, Values } from './signal.js';

const TOP = 'TOP';
const name = (pin: string): readonly string[] => [TOP, `m_axi_gmem_${pin}`];

/** Cycles of the transfers on each channel. */
interface Transfers {
  readonly ar: Set<number>;
  readonly aw: Set<number>;
  readonly r: Set<number>;
  readonly w: Set<number>;
  readonly b: Set<number>;
  /** Clients of R beats, as the bits of the read engine. */
  readonly beats: Values;
}

function transfers(launch: RecordedLaunch): Transfers {
  const { count, client, handshake, last } = launch.trace.bursts;
  const out = { ar: new Set<number>(), aw: new Set<number>(), r: new Set<number>(), w: new Set<number>(), b: new Set<number>() };
  const beats = new Values(3, 0);
  let response = -1;
  for (let n = 0; n < count; n++) {
    const isWrite = client[n] === STORE;
    (isWrite ? out.aw : out.ar).add(handshake[n]);
    eachBeat(launch, n, (cycle) => {
      (isWrite ? out.w : out.r).add(cycle);
      if (!isWrite) beats.or(cycle, 1 << client[n]);
    });
    if (!isWrite) continue;
    // offered from the cycle after the last beat on, one per cycle
    response = Math.max(response + 1, last[n] + 1);
    while (stalls(launch.memory, AXI_CHANNELS.B, response)) response++;
    out.b.add(response);
  }
  return { ...out, beats };
}

/** READY of a channel of the memory, and VALID of the core: known where READY is 1, because it would be a transfer. */
function handshake(
  valid: string,
  ready: string,
  done: ReadonlySet<number>,
  isReady: (cycle: number) => boolean,
  cycles: number,
): readonly Signal[] {
  const readys = new Values(1, 1);
  const valids = new Values(1, 0);
  for (let cycle = 0; cycle <= cycles; cycle++) {
    if (!isReady(cycle)) {
      readys.set(cycle, 0);
      valids.set(cycle, UNKNOWN);
    } else if (done.has(cycle)) valids.set(cycle, 1);
  }
  return [valids.signal(...name(valid)), readys.signal(...name(ready))];
}

/** When W is ready: one interval after the transfer before, where it does not stall. */
function writeReady({ memory }: RecordedLaunch, w: ReadonlySet<number>): (cycle: number) => boolean {
  let before = -Infinity;
  return (cycle) => {
    const ready = cycle - before >= memory.interval && !stalls(memory, AXI_CHANNELS.W, cycle);
    if (w.has(cycle)) before = cycle;
    return ready;
  };
}

/** The pins of the AXI port, and whose beats come. */
export function busSignals(launch: RecordedLaunch, core: readonly string[]): readonly Signal[] {
  const { memory, trace } = launch;
  const t = transfers(launch);
  const ready = (channel: number) => (cycle: number) => !stalls(memory, channel, cycle);
  return [
    ...handshake('ARVALID', 'ARREADY', t.ar, ready(AXI_CHANNELS.AR), trace.cycles),
    pulses(t.r, ...name('RVALID')),
    ...handshake('AWVALID', 'AWREADY', t.aw, ready(AXI_CHANNELS.AW), trace.cycles),
    ...handshake('WVALID', 'WREADY', t.w, writeReady(launch, t.w), trace.cycles),
    pulses(t.b, ...name('BVALID')),
    t.beats.signal(...core, 'beat'),
  ];
}
