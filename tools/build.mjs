// "npm run build": bundles the command line to dist/ and leaves a stamp by which tools/bootstrap.mjs knows that dist is up to date.
// Types are not checked here but by "npm run check". Plain JavaScript that imports nothing but Node before it builds, because
// tools/bootstrap.mjs imports it before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

const PACKAGES = ['isa', 'compiler', 'runtime', 'simulator', 'hardware-rtl', 'cli'];

/** The files that are loaded by name; commands and machines are pieces of their own, because they are imported when they are needed. */
const ENTRIES = { main: 'cli/main.ts', worker: 'cli/parallel/worker.ts' };

/**
 * Loading a file costs Node as much as ten kilobytes in it. What is always loaded together is one piece, therefore: these modules with
 * what they import, and what is imported `below` others, as far as no piece before has it. Everything else is cut where commands share it.
 */
const PIECES = [
  { name: 'main', of: ['cli/main.ts'] },
  { name: 'run', of: ['cli/commands/run.ts'], below: ['simulator/functional/device.ts'] },
  { name: 'cycle', of: ['simulator/cycle/device.ts'] },
  { name: 'advice', of: ['cli/advice/run.ts'] },
];

/** Packages that become part of dist/, with their licences: small, and needed by every command. */
const BUNDLED = ['commander'];

function sources(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** A hash of everything that dist/ is made from. */
function sourceHash() {
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.mjs', ...PACKAGES.flatMap(sources)].sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Was dist/ built from the sources as they are now? */
export function isBuilt() {
  try {
    return readFileSync(stamp, 'utf8') === sourceHash();
  } catch {
    return false;
  }
}

/** The name of the piece of every module that is in one, by address. */
function modulesOfPieces(graph) {
  const pieces = new Map();
  const imports = (module) => graph.getModuleInfo(module)?.importedIds ?? [];
  const add = (module, name) => {
    if (pieces.has(module)) return;
    pieces.set(module, name);
    for (const imported of imports(module)) add(imported, name);
  };
  for (const { name, of, below = [] } of PIECES) {
    for (const path of of) add(join(root, path), name);
    for (const path of below) for (const imported of imports(join(root, path))) add(imported, name);
  }
  return pieces;
}

/** The files of dist/, by name. */
export async function bundled(plugins = []) {
  const { rolldown } = await import('rolldown');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const external = Object.keys(dependencies).filter((name) => !BUNDLED.includes(name));
  const bundle = await rolldown({
    cwd: root,
    input: ENTRIES,
    plugins,
    platform: 'node',
    external: external.map((name) => new RegExp(`^${name}(/|$)`)),
    preserveEntrySignatures: 'allow-extension',
  });
  let pieces;
  const pieceOf = (id, graph) => (pieces ??= modulesOfPieces(graph)).get(id) ?? null;
  const { output } = await bundle.generate({
    format: 'esm',
    comments: { jsdoc: false },
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'piece', name: pieceOf }],
    },
  });
  await bundle.close();
  const licences = BUNDLED.map((name) => `${name}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`);
  return new Map([
    ['LICENSES.txt', `Parts of the files beside this one come from these packages.\n\n${licences.join('\n')}`],
    ...output.map((chunk) => [chunk.fileName, chunk.code]),
  ]);
}

/** Builds; returns the exit status (0 good). Tests may find dist/ stale and build it at the same time: files are whole or not there, and the same. */
export async function build() {
  const before = sourceHash();
  let files;
  try {
    files = await bundled();
  } catch (error) {
    console.error(error.message);
    return 1;
  }
  mkdirSync(dist, { recursive: true });
  const write = (name, text) => {
    const unfinished = join(dist, `.${name}.${process.pid}`);
    writeFileSync(unfinished, text);
    renameSync(unfinished, join(dist, name));
  };
  rmSync(stamp, { force: true });
  for (const [name, text] of files) write(name, text);
  for (const old of readdirSync(dist))
    if (!files.has(old) && !old.startsWith('.')) rmSync(join(dist, old), { recursive: true, force: true });
  write('.built', before);
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(isBuilt() ? 0 : await build());
