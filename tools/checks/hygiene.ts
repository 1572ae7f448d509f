import { spawnSync } from 'node:child_process';
import { filesUnder, readText, root } from '../lib/files.js';

const TEXT = /\.(ts|mjs|js|json|md|sv|svh|cc|cpp|h|hpp|py|sh|yml|yaml|txt|vasm|tir|svg)$|^\.(npmrc|gitignore)$|^\.ci\/|^bin\//;

/** What no file of the repository may hold, and why. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/(?<![\w.\]})*])\/(?:work|root|home|tmp)\/[\w.]/, 'a path of one machine'],
  [/registry[.]npmjs|registry[.]yarnpkg|deb[.]debian|pypi[.]org/, 'the host of a package registry'],
  [/"resolved"[:]/, 'an address in the lock file (.npmrc leaves them out: write it with npm)'],
  [/\b(?:TO[D]O|FIX[M]E|XX[X])\b/, 'a mark of unfinished work'],
  [/\b(?:describe|test|it)\.only\(/, 'a test that silences the others'],
  [/@ts-(?:ignore|nocheck)|biome[-]ignore(?! \S+: \S)/, 'a silenced check without a reason'],
];

/** Files that git knows, or all where this is no clone. */
function trackedFiles(): readonly string[] {
  const git = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  const all = filesUnder('.');
  if (git.status !== 0) return all;
  const known = new Set(git.stdout.split('\0'));
  return all.filter((file) => known.has(file));
}

/** The forbidden things in one text. */
export function hygieneProblems(file: string, text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, i) => FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(([, why]) => `${file}:${i + 1} holds ${why}`));
}

export const checkHygiene = (): readonly string[] =>
  trackedFiles()
    .filter((file) => TEXT.test(file))
    .flatMap((file) => hygieneProblems(file, readText(file)));
