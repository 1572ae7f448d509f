import { filesUnder, isTest, PACKAGES, readText } from '../lib/files.js';

/**
 * Who may import whom. A rule holds for every file under `from` (tests beside the code may import anything);
 * `may` lists what it may import besides itself.
 */
export const ARROWS: readonly { readonly from: string; readonly may: readonly string[]; readonly why: string }[] = [
  { from: 'isa', may: [], why: 'everyone depends on it' },
  { from: 'runtime', may: ['isa'], why: 'it is handed a Device and deploys without a compiler' },
  { from: 'simulator', may: ['isa'], why: 'it checks the compiler and must not share its mistakes' },
  {
    from: 'compiler',
    may: ['isa', 'runtime/artifact', 'runtime/host', 'runtime/tensor', 'runtime/messages'],
    why: 'it must not know any machine, so that a machine can check it',
  },
  { from: 'hardware-rtl', may: ['isa', 'simulator'], why: 'lockstep needs a model to step, nothing else' },
  { from: 'cli', may: ['isa', 'runtime', 'simulator', 'compiler', 'hardware-rtl'], why: 'repository scripts are not part of the product' },
];

/** Parts that must not know each other although their package is the same. */
const STRANGERS: readonly (readonly [from: string, to: string, why: string])[] = [
  ['simulator/functional', 'simulator/cycle', 'they agree through isa/semantics and are compared in tests'],
  ['simulator/cycle', 'simulator/functional', 'they agree through isa/semantics and are compared in tests'],
  ['runtime/host', 'runtime/exec', 'host operators are plain functions that the compiler uses too'],
];

/** Packages that run in a browser as they are. */
const LIBRARIES = ['isa', 'compiler', 'runtime', 'simulator'];

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\s)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`);

/** The path from the root of what a specifier names; null for packages from outside. */
export function resolveImport(file: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (!specifier.startsWith('.')) return null;
  const parts = file.split('/').slice(0, -1);
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
}

/** What is wrong with the imports of one file. `dependencies` are the packages that are installed with the product. */
export function importProblems(file: string, text: string, dependencies: readonly string[]): readonly string[] {
  const rule = ARROWS.find((r) => under(file, r.from));
  if (rule === undefined || isTest(file)) return [];
  const problems: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3];
    const target = resolveImport(file, specifier);
    if (target === null) {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (specifier.startsWith('node:')) {
        if (LIBRARIES.includes(rule.from)) problems.push(`${file} imports ${specifier}: ${rule.from} is a library and runs in a browser`);
      } else if (!dependencies.includes(name)) {
        problems.push(`${file} imports ${specifier}, which is not among the dependencies in package.json`);
      }
      continue;
    }
    if (!under(target, rule.from) && !rule.may.some((folder) => under(target, folder))) {
      problems.push(`${file} imports ${target}: ${rule.from} may import only ${rule.may.join(', ') || 'itself'} (${rule.why})`);
    }
    if (specifier.startsWith('.') && !specifier.endsWith('.js') && !specifier.endsWith('.json')) {
      problems.push(`${file} imports ${specifier}: relative imports end in .js`);
    }
    for (const [from, to, why] of STRANGERS) {
      if (under(file, from) && under(target, to))
        problems.push(`${file} imports ${target}: ${from} and ${to} do not know each other (${why})`);
    }
  }
  const global = LIBRARIES.includes(rule.from) ? /(?<![\w.'])(process\.\w+|Buffer\.\w+|__dirname|require\()/.exec(text) : null;
  if (global !== null) problems.push(`${file} uses ${global[1]}: ${rule.from} is a library and runs in a browser`);
  return problems;
}

export function checkDeps(): readonly string[] {
  const dependencies = Object.keys((JSON.parse(readText('package.json')) as { dependencies: object }).dependencies);
  return PACKAGES.flatMap(filesUnder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => importProblems(file, readText(file), dependencies));
}
