import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the debugger (411x). */
export const debugMessages = defineMessages({
  VTA4111: {
    what: 'the debugger has no command {name}{hint}',
    why: 'a line is one command: its name, then what it is about',
    do: 'see the commands with: help',
  },
  VTA4112: {
    what: '{command}: {reason}',
    why: 'the command cannot be read otherwise',
    do: 'write it as: {form}',
  },
  VTA4113: {
    what: '{what} {number} is outside the program: {limit}',
    why: 'there is nothing to show or to stop at',
    do: 'choose one that is there; info says how large everything is',
  },
  VTA4114: {
    what: 'cycle {cycle} is over: the program stands at cycle {now}',
    why: 'the debugger goes forward only',
    do: 'begin again with restart, breakpoints stay; then: cycle {cycle}',
  },
});
