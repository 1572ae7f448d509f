import { spawn } from 'node:child_process';
import { root } from './files.js';

/** A step that runs a program in the project's root: what it prints is the problem when it fails, and there is none otherwise. */
export function command(...line: readonly [string, ...string[]]): () => Promise<readonly string[]> {
  return () =>
    new Promise((resolve) => {
      const child = spawn(line[0], line.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      const parts: Buffer[] = [];
      child.stdout.on('data', (data: Buffer) => parts.push(data));
      child.stderr.on('data', (data: Buffer) => parts.push(data));
      child.on('error', (error) => resolve([String(error)]));
      child.on('close', (status) => resolve(status === 0 ? [] : [Buffer.concat(parts).toString().trimEnd() || `exit status ${status}`]));
    });
}
