import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of TIR: text, rules, limits (22xx). */
export const tirMessages = defineMessages({
  VTA2201: {
    what: '{detail}',
    why: 'the text is not a TIR program',
    do: 'compare with docs/reference or the output of a dump: func NAME(buffer: i8[2, 4, 1, 16]) { statements }',
  },
  VTA2202: {
    what: 'TIR function {func}: {detail}',
    why: 'the rule "{rule}" does not hold, so the program has no defined meaning',
    do: '{remedy}',
  },
  VTA2203: {
    what: 'TIR function {func} needs a value for the buffer {buffer}: {detail}',
    why: 'the interpreter runs a function on one typed array per buffer of its header',
    do: 'give an array with as many elements as the product of the shape',
  },
  VTA2204: {
    what: '{subject} has {count} {counts}; the limit is {limit}',
    why: 'every program ends with code or with a message, in bounded time and memory',
    do: '{remedy}',
  },
});
