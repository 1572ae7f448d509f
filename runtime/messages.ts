import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the runtime package: tensors and host operators (30xx), artifacts and their execution (31xx). */
export const runtimeMessages = defineMessages({
  VTA3101: {
    what: '{file} is not a compiled VTA program',
    why: 'a .vta file starts with a fixed 8-byte signature, and this one does not',
    do: 'compile one with: vta compile MODEL -o FILE.vta',
  },
  VTA3102: {
    what: '{file} is in version {version} of the .vta format; this program reads version {supported}',
    why: 'the two versions store different things',
    do: 'compile the model again with this version of vta',
  },
  VTA3103: {
    what: '{file} is cut off: it has {size} bytes and says it needs {needed}',
    why: 'part of the program is missing, often after an interrupted copy or download',
    do: 'copy the file again, or compile the model again',
  },
  VTA3104: {
    what: '{file} is damaged: its checksum is {found}, stored is {stored}',
    why: 'at least one byte is not as it was written, so nothing in it can be trusted',
    do: 'copy the file again (in binary mode), or compile the model again',
  },
  VTA3105: {
    what: '{file}: {path} must be {expected}',
    why: 'the description inside the .vta file does not hold together',
    do: 'compile the model again; if this program wrote the file, please report it',
  },
  VTA3106: {
    what: '{program} was compiled for the machine {artifact}, but the {device} device is {given}',
    why: 'instructions, micro-ops and data are packed for one configuration and mean something else on another',
    do: 'compile the model with --config of the device, or choose a device of configuration {artifact}',
  },
  VTA3107: {
    what: '{program} has no {kind} named {name}{hint}',
    why: 'tensors are given and taken by the names they have in the model',
    do: 'use one of: {names}',
  },
  VTA3108: {
    what: 'input {name} must be {expected}, but {given} was given',
    why: 'the program was compiled for that shape and element type',
    do: 'convert the array (shape and dtype) before running',
  },
  VTA3109: {
    what: '{program} has {count} {kind}s, so NAME= cannot be left out',
    why: 'it would be a guess which of them is meant',
    do: 'write NAME=FILE.npy with one of: {names}',
  },
  VTA3110: {
    what: 'step {step} of {program} needs the host operator {op}, which this version does not have{hint}',
    why: 'the program was compiled by a version with other host operators',
    do: 'compile the model again with this version of vta',
  },
});
