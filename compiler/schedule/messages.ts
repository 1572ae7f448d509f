import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of schedules (23xx). */
export const scheduleMessages = defineMessages({
  VTA2301: {
    what: '{primitive}: there is no {kind} named {name}{hint}',
    why: 'a primitive works on a block, loop or buffer of the function as the earlier primitives left it',
    do: 'the function has: {known}',
  },
  VTA2302: {
    what: '{primitive}({args}) is refused at {target}: {reason}',
    why: 'it would change what the program computes, or leave a form that no later step understands',
    do: '{remedy}',
  },
  VTA2303: {
    what: 'schedule line {line} is not understood: {text}',
    why: 'a schedule is one primitive per line, NAME(argument, ...)',
    do: 'use one of: {known}',
  },
  VTA2304: {
    what: '{primitive}: {name} names {count} different things ({kinds})',
    why: 'a primitive rewrites exactly one block, loop or buffer',
    do: 'give each a name of its own in the program',
  },
});
