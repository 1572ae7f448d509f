import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { staleFiles } from './checks/gen.js';
import { root } from './lib/files.js';

/** "npm run gen": writes every generated file that is not up to date. */
for (const [path, text] of await staleFiles()) {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
  console.log(`wrote ${path}`);
}
