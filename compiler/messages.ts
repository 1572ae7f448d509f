import { defineMessages } from '#isa/diag/diagnostic';

/** Diagnostics of the graph level: graph IR (200x), its text form (201x), model import (202x and 203x). */
export const compilerMessages = defineMessages({
  VTA2001: {
    what: 'there is no graph operator named {op}{hint}',
    why: 'a call names a row of the operator table',
    do: 'use one of: {ops}',
  },
  VTA2002: {
    what: '{call}: {given} operands were given, {needed} are needed ({names})',
    why: 'every operator has a fixed operand list',
    do: 'give the operands in that order',
  },
  VTA2003: {
    what: '{call}: attribute {attribute}: {problem}',
    why: 'the attributes of an operator are fixed by the operator table',
    do: 'correct the attribute',
  },
  VTA2004: {
    what: '{call}: {reason}',
    why: 'the operands and attributes do not fit the type rule of the operator',
    do: 'correct the operand or attribute that is named',
  },
  VTA2005: {
    what: 'function @{fn}: {problem}',
    why: 'a graph that breaks this rule has no meaning',
    do: '{remedy}',
  },
  VTA2006: {
    what: 'input {input} of @{fn}: {problem}',
    why: 'an interpreter needs one tensor of the declared type for every parameter',
    do: 'give the input as {type}',
  },
  VTA2010: {
    what: 'expected {expected}, found {found}',
    why: 'this is not the text form of a graph',
    do: 'compare with the output of the printer (docs/reference/graph.md describes the text form)',
  },
  VTA2011: {
    what: '{kind} {name} is not defined here{hint}',
    why: 'a name must be defined before it is used, in the same function (constants and functions: anywhere in the file)',
    do: 'define it, or correct the name',
  },
  VTA2012: {
    what: '{kind} {name} is defined twice',
    why: 'every value has one definition',
    do: 'rename one of them',
  },
  VTA2013: {
    what: '{name} is annotated {annotated} but has the type {inferred}',
    why: 'types follow from operands and attributes; an annotation can only repeat them',
    do: 'correct the annotation or the attributes',
  },
  VTA2014: {
    what: 'constant @{name} ({type}): {problem}',
    why: 'the text form names constants; their data comes with the text or in a table',
    do: 'give data of the declared type and shape',
  },
  VTA2020: {
    what: '{file} is not a model in a known form ({found})',
    why: 'vta looks at the content of the file, not at its name',
    do: 'give a TensorFlow Lite model (.tflite) with int8 weights and activations, or a tensor program (its first word is func)',
  },
  VTA2021: {
    what: '{file} is an ONNX model, which is not supported yet',
    why: 'this version reads TensorFlow Lite models only',
    do: 'convert the model to int8 TensorFlow Lite',
  },
  VTA2022: {
    what: '{file} is damaged: {detail}',
    why: 'the file contradicts itself, so it is cut off or was changed',
    do: 'get or export the model again, and compare its checksum',
  },
  VTA2023: {
    what: '{file} has the TensorFlow Lite schema version {version}, which is not supported',
    why: 'vta reads version 3, which all converters have written since 2017',
    do: 'export the model with a current converter',
  },
  VTA2024: {
    what: '{file}{nature} has {summary}',
    why: 'one network without control flow becomes one program',
    do: '{remedy}',
  },
  VTA2025: {
    what: '{file}{nature} uses operators that are not supported: {summary}',
    why: 'neither VTA nor the host computes them',
    do: '{remedy}',
  },
  VTA2026: {
    what: '{file}{nature} has tensors of a type that is not supported: {summary}',
    why: 'vta computes int8 networks; INT8, UINT8, INT32 and FLOAT32 tensors can be read',
    do: '{remedy}',
  },
  VTA2027: {
    what: '{file}{nature}: {summary}',
    why: 'vta knows these operators, but not in this form',
    do: '{remedy}',
  },
  VTA2028: {
    what: '{file}{nature}: {summary}',
    why: 'a VTA program is compiled for one size of every tensor',
    do: '{remedy}',
  },
  VTA2029: {
    what: '{file}{nature}: {summary}',
    why: 'scale and zero point must say exactly which number a stored value stands for',
    do: '{remedy}',
  },
  VTA2030: {
    what: '{file}{nature} needs what is not supported: {summary}',
    why: 'vta compiles int8 networks of the operators that it knows',
    do: '{remedy}',
  },
});
