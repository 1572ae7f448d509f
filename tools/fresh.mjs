// Keeps a checkout from running stale code: "bin/vta" asks here, before it loads dist/, whether the sources are still those that dist/ was made from.
// That costs a look at the date of every source. The npm package has no sources, and does not have this file. Imports nothing but Node's file system,
// because every command of a checkout loads it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dist = join(root, 'dist');
/** Sizes and dates of the sources when dist/ was last found to be made from them, behind the name of the build. */
export const LIST = join(dist, '.sources');

const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.mjs'];
const PACKAGES = ['isa', 'compiler', 'runtime', 'simulator', 'analysis', 'fuzz', 'hardware-rtl', 'cli'];

function sourcesIn(folder, found) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) sourcesIn(path, found);
    else if (/\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) found.push(path);
  }
}

/** Everything that dist/ is made from, sorted. */
export function sources() {
  const found = [...FILES];
  for (const folder of PACKAGES) sourcesIn(folder, found);
  return found.sort();
}

/** Every source with its size and date. */
export function listing() {
  let out = '';
  for (const path of sources()) {
    const { size, mtimeMs } = statSync(join(root, path));
    out += `${path} ${size} ${mtimeMs}\n`;
  }
  return out;
}

/** The contents of dist/main.js for a build. */
export const pointer = (id) => `export { runProcess } from './${id}/main.js';\n`;

/** Has nothing been touched since dist/ was last compared with the sources? */
function isUntouched() {
  try {
    const [id, ...rest] = readFileSync(LIST, 'utf8').split('\n');
    return readFileSync(join(dist, 'main.js'), 'utf8') === pointer(id) && rest.join('\n') === listing();
  } catch {
    return false;
  }
}

/** Builds dist/ again where the sources have changed. @returns whether dist/ is made from the sources */
export async function refresh() {
  if (isUntouched()) return true;
  const { spawnSync } = await import('node:child_process');
  const build = [join(root, 'tools', 'build.mjs'), '--refresh'];
  return spawnSync(process.execPath, build, { stdio: ['ignore', 2, 2] }).status === 0;
}
