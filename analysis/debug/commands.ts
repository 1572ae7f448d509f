import { fail, nearest } from '#isa/diag/diagnostic';
import { depthOf } from '#simulator/values/footprint';
import { breakCommand } from './break-command.js';
import { breakpointText } from './breakpoints.js';
import type { Debugger, Stop } from './debugger.js';
import { debugMessages as M } from './messages.js';
import { dramText, elementText, scratchpadOf, SHOWN_MEMORIES } from './show.js';
import { infoText, insnTimes, listText, queuesText, summary, tokensText, whereText } from './status.js';
import { Words } from './words.js';

/** What a command answers; `leave` ends the session. */
export interface Answer {
  readonly text: string;
  readonly leave?: true;
}

interface Command {
  readonly names: readonly string[];
  readonly form: string;
  readonly does: string;
  readonly run: (d: Debugger, words: Words) => string | Answer;
}

const MOST_SHOWN = 64;

/** Where the program stands after it went on. */
function stopText(d: Debugger, stop: Stop): string {
  if (stop.kind === 'there') return `cycle ${d.now}\n`;
  if (stop.kind === 'end') return endText(d);
  const { breakpoints, moment } = stop;
  const what = moment === null ? '' : `: ${summary(d, moment.insn)} ${moment.kind === 'start' ? 'starts' : 'retires'}`;
  const which = breakpoints.map((b) => `breakpoint ${b.id} (${breakpointText(b)})`).join(', ');
  return `cycle ${d.now}, ${which}${what}\n`;
}

/** The end of a program, and which breakpoints it never came to. */
function endText(d: Debugger): string {
  const never = d.breakpoints.filter((b) => b.hits === 0).map((b) => `breakpoint ${b.id} (${breakpointText(b)}) was never reached\n`);
  return `the program has ended: FINISH retired in cycle ${d.program.trace.cycles}\n${never.join('')}`;
}

function step(d: Debugger, words: Words): string {
  const count = words.done ? 1 : words.number('instructions');
  words.end();
  if (d.ended) return endText(d);
  const { stop, retired } = d.step(count);
  const lines = retired.map((insn) => `cycle ${d.program.trace.insns.retired[insn]}: ${summary(d, insn)} retired\n`);
  const shown = lines.length > MOST_SHOWN ? [`... ${lines.length - MOST_SHOWN} more ...\n`, ...lines.slice(-MOST_SHOWN)] : lines;
  return shown.join('') + (stop.kind === 'there' ? '' : stopText(d, stop));
}

function toCycle(d: Debugger, words: Words): string {
  const cycle = words.number('cycles');
  words.end();
  if (cycle <= d.now) fail(M.VTA4114, { cycle, now: d.now });
  return stopText(d, d.runTo(cycle));
}

/** @throws VtaError VTA4113 */
function inside(what: string, number: number, size: number): void {
  if (number >= size) fail(M.VTA4113, { what, number, limit: `there are ${size}, from 0` });
}

function print(d: Debugger, words: Words): string {
  const memory = words.oneOf(SHOWN_MEMORIES, 'a memory');
  const [low, high] = words.range('elements');
  words.end();
  const scratchpad = scratchpadOf(memory);
  inside(`${memory} element`, high, depthOf(scratchpad, d.program.config));
  let text = '';
  for (let e = low; e <= Math.min(high, low + MOST_SHOWN - 1); e++) {
    const writer = d.writers[scratchpad][e];
    text += elementText(memory, e, d.state, writer < 0 ? 'not written in this launch' : `instruction ${writer}`);
  }
  return high - low < MOST_SHOWN ? text : `${text}... (${MOST_SHOWN} elements at a time)\n`;
}

function dram(d: Debugger, words: Words): string {
  const address = words.number('an address');
  const length = words.done ? 16 : words.number('bytes');
  words.end();
  inside('byte', Math.max(address, address + length - 1), d.dram.length);
  return dramText(d.dram, address, Math.min(length, 1024)) + (length > 1024 ? '... (1024 bytes at a time)\n' : '');
}

function insn(d: Debugger, words: Words): string {
  const number = words.number('an instruction');
  words.end();
  inside('instruction', number, d.insns.length);
  return insnTimes(d, number);
}

function list(d: Debugger, words: Words): string {
  const around = words.done ? null : words.number('an instruction');
  words.end();
  if (around !== null) inside('instruction', around, d.insns.length);
  return listText(d, around);
}

