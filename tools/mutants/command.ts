import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../build.mjs';
import { root } from '../lib/files.js';
import { applyEdit, type Fault } from './fault.js';

/** What the command looks for beside itself. */
const BESIDE = ['node_modules', 'hardware-rtl', 'package.json', 'tools', 'docs'];

/**
 * Builds the `vta` command with a fault in a new folder.
 * @returns the path of the command, or null where it cannot be built
 */
export async function commandWith(fault: Fault, folder: string): Promise<string | null> {
  const load = (id: string): string | null => (id === root + fault.file ? applyEdit(readFileSync(id, 'utf8'), fault) : null);
  try {
    const files = await bundled([{ name: 'one fault', load }]);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    for (const [name, text] of files) writeFileSync(join(folder, 'dist', name), text);
    copyFileSync(`${root}bin/vta`, join(folder, 'bin', 'vta'));
    for (const name of BESIDE) symlinkSync(root + name, join(folder, name));
    return join(folder, 'bin', 'vta');
  } catch {
    return null;
  }
}
