import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKAGE_RULES } from '../checks/layers.js';

/** The project's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', '.git']);

/** All files under a folder of the project, as paths from the root with `/`, sorted; nothing that is installed or built. */
export function filesUnder(folder: string): readonly string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

function readEntries(folder: string) {
  return readdirSync(root + folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of a file of the project. */
export const readText = (path: string): string => readFileSync(root + path, 'utf8');

export const isTest = (path: string): boolean => path.endsWith('.test.ts');

/** The folders of the product; everything else belongs to the repository. */
export const PACKAGES: readonly string[] = PACKAGE_RULES.map((rule) => rule.name);

/** The packages and the repository's own scripts. */
export const SOURCE_FOLDERS: readonly string[] = [...PACKAGES, 'tools'];
