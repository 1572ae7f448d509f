import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of passes (2101 to 2103). */
export const passMessages = defineMessages({
  VTA2101: {
    what: 'there is no pass named {name}{hint}',
    why: 'a pass that is left out by mistake would go unnoticed',
    do: 'use one of: {names} (vta passes lists them)',
  },
  VTA2102: {
    what: 'the pass {name} cannot be left out',
    why: 'later passes and code generators need the form that it gives',
    do: 'only these are optional: {optional}',
  },
  VTA2103: {
    what: 'no code generator takes the operator {node} ({op}): {reasons}',
    why: 'every operator must run somewhere; the host is the last resort',
    do: 'remove or replace the layer',
  },
});
