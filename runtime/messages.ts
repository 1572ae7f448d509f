import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the runtime: .npy files (300x) and host operators (301x), artifacts and their execution (31xx). */
export const runtimeMessages = defineMessages({
  VTA3001: {
    what: '{file} is not a .npy file: {detail}',
    why: 'a NumPy file begins with the bytes 93 4E 55 4D 50 59 and a format version of 1.0, 2.0 or 3.0',
    do: 'write it with numpy.save',
  },
  VTA3002: {
    what: '{file} is cut off: {needed} bytes are needed, {given} are there',
    why: 'shape and element type in the header say how much data follows',
    do: 'write or copy the file again',
  },
  VTA3003: {
    what: '{file} has elements of the type {descr}',
    why: 'supported are |i1 (int8), |u1 (uint8), <i2 (int16), <i4 (int32) and <f4 (float32)',
    do: 'convert the array first, for instance array.astype("int8")',
  },
  VTA3004: {
    what: '{file} is stored in Fortran order',
    why: 'tensors here are row-major (C order)',
    do: 'write it with numpy.save(file, numpy.ascontiguousarray(array))',
  },
  VTA3005: {
    what: '{file} has a malformed header: {detail}',
    why: 'the header must be a dictionary with descr, fortran_order and shape',
    do: 'write it with numpy.save',
  },
  VTA3010: {
    what: 'there is no host operator named {operator}{hint}',
    why: 'an artifact names the host operators that it needs',
    do: 'compile the model again with this version; known are {operators}',
  },
  VTA3011: {
    what: 'host operator {operator}: {problem}',
    why: 'operands and attributes must fit the operator',
    do: 'compile the model again with this version, and check the inputs',
  },
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
    what: '{program} needs the input {name} ({expected}), which was not given',
    why: 'every input of the model must have a value',
    do: 'give it: --input {name}=FILE.npy',
  },
});
