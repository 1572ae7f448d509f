import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the runtime: .npy files (300x) and host operators (301x). */
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
});
