// What "npm test", "npm run demo" and "npm run check" do first, so that they work on a fresh clone: installs the packages of the
// lock file if node_modules is missing or stale, builds dist/ if it is missing or stale, and with --system tries to get the
// system tools too (tools/setup.mjs); --no-build leaves dist/ alone. Silent and offline when everything is there.
// Plain JavaScript with nothing but Node, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, isBuilt, root } from './build.mjs';

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** The packages of the lock file that are not installed, or in another version (those for other platforms aside). */
function missingPackages() {
  const wanted = readJson('package-lock.json').packages;
  let installed = {};
  try {
    installed = readJson('node_modules/.package-lock.json').packages;
  } catch {
    // no node_modules yet, or one that npm did not make
  }
  return Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional && installed[path]?.version !== wanted[path].version);
}

function install() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.error(`Installing ${missing.length} packages of npm into node_modules of this folder (npm ci).`);
  const status = spawnSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  }).status;
  if (status !== 0) {
    console.error('npm ci failed: the first run needs a package registry that npm can reach (later runs need no network)');
    process.exit(1);
  }
}

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node ${process.versions.node} is too old: this project needs Node 20 or newer`);
  process.exit(1);
}
install();
if (!process.argv.includes('--no-build') && !isBuilt()) {
  const status = await build();
  if (status !== 0) process.exit(status);
}
if (process.argv.includes('--system')) (await import('./setup.mjs')).installSystemTools();