function remove(d: Debugger, words: Words): string {
  const id = words.number('a breakpoint');
  words.end();
  const at = d.breakpoints.findIndex((b) => b.id === id);
  if (at < 0) words.refuse(`there is no breakpoint ${id}`);
  const [gone] = d.breakpoints.splice(at, 1);
  return `breakpoint ${id} (${breakpointText(gone)}) is gone\n`;
}

function restart(d: Debugger): string {
  d.restart();
  return 'before cycle 0\n';
}

function quit(_: Debugger, words: Words): Answer {
  words.end();
  return { text: '', leave: true };
}

/** A command without words. */
const plain =
  (text: (d: Debugger) => string): Command['run'] =>
  (d, words) => {
    words.end();
    return text(d);
  };

/** Forms up to this width stand before their explanation, longer ones above it. */
const FORM_WIDTH = 34;

const help = (): string =>
  COMMANDS.map(({ form, does, names }) => {
    const others = names.length > 1 ? ` (${names.slice(1).join(', ')})` : '';
    const before = form.length > FORM_WIDTH ? `${form}\n${' '.repeat(FORM_WIDTH)}` : form.padEnd(FORM_WIDTH);
    return `${before}  ${does}${others}\n`;
  }).join('');

/** All commands in the order of `help`; other names in brackets. */
export const COMMANDS: readonly Command[] = [
  { names: ['step', 's'], form: 'step [N]', does: 'go on until N more instructions have retired', run: step },
  { names: ['cycle', 'until'], form: 'cycle N', does: 'go on to the end of cycle N', run: toCycle },
  { names: ['continue', 'c'], form: 'continue', does: 'go on to a breakpoint or the end', run: plain((d) => stopText(d, d.continue())) },
  {
    names: ['break', 'b'],
    form: 'break insn N [retire] | cycle N | addr A[..B] [read|write] | sram MEM[I[..J]] [read|write]',
    does: 'stop there',
    run: (d, words) => `breakpoint ${breakCommand(d, words)}\n`,
  },
  { names: ['delete'], form: 'delete ID', does: 'remove a breakpoint', run: remove },
  { names: ['where', 'w'], form: 'where', does: 'what each unit does', run: plain(whereText) },
  { names: ['queues', 'q'], form: 'queues', does: 'instructions in the command queues and in flight', run: plain(queuesText) },
  { names: ['tokens', 't'], form: 'tokens', does: 'tokens in each channel, and who waits for one', run: plain(tokensText) },
  {
    names: ['print', 'p'],
    form: 'print uop|inp|wgt|acc|out I[..J]',
    does: 'elements of a scratchpad; out is acc as STORE truncates it',
    run: print,
  },
  { names: ['dram', 'x'], form: 'dram ADDRESS [BYTES]', does: 'bytes of memory', run: dram },
  { names: ['list', 'l'], form: 'list [N]', does: 'instructions around the oldest that has not retired, or around N', run: list },
  { names: ['insn'], form: 'insn N', does: 'an instruction and its times', run: insn },
  { names: ['info', 'i'], form: 'info', does: 'the program, the machine and the breakpoints', run: plain(infoText) },
  {
    names: ['restart'],
    form: 'restart',
    does: 'go back to the beginning; breakpoints stay',
    run: plain(restart),
  },
  { names: ['help', 'h', '?'], form: 'help', does: 'this list', run: plain(help) },
  { names: ['quit', 'exit'], form: 'quit', does: 'leave', run: quit },
];

/**
 * Executes one line of the debugger; an empty line or a comment (`#`) does nothing.
 * @throws VtaError VTA4111..VTA4114
 */
export function execute(d: Debugger, line: string): Answer {
  const [name, ...words] = line
    .replace(/#.*$/, '')
    .split(/\s+/)
    .filter((w) => w !== '');
  if (name === undefined) return { text: '' };
  const command = COMMANDS.find((c) => c.names.includes(name));
  if (command === undefined) {
    const near = nearest(
      name,
      COMMANDS.map((c) => c.names[0]),
    );
    return fail(M.VTA4111, { name, hint: near === null ? '' : ` (did you mean ${near}?)` });
  }
  const answer = command.run(d, new Words(command.names[0], command.form, words));
  return typeof answer === 'string' ? { text: answer } : answer;
}
