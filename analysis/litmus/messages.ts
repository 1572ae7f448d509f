import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of litmus tests (410x). */
export const litmusMessages = defineMessages({
  VTA4101: {
    what: 'the directive {directive} is not understood: {reason}',
    why: 'a litmus test is assembly with directives that say what is in memory, what is looked at, and what must come out',
    do: 'write it as: {form} (docs/reference/litmus.md)',
  },
  VTA4102: {
    what: 'the litmus test has no {missing}',
    why: 'without it there is nothing to judge',
    do: 'add it; docs/reference/litmus.md shows a whole test',
  },
  VTA4103: {
    what: 'the interleavings of {test} cannot be enumerated: {reason}',
    why: 'a litmus test is a small program, every interleaving of which is executed',
    do: 'leave instructions out until only those remain whose order is in question, or ask vta lint, which does not enumerate',
  },
});
