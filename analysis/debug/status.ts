/** What units, queues and instructions are at, as text. */
import { disassembleInsn } from '#isa/asm/disassemble';
import { TOKEN_CHANNELS, type TokenChannel, UNITS, type Unit } from '#isa/spec/tables';
import { SCRATCHPADS, depthOf } from '#simulator/values/footprint';
import { CHANNELS } from '../program/token-play.js';
import type { Decoded } from '#simulator/values/decode';
import { popsOf } from '#simulator/values/tokens';
import { breakpointText } from './breakpoints.js';
import type { Debugger, Stage } from './debugger.js';

/** Instructions of a queue that are shown. */
const SHOWN = 8;

const text = (d: Debugger, insn: number): string => disassembleInsn(d.insns[insn].insn, d.program.config);

/** `instruction 4 (compute) gemm ...` */
export const summary = (d: Debugger, insn: number): string => `instruction ${insn} (${d.insns[insn].unit}) ${text(d, insn)}`;

/** Tokens that an instruction would have to wait for now. */
const missing = (d: Debugger, insn: Decoded): TokenChannel[] => popsOf(insn).filter((c) => d.tokens[c] <= 0);

/** What an instruction in flight is at. */
function progress(d: Debugger, { index }: Decoded): string {
  const { started, finished, retired } = d.program.trace.insns;
  if (started[index] < 0) return `nothing to do, retires in ${retired[index]}`;
  if (started[index] > d.now) return `waits, begins to work in ${started[index]}`;
  if (finished[index] > d.now) return `works since ${started[index]}, until ${finished[index]}`;
  return `has worked until ${finished[index]}, retires in ${retired[index]}`;
}

function headText(d: Debugger, head: Decoded): string {
  const tokens = missing(d, head);
  const waits = tokens.map((c) => `a token from ${TOKEN_CHANNELS[c].from} (${c})`).join(' and ');
  return tokens.length > 0 ? `waits for ${waits}` : 'next to start';
}

function unitText(d: Debugger, unit: Unit): string {
  const inFlight = d.at(unit, 'in flight');
  const queued = d.at(unit, 'queued');
  const lines = inFlight.map((i) => `  in flight  ${i.index}  ${text(d, i.index)}  (${progress(d, i)})\n`);
  const head = queued.length === 0 ? [] : [`  head       ${queued[0].index}  ${text(d, queued[0].index)}  (${headText(d, queued[0])})\n`];
  const idle = lines.length + head.length === 0 ? '  nothing\n' : '';
  return `${unit}\n${lines.join('')}${head.join('')}${idle}`;
}

const nowText = (d: Debugger): string => (d.now < 0 ? 'before cycle 0\n' : `after cycle ${d.now}\n`);

export const whereText = (d: Debugger): string => nowText(d) + UNITS.map((unit) => unitText(d, unit)).join('');

export function queuesText(d: Debugger): string {
  const numbers = (list: readonly Decoded[]) =>
    list.length === 0
      ? 'empty'
      : `${list
          .slice(0, SHOWN)
          .map((i) => i.index)
          .join(' ')}${list.length > SHOWN ? ' ...' : ''}  (${list.length})`;
  const lines = UNITS.flatMap((unit) => {
    const flight = unit === 'compute' ? 'reorder buffer' : 'in flight';
    return [
      `${unit.padEnd(7)}  queue           ${numbers(d.at(unit, 'queued'))}\n`,
      `         ${flight.padEnd(14)}  ${numbers(d.at(unit, 'in flight'))}\n`,
    ];
  });
  const rest = d.insns.filter((i) => d.stage(i.index) === 'to be fetched').length;
  return `${nowText(d)}${lines.join('')}fetch    ${rest} instructions to come\n`;
}

export function tokensText(d: Debugger): string {
  const waiting = (c: TokenChannel) => {
    const head = d.at(TOKEN_CHANNELS[c].to, 'queued')[0];
    return head !== undefined && missing(d, head).includes(c)
      ? `   instruction ${head.index} of ${TOKEN_CHANNELS[c].to} waits for one`
      : '';
  };
  const line = (c: TokenChannel) =>
    `${c}  ${`${TOKEN_CHANNELS[c].from} to ${TOKEN_CHANNELS[c].to}`.padEnd(16)}  ${d.tokens[c]}${waiting(c)}\n`;
  return nowText(d) + CHANNELS.map(line).join('');
}

/** One letter for each stage. */
const MARKS: Readonly<Record<Stage, string>> = { retired: 'r', 'in flight': '*', queued: 'q', 'to be fetched': ' ' };

export function listText(d: Debugger, around: number | null): string {
  const oldest = d.insns.find((i) => d.stage(i.index) !== 'retired')?.index ?? d.insns.length - 1;
  const middle = around ?? oldest;
  const from = Math.max(0, Math.min(middle - 5, d.insns.length - 11));
  const width = String(Math.min(d.insns.length - 1, from + 10)).length;
  return d.insns
    .slice(from, from + 11)
    .map(({ index, unit }) => `${MARKS[d.stage(index)]} ${String(index).padStart(width)}  ${unit.padEnd(7)}  ${text(d, index)}\n`)
    .join('');
}

export function insnTimes(d: Debugger, insn: number): string {
  const { queued, accepted, started, finished, retired } = d.program.trace.insns;
  const work = started[insn] < 0 ? 'has nothing to do' : `works from ${started[insn]} to ${finished[insn]}`;
  return `${summary(d, insn)}\n  ${d.stage(insn)}; in the queue from cycle ${queued[insn]}, starts in ${accepted[insn]}, ${work}, retires in ${retired[insn]}\n`;
}

export function infoText(d: Debugger): string {
  const { name, config, trace, insnAddr, insnCount } = d.program;
  const depths = SCRATCHPADS.map((m) => `${m} ${depthOf(m, config)}`).join(', ');
  const breakpoints = d.breakpoints.map((b) => `breakpoint ${b.id}: ${breakpointText(b)}, hit ${b.hits} times\n`);
  return (
    `${name}: ${insnCount} instructions at 0x${insnAddr.toString(16)}, ${trace.cycles} cycles, now ${nowText(d)}` +
    `machine ${config.name}: elements of ${depths}; memory of ${d.dram.length} bytes\n${breakpoints.length === 0 ? 'no breakpoints\n' : breakpoints.join('')}`
  );
}
