import { filesUnder, isTest, readText } from '../lib/files.js';
import { LIBRARIES, PACKAGE_RULES, ROOMS, STRANGERS } from './layers.js';

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

/** The number of the room of a file in its package, from the ground up; -1 where no room is named for it. */
export function roomOf(file: string, rooms: readonly string[]): number {
  const path = file.slice(file.indexOf('/') + 1);
  let [best, length] = [-1, -1];
  for (const [n, room] of rooms.entries()) {
    if ((room === '' || under(path, room)) && room.length > length) [best, length] = [n, room.length];
  }
  return best;
}

/** What is wrong with an import from another room of the same package. */
function roomProblems(file: string, target: string, name: string): readonly string[] {
  const rooms = ROOMS[name];
  const [from, to] = [roomOf(file, rooms), roomOf(target, rooms)];
  if (to <= from) return [];
  return [`${file} imports ${target}: ${name}/${rooms[to]} stands above ${name}/${rooms[from]} (tools/checks/layers.ts)`];
}

function packageProblems(file: string, target: string, rule: (typeof PACKAGE_RULES)[number]): readonly string[] {
  if (rule.may.some((folder) => under(target, folder))) return [];
  return [`${file} imports ${target}: ${rule.name} may import only ${rule.may.join(', ') || 'itself'} (${rule.why})`];
}

function outsideProblems(file: string, specifier: string, name: string, dependencies: readonly string[]): readonly string[] {
  if (specifier.startsWith('node:')) {
    return LIBRARIES.includes(name) ? [`${file} imports ${specifier}: ${name} is a library and runs in a browser`] : [];
  }
  const outside = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return dependencies.includes(outside) ? [] : [`${file} imports ${specifier}, which is not among the dependencies in package.json`];
}

function importsOf(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]);
}

/** What is wrong with the imports of one file. `dependencies` are the packages that are installed with the product. */
export function importProblems(file: string, text: string, dependencies: readonly string[]): readonly string[] {
  const rule = PACKAGE_RULES.find((r) => under(file, r.name));
  if (rule === undefined || isTest(file)) return [];
  const problems: string[] = [];
  if (roomOf(file, ROOMS[rule.name]) < 0) problems.push(`${file} is in no room of ${rule.name}: name one in tools/checks/layers.ts`);
  for (const specifier of importsOf(text)) {
    const target = resolveImport(file, specifier);
    if (target === null) {
      problems.push(...outsideProblems(file, specifier, rule.name, dependencies));
      continue;
    }
    problems.push(...(under(target, rule.name) ? roomProblems(file, target, rule.name) : packageProblems(file, target, rule)));
    if (specifier.startsWith('.') && !/\.(js|json)$/.test(specifier)) {
      problems.push(`${file} imports ${specifier}: relative imports end in .js`);
    }
    for (const { from, to, except = [], why } of STRANGERS) {
      const own = under(target, from);
      if (under(file, from) && under(target, to) && !own && !except.includes(target.replace(/\.js$/, '')))
        problems.push(`${file} imports ${target}: ${from} and ${to} do not know each other (${why})`);
    }
  }
  const global = LIBRARIES.includes(rule.name) ? /(?<![\w.'])(process\.\w+|Buffer\.\w+|__dirname|require\()/.exec(text) : null;
  if (global !== null) problems.push(`${file} uses ${global[1]}: ${rule.name} is a library and runs in a browser`);
  return problems;
}

/** Circles among files: each as its files in the order of import, the first again at the end. `imports` names what each file imports. */
export function circles(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of imports.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return found;
}

/** What each file of the product imports of the product, by path. */
function fileImports(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const targets = (file: string) =>
    importsOf(readText(file))
      .map((specifier) => resolveImport(file, specifier))
      .flatMap((target) => (target === null ? [] : [`${target.replace(/\.(js|ts)$/, '')}.ts`]));
  return new Map(files.filter((file) => !isTest(file)).map((file) => [file, targets(file)]));
}

export function checkDeps(): readonly string[] {
  const dependencies = Object.keys((JSON.parse(readText('package.json')) as { dependencies: object }).dependencies);
  const files = PACKAGE_RULES.flatMap((rule) => filesUnder(rule.name)).filter((file) => file.endsWith('.ts'));
  return [
    ...files.flatMap((file) => importProblems(file, readText(file), dependencies)),
    ...circles(fileImports(files)).map((files) => `a circle of imports: ${files.join(' -> ')}`),
  ];
}
