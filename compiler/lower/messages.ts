import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of lowering (2401, 2402, 2405). */
export const lowerMessages = defineMessages({
  VTA2401: {
    what: 'cannot lower the statement "{statement}": {reason}',
    why: 'VTA executes block copies, matrix products of whole tiles and vector operations, nothing else',
    do: '{remedy}',
  },
  VTA2402: {
    what: '{memory} overflows: the program keeps {needed} elements at once, the buffer holds {depth}',
    why: 'all buffers that are alive together must fit in the scratchpad of the configuration {config}',
    do: 'use smaller tiles, fewer virtual threads, or a configuration with a larger buffer',
  },
  VTA2405: {
    what: 'buffer {buffer} has tiles of {tile}, but {memory} of the configuration {config} has elements of {must}',
    why: 'the last two dimensions of a scratchpad buffer are one element of that memory',
    do: 'declare it as {must}, or compile for another configuration',
  },
});
