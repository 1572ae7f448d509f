import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { conformance, renewedPage } from './chisel-golden.js';
import { readText } from './lib/files.js';

test.skipIf(!existsSync(conformance))('the measured tables of docs/reference/vta-chisel.md (needs ../shared/conformance)', async () => {
  const page = await renewedPage(conformance);
  expect(page).toBe(readText('docs/reference/vta-chisel.md'));
  expect(page).toContain('| 545,239 | 545,239 | 0 |');
});
