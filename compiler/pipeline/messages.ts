import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of linking (2104 to 2106). */
export const pipelineMessages = defineMessages({
  VTA2104: {
    what: 'the program needs {bytes} bytes of device memory',
    why: 'VTA addresses have 32 bits, and .vta files keep to half of that',
    do: 'compile a smaller model',
  },
  VTA2105: {
    what: 'the model has an output that is also an input or a constant ({name}), and nothing to compute',
    why: 'a program without operators has nothing to compile',
    do: 'export the model with at least one operator',
  },
  VTA2106: {
    what: 'TIR function {func}: a {tile} tile of {buffer} has {bytes} bytes, but an element of {memory} has {must} bytes on the machine {config}',
    why: 'the last two dimensions of a buffer are the tile that the machine loads and stores',
    do: 'change the last two dimensions of the buffer, or choose the configuration that the program was written for',
  },
  VTA2107: {
    what: 'the value {name} has the shape [{shape}]: {problem}',
    why: 'no machine holds it, and no .vta file describes it',
    do: 'use smaller values',
  },
});
