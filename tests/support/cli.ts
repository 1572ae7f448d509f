import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The command: the project's, or the one that VTA_TEST_COMMAND names. */
export const vtaCommand = process.env.VTA_TEST_COMMAND ?? join(root, 'bin', 'vta');

/**
 * Builds dist/ if it is not up to date (a moment if it is). Throws with the compiler's output if that fails. VTA_NO_BUILD=1 tests dist/ as it is.
 */
export function ensureBuilt(): void {
  if (process.env.VTA_NO_BUILD === '1') return;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools', 'build.mjs')], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stdout}${stderr}`);
}

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real `./bin/vta` in `cwd`. A command that takes longer than `timeout` milliseconds is ended, with status null. */
export function vta(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}, timeout = 60_000): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vtaCommand, ...argv], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs `use` in a new folder that holds `files` (those in `bin/` are programs), and removes it afterwards. */
export async function inFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vta-test-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every path below a folder, sorted. */
export const listing = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
