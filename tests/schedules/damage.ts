import { compileTir } from '#compiler/pipeline/compile-tir';
import { parseSchedule, printSchedule } from '#compiler/schedule/schedule';
import { parseTir } from '#compiler/tir/parse';
import { Random } from '#fuzz/random';
import { VtaError } from '#isa/diag/diagnostic';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { MACHINE } from './machine.js';
import { PROGRAM_KINDS, randomProgram } from './random-program.js';
import { anyStep, intoInstructions, intoScratchpads } from './random-schedule.js';

const NUMBERS = [
  '0',
  '-1',
  '1',
  '2',
  '7',
  '65535',
  '65536',
  '100000',
  '16777216',
  '2147483647',
  '2147483648',
  '99999999999999999999',
  '1e9',
];
const WORDS = [
  'for',
  'in',
  'func',
  'alloc',
  'block',
  'x2',
  '@acc',
  '@inp',
  '@wgt',
  '[vthread=2]',
  '[stage=1]',
  '[stage=99]',
  'min(',
  'rq(',
  '..',
];

const tokensOf = (text: string): readonly string[] => text.match(/\w+|\s+|[^\w\s]/g) ?? [];

/** One small fault: of signs, or of meaning. */
function damaged(text: string, r: Random): string {
  const tokens = [...tokensOf(text)];
  if (tokens.length === 0) return text;
  const at = r.int(0, tokens.length - 1);
  const number = tokens.findIndex((t, i) => i >= at && /^\d+$/.test(t));
  switch (r.int(0, 9)) {
    case 0:
    case 1:
    case 2:
      if (number >= 0) tokens[number] = r.pick(NUMBERS);
      break;
    case 3:
      tokens.splice(at, r.int(1, 6));
      break;
    case 4:
      tokens.splice(at, 0, ...tokens.slice(at, at + r.int(1, 30)));
      break;
    case 5:
      [tokens[at], tokens[r.int(0, tokens.length - 1)]] = [tokens[r.int(0, tokens.length - 1)], tokens[at]];
      break;
    case 6:
      tokens[at] = r.pick(WORDS);
      break;
    case 7:
      tokens[at] = String.fromCharCode(r.int(0, 0x2fff));
      break;
    case 8:
      tokens.splice(at, 0, r.pick(['{', '(', 'block q {', 'for q in 0..9 {', '-']).repeat(r.pick([1, 5, 200, 20_000])));
      break;
    default:
      return text.slice(0, r.int(0, text.length));
  }
  return tokens.join('');
}

/** A program and a schedule that goes with it, before any damage. */
function pair(r: Random): { readonly program: string; readonly schedule: string } {
  const program = randomProgram(r.pick(PROGRAM_KINDS), r);
  const func = parseTir(program, 'p.tir');
  const steps = [
    ...Array.from({ length: r.int(0, 4) }, () => anyStep(func, r)),
    ...(r.chance(0.5) ? [...intoScratchpads(func), ...intoInstructions(func).slice(0, 8)] : []),
  ];
  return { program, schedule: printSchedule(steps) };
}

export const DAMAGED = ['program', 'schedule'] as const;

/**
 * Damages the text of a program, or of a schedule, in one to three places, and compiles it.
 * @returns the code of the diagnostic, or 'compiled', after which the artifact can be read back
 * @throws what is no diagnostic, with the texts
 */
export function compileDamaged(what: (typeof DAMAGED)[number], seed: number, index: number): string {
  const r = Random.of(seed, index);
  let { program, schedule } = pair(r);
  for (let n = r.int(1, 3); n > 0; n--) {
    if (what === 'program') program = damaged(program, r);
    else schedule = damaged(schedule, r);
  }
  try {
    const artifact = compileTir(parseTir(program, 'p.tir'), parseSchedule(schedule), MACHINE);
    decodeArtifact(encodeArtifact(artifact), 'p.vta');
    return 'compiled';
  } catch (e) {
    if (e instanceof VtaError) return e.code;
    throw new Error(`${String(e)}\n${program.slice(0, 3000)}\n${schedule.slice(0, 2000)}`, { cause: e });
  }
}
