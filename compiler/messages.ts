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
    why: 'the content, not the name, decides how a model is read',
    do: 'give a TensorFlow Lite model (.tflite) with int8 weights and activations',
  },
  VTA2021: {
    what: '{file} is an ONNX model: not supported yet',
    why: 'this version imports TensorFlow Lite only',
    do: 'convert the model to int8 TensorFlow Lite',
  },
  VTA2022: {
    what: '{file} is damaged: {detail}',
    why: 'the file points outside itself or contradicts itself, so it is cut off or was changed',
    do: 'fetch or export the model again and compare its checksum',
  },
  VTA2023: {
    what: '{file}: TensorFlow Lite schema version {version} is not supported',
    why: 'this importer reads schema version 3, the only one in use since 2017',
    do: 'export the model with a current converter',
  },
  VTA2024: {
    what: '{file} has {count} subgraphs',
    why: 'control flow and several signatures are not supported; a network is one subgraph',
    do: 'export the inference function alone',
  },
  VTA2025: {
    what: '{file}: operator {index} is {op}, which is not supported',
    why: 'neither VTA nor the host operators implement it',
    do: 'remove or replace the layer; supported are {supported}',
  },
  VTA2026: {
    what: '{file}: tensor {tensor} has the type {type}, which is not supported',
    why: 'the compiler takes {supported}',
    do: 'export the model with full int8 quantization',
  },
  VTA2027: {
    what: '{file}: operator {index} ({op}): {problem}',
    why: 'this form of the operator is not supported',
    do: '{remedy}',
  },
  VTA2028: {
    what: '{file}: tensor {tensor} has the shape [{shape}]',
    why: 'shapes must be fixed and positive: VTA programs are compiled for one size',
    do: 'export the model with a fixed input size and a batch of 1',
  },
  VTA2029: {
    what: '{file}: tensor {tensor}: {problem}',
    why: 'the quantization parameters of a tensor must describe it exactly',
    do: 'export the model with full int8 quantization (weights symmetric, per tensor or per channel)',
  },
});
