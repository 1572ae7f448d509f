// "npm run build": compiles the packages to dist/ and leaves a stamp by which tools/bootstrap.mjs knows that dist is up to date.
// Plain JavaScript with nothing but Node, because it runs before anything is installed or built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const config = 'tsconfig.build.json';
const stamp = join(root, 'dist', '.built');

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
  const folders = JSON.parse(readFileSync(join(root, config), 'utf8')).include;
  const files = ['package.json', 'tsconfig.json', config, ...folders.flatMap(sources)].sort();
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

/** Compiles; returns the exit status (0 good). */
export function build() {
  const before = sourceHash();
  rmSync(stamp, { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const status = spawnSync(process.execPath, [tsc, '-p', config], { cwd: root, stdio: 'inherit' }).status ?? 2;
  if (status === 0) writeFileSync(stamp, before);
  return status;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) process.exit(isBuilt() ? 0 : build());
