import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the tensor level: TIR text and rules (22xx), schedules (23xx), lowering and kernels (24xx). */
export const kernelMessages = defineMessages({
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
  VTA2401: {
    what: 'cannot lower the statement "{statement}": {reason}',
    why: 'VTA executes block copies, matrix products of whole tiles and vector operations, nothing else',
    do: '{remedy}',
  },
  VTA2405: {
    what: 'buffer {buffer} has tiles of {tile}, but {memory} of the configuration {config} has elements of {must}',
    why: 'the last two dimensions of a scratchpad buffer are one element of that memory',
    do: 'declare it as {must}, or compile for another configuration',
  },
  VTA2402: {
    what: '{memory} overflows: the program keeps {needed} elements at once, the buffer holds {depth}',
    why: 'all buffers that are alive together must fit in the scratchpad of the configuration {config}',
    do: 'use smaller tiles, fewer virtual threads, or a configuration with a larger buffer',
  },
  VTA2403: {
    what: 'kernel {name} cannot be generated for the configuration {config}: {reason}',
    why: 'the kernel generator covers 8-bit inputs and weights with 32-bit accumulators',
    do: 'keep the layer on the host, or use another configuration',
  },
  VTA2404: {
    what: 'kernel {name}: no tiling fits the buffers of the configuration {config}',
    why: 'even one output pixel with one block of channels needs more scratchpad elements than there are',
    do: 'use a configuration with larger buffers; the smallest tiling needs {needs}',
  },
});
