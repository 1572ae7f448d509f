import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of kernels (2403, 2404). */
export const kernelMessages = defineMessages({
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
