import { fail } from '#isa/diag/diagnostic';
import { depthOf, SCRATCHPADS, type Scratchpad } from '#simulator/values/footprint';
import { type Access, type Breakpoint, breakpointText } from './breakpoints.js';
import type { Debugger } from './debugger.js';
import { debugMessages as M } from './messages.js';
import type { Words } from './words.js';

type New = Breakpoint extends infer B ? (B extends Breakpoint ? Omit<B, 'id' | 'hits'> : never) : never;

const access = (words: Words): Access => (words.done ? 'any' : words.oneOf(['read', 'write', 'any'] as const, 'read or write'));

function scratchpadRange(d: Debugger, words: Words): { memory: Scratchpad; low: number; high: number } {
  const text = words.word('a scratchpad element');
  const match = /^(\w+)\[(.+)\]$/.exec(text);
  if (match === null || !(SCRATCHPADS as readonly string[]).includes(match[1]))
    words.refuse(`${text} is not an element like acc[3] of ${SCRATCHPADS.join(', ')}`);
  const memory = match![1] as Scratchpad;
  const [low, high] = words.rangeIn(match![2], 'elements');
  const depth = depthOf(memory, d.program.config);
  if (high >= depth) fail(M.VTA4113, { what: `${memory} element`, number: high, limit: `there are ${depth}, from 0` });
  return { memory, low, high };
}

function read(d: Debugger, words: Words): New {
  switch (words.oneOf(['insn', 'cycle', 'addr', 'sram'] as const, 'insn, cycle, addr or sram')) {
    case 'insn': {
      const insn = words.number('an instruction');
      if (insn >= d.insns.length) fail(M.VTA4113, { what: 'instruction', number: insn, limit: `there are ${d.insns.length}, from 0` });
      return { on: 'insn', insn, at: words.done ? 'start' : words.oneOf(['start', 'retire'] as const, 'start or retire') };
    }
    case 'cycle':
      return { on: 'cycle', cycle: words.number('cycles') };
    case 'addr': {
      const [low, high] = words.range('an address');
      if (high >= d.dram.length) fail(M.VTA4113, { what: 'byte', number: high, limit: `memory has ${d.dram.length} bytes` });
      return { on: 'addr', low, high, access: access(words) };
    }
    case 'sram':
      return { on: 'sram', ...scratchpadRange(d, words), access: access(words) };
  }
}

/** Sets the breakpoint that the words describe, and names it. @throws VtaError VTA4112, VTA4113 */
export function breakCommand(d: Debugger, words: Words): string {
  const what = read(d, words);
  words.end();
  const b = d.addBreakpoint(what);
  return `${b.id} (${breakpointText(b)})`;
}
