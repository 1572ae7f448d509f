import { preset } from '#isa/config/presets';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import { writeNpy } from '#runtime/npy';
import { createFunctional } from '#simulator/functional/device';
import { hostProgram, program, programFile, twoInputs } from './artifacts.js';
import type { CliCase, ErrorCase } from './cases.js';

const pair = writeNpy({ dtype: 'int8', shape: [1, 2], data: Int8Array.of(1, 2) });

const npyCase = (code: string, title: string, x: Uint8Array | string): CliCase => ({
  code,
  title,
  files: { 'p.vta': hostProgram({}), 'x.npy': x },
  argv: ['run', 'p.vta', '--input', 'x.npy', '--output', 'y.npy'],
});

/** The bytes of an array file with another text in its header, of the same length. */
function withHeader(from: string, to: string): Uint8Array {
  const text = Array.from(pair, (b) => String.fromCharCode(b)).join('');
  return Uint8Array.from(text.replace(from, to.padEnd(from.length)), (c) => c.charCodeAt(0));
}

const arrays: readonly CliCase[] = [
  npyCase('VTA3001', 'a text for an array', '1 2\n'),
  npyCase('VTA3001', 'an empty file for an array', ''),
  npyCase('VTA3002', 'an array that is cut off', pair.subarray(0, pair.length - 1)),
  npyCase('VTA3003', 'an array of doubles', withHeader('|i1', '<f8')),
  npyCase('VTA3004', 'an array in Fortran order', withHeader("'fortran_order': False", "'fortran_order': True")),
  npyCase('VTA3005', 'an array header without a shape', withHeader("'shape'", "'sharp'")),
];

const fileCase = (code: string, title: string, file: Uint8Array): CliCase => ({
  code,
  title,
  files: { 'p.vta': file },
  argv: ['run', 'p.vta'],
});

const good = programFile(['finish']);

function changed(offset: number): Uint8Array {
  const copy = good.slice();
  copy[offset] ^= 1;
  return copy;
}

const wholeProgram = program(['finish']);

const files: readonly CliCase[] = [
  fileCase('VTA3010', 'a host operator that does not exist', hostProgram({ op: 'rely' })),
  fileCase('VTA3011', 'a host operator without its attribute', hostProgram({ attrs: {} })),
  fileCase('VTA3101', 'something else than a program', new TextEncoder().encode('not a program')),
  fileCase('VTA3101', 'an empty file for a program', new Uint8Array(0)),
  fileCase('VTA3102', 'a program of another format version', changed(8)),
  fileCase('VTA3103', 'a program that is cut off', good.subarray(0, good.length - 8)),
  fileCase('VTA3103', 'nothing but the head of a program', good.subarray(0, 12)),
  fileCase('VTA3104', 'a program with one bit changed', changed(good.length - 4)),
  fileCase('VTA3105', 'a program whose memory is too small for it', encodeArtifact({ ...wholeProgram, dramBytes: 64 })),
  fileCase('VTA1206', 'a program of no instruction', encodeArtifact(program(['finish'], 'default', 0))),
];

const inputCase = (
  code: string,
  title: string,
  file: Uint8Array,
  inputs: readonly string[],
  shape: readonly number[] = [1, 2],
): CliCase => ({
  code,
  title,
  files: { 'p.vta': file, 'x.npy': writeNpy({ dtype: 'int8', shape, data: new Int8Array(shape.reduce((a, b) => a * b, 1)) }) },
  argv: ['run', 'p.vta', ...inputs.flatMap((input) => ['--input', input]), '--output', 'y.npy'],
});

const runs: readonly ErrorCase[] = [
  {
    code: 'VTA3106',
    title: 'a program on a machine of another configuration',
    why: 'commands make the machine that the program names',
    call: () => runArtifact(wholeProgram, createFunctional(preset('mac64')), new Map()),
  },
  inputCase('VTA3107', 'an input that the program does not have', hostProgram({}), ['z=x.npy']),
  inputCase('VTA3108', 'an input of another shape', hostProgram({}), ['x.npy'], [1, 3]),
  inputCase('VTA3109', 'an input without a name where there are two', twoInputs(), ['x.npy']),
  inputCase('VTA3110', 'one input where there are two', twoInputs(), ['a=x.npy']),
];

export const runtimeCases: readonly ErrorCase[] = [...arrays, ...files, ...runs];
