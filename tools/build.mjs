// "npm run build": bundles the command line to dist/. Every build is a folder of its own, dist/<hash of the sources>/, which appears whole; dist/main.js says
// which one runs. So a command that is running keeps the files it began with while another one builds. Types are not checked here but by "npm run check".
// Plain JavaScript that imports nothing but Node before it builds, because tools/bootstrap.mjs imports it before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist, LIST, listing, pointer, root, sources } from './fresh.mjs';

export { root };

/** A build that was replaced stays for the commands that run it; none of them takes longer. */
const KEPT_MS = 24 * 3600 * 1000;

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

/** The name of the build of the sources as they are now: a hash of them. */
function buildId() {
  const hash = createHash('sha256');
  for (const file of sources())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

const mainFile = join(dist, 'main.js');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const isCurrent = (id) => read(mainFile) === pointer(id) && existsSync(join(dist, id, 'main.js'));

function write(file, text) {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

/** Notes how the sources look, so that the next command need not read them. `dates` are those from before they were read. */
function note(id, dates) {
  try {
    write(LIST, `${id}\n${dates}`);
  } catch {
    // a checkout that cannot be written is read every time
  }
}

/** Was dist/ built from the sources as they are now? */
export function isBuilt() {
  const dates = listing();
  const id = buildId();
  if (!isCurrent(id)) return false;
  note(id, dates);
  return true;
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

/** Makes the folder of a build in one step. Another command may do the same at the same time: a folder of this name is this build. */
function makeFolder(id, files) {
  const unfinished = join(dist, `.build-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(unfinished, name), text);
  try {
    renameSync(unfinished, join(dist, id));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(join(dist, id, 'main.js'))) throw error;
  }
}

/** Makes a build the one that runs. @param files null where its folder is there from before */
function publish(id, files) {
  if (files !== null) makeFolder(id, files);
  const old = /'\.\/([0-9a-f]{16})\//.exec(read(mainFile))?.[1];
  if (old !== undefined && old !== id && existsSync(join(dist, old))) utimesSync(join(dist, old), new Date(), new Date());
  write(mainFile, pointer(id));
}

/** Removes builds that were replaced more than `ms` milliseconds ago, and what builds left behind that were interrupted. */
function removeOld(id, ms) {
  for (const name of readdirSync(dist)) {
    if (name === id || name === 'main.js' || name === '.sources') continue;
    const age = Date.now() - (statSync(join(dist, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age >= ms) rmSync(join(dist, name), { recursive: true, force: true });
  }
}

/** Builds; returns the exit status (0 good). */
export async function build() {
  const dates = listing();
  const id = buildId();
  try {
    const files = existsSync(join(dist, id, 'main.js')) ? null : await bundled();
    if (buildId() !== id) return build(); // somebody edits the sources meanwhile
    publish(id, files);
    removeOld(id, KEPT_MS);
  } catch (error) {
    const packages = error.code === 'ERR_MODULE_NOT_FOUND' ? '\nThe packages of this checkout are not installed; run: npm ci' : '';
    console.error(`dist/ could not be built: ${error.message}${packages}`);
    return 1;
  }
  note(id, dates);
  return 0;
}

/** What a command of a checkout does whose sources have been touched. */
async function refresh() {
  if (isBuilt()) return 0;
  console.error('vta: the sources have changed; building dist/ (about a second)');
  const status = await build();
  if (status !== 0) console.error('vta: nothing was run. Mend the sources; or run the build before with VTA_NO_BUILD=1');
  return status;
}

/** What is packed is one build. */
async function pack() {
  const status = isBuilt() ? 0 : await build();
  if (status === 0) removeOld(buildId(), 0);
  return status;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--refresh')) process.exit(await refresh());
  else if (process.argv.includes('--pack')) process.exit(await pack());
  else process.exit(isBuilt() ? 0 : await build());
}
