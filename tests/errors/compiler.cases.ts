import { importModel } from '#compiler/frontend/import';
import { compileKernel, planKernel } from '#compiler/kernel/compile';
import { NO_HALO, randomConv } from '#compiler/kernel/testing';
import { compileGraph } from '#compiler/pipeline/compile';
import { interpretTir } from '#compiler/tir/interpret';
import { parseTir } from '#compiler/tir/parse';
import { defineConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { CallCase, CliCase, ErrorCase } from './cases.js';
import { dense } from './tflite-models.js';

const compile = (code: string, title: string, model: Uint8Array, ...options: string[]): CliCase => ({
  code,
  title,
  files: { 'm.tflite': model },
  argv: ['compile', 'm.tflite', '-o', 'm.vta', ...options],
});

const pipeline: readonly ErrorCase[] = [
  compile('VTA2101', 'leaving out a pass that does not exist', dense(), '--skip', 'fold-constans'),
  compile('VTA2102', 'leaving out a pass that is needed', dense(), '--skip', 'annotate-targets'),
  {
    code: 'VTA2103',
    title: 'an operator that no code generator takes',
    why: 'the host takes every operator that can be imported',
    call: () => compileGraph(importModel(dense(), 'm.tflite'), { config: preset('default-x'), codegens: [] }),
  },
  compile('VTA2105', 'a model of no operators', dense({ operators: [], outputs: [0] })),
];

const machine = preset('default-x');
const copy = 'func copy(x: i8[2, 1, 16], y: i8[2, 1, 16]) { block c { for t in 0..2, i in 0..16 { y[t, 0, i] = x[t, 0, i] } } }';

const program = (code: string, title: string, text: string, schedule = ''): CliCase => ({
  code,
  title,
  files: { 'p.tir': text, 'p.schedule': schedule },
  argv: ['compile', 'p.tir', '-o', 'p.vta', '--schedule', 'p.schedule'],
});

/** A program that adds 1 to tiles of a shape. */
const addition = (shape: string): string =>
  `func f(x: i8[${shape}], y: i8[${shape}]) { alloc a: i32[1, 1, 16] @acc dma a[0], x[0] alu add a[0], 1 dma y[0], a[0] }`;

const internal = (code: string, title: string, call: () => unknown): CallCase => ({
  code,
  title,
  why: 'commands compile models, whose kernels are generated',
  call,
});

const tiny = { ...machine.keys, LOG_BLOCK: 2, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 2, LOG_WGT_BUFF_SIZE: 4, LOG_ACC_BUFF_SIZE: 4 };
const convolution = randomConv(1, { inC: 4, outC: 4, size: [4, 4], kernel: [3, 3], stride: [1, 1], padding: NO_HALO });

const tensors: readonly ErrorCase[] = [
  program(
    'VTA2104',
    'tensors of 2 gigabytes',
    'func f(u: i32[16777216, 1, 16], v: i32[16777216, 1, 16], y: i8[1, 1, 16]) { alloc a: i32[1, 1, 16] @acc dma a[0], u[0] dma a[0], v[0] dma y[0], a[0] }',
  ),
  program('VTA2107', 'a tensor of 134 million rows', addition('134000000, 1, 16')),
  program('VTA2106', 'tiles of another machine', addition('2, 1, 8')),
  program('VTA2201', 'a TIR text that is none', 'function f() {}'),
  program('VTA2202', 'an index that leaves its buffer', copy.replace('0..2', '0..3')),
  program('VTA2204', 'braces that are nested a thousand times', copy.replace('{ block', `${'{'.repeat(1000)} block`)),
  program(
    'VTA2204',
    'a loop of a hundred million rounds',
    addition('4, 1, 16').replace('alloc', 'for j in 0..100000000 { alloc').concat('}'),
  ),
  program(
    'VTA2304',
    'a schedule of one of two loops',
    copy.replace('{ block', '{ for t in 0..1 { y[t, 0, 0] = 1 } for t in 0..1 { y[t, 0, 0] = 1 } block'),
    'split(t, 2)',
  ),
  internal('VTA2203', 'interpreting without a buffer', () => interpretTir(parseTir(copy), { x: new Int8Array(32) })),
  program('VTA2301', 'a schedule of a loop that does not exist', copy, 'split(c.u, 2)'),
  program('VTA2302', 'a split into zero parts', copy, 'split(c.t, 0)'),
  program('VTA2303', 'a primitive that does not exist', copy, 'splat(c.t, 2)'),
  program('VTA2401', 'lowering single lanes', copy),
  program('VTA2405', 'a buffer with tiles of another machine', addition('1, 1, 16').replace('i32[1, 1, 16]', 'i32[1, 2, 8]')),
  program('VTA2402', 'a buffer larger than the scratchpad', addition('1, 1, 16').replace('i32[1,', 'i32[99999,')),
  internal('VTA2403', 'a kernel for a machine of 4 bits', () =>
    compileKernel(convolution, defineConfig({ ...machine.keys, LOG_INP_WIDTH: 2, LOG_INP_BUFF_SIZE: 14, EXTENSION: 0 })),
  ),
  internal('VTA2404', 'a kernel for a machine of almost no memory', () => planKernel(convolution, defineConfig(tiny))),
];

export const compilerCases: readonly ErrorCase[] = [...pipeline, ...tensors];
