import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is a command-line tool there? For `describe.skipIf`. */
export const hasTool = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' }).status === 0;

/** Runs a tool and returns what it prints; what it complains about becomes the error. */
export function runTool(command: string, args: readonly string[], cwd?: string): string {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

/** Runs `body` with a new empty folder, removed afterwards. */
export function withFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'vta-test-'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
