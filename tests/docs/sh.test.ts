import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, root } from '../support/cli.js';
import { hasTool } from '../support/tools.js';
import { matches, openFolder, parsePage } from './examples.js';

/**
 * The documentation's examples, run as a reader would: in blocks ` ```sh run ` every line `$ command` is executed, in order, and its
 * output compared with the lines below it; pictures that commands make are those that the page shows. UPDATE_DOCS=1 writes the new outputs into
 * the pages instead (where nothing is left out by `...`). What the text around a block depends on stands under the block in comments
 * (`<!-- holds: TEXT -->`, `<!-- holds not: TEXT -->`): it is asserted in either case, so that an update cannot turn a page into a lie.
 */
const update = process.env.UPDATE_DOCS === '1';

const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, page: parsePage(readFileSync(join(root, path), 'utf8')) }))
  .filter(({ page }) => page.examples.length > 0);

/** The page with outputs replaced, by the number of the example. Places are looked up again: another test may have written its own block. */
function rewrite(path: string, outputs: ReadonlyMap<number, readonly string[]>): void {
  const text = readFileSync(join(root, path), 'utf8');
  const lines = text.split('\n');
  const examples = [...parsePage(text).examples.entries()].reverse();
  for (const [n, { line, command, shown }] of examples) {
    const output = outputs.get(n);
    if (output !== undefined) lines.splice(line + command.split('\n').length, shown.length, ...output);
  }
  if (outputs.size > 0) writeFileSync(join(root, path), lines.join('\n'));
}

/** Verilator builds the RTL where no earlier run has left it. */
const PATIENCE = 300_000;

beforeAll(ensureBuilt, 120_000);

describe('matching', () => {
  test.each([
    [['a', 'b'], ['a', 'b'], true],
    [['a'], ['a', 'b'], false],
    [['a', '...'], ['a', 'b', 'c'], true],
    [['...', 'c'], ['a', 'b', 'c'], true],
    [['took ... s (x)'], ['took 3.2 s (x)'], true],
    [['took ... s'], ['took 3.2 m'], false],
    [[], ['surprise'], false],
  ])('%j and %j: %s', (shown, output, expected) => expect(matches(shown, output)).toBe(expected));
});

describe.each(pages)('$path', ({ path, page }) => {
  const folder = openFolder(page);
  const outputs = new Map<number, readonly string[]>();
  /** What the commands of each block have printed. */
  const printed = new Map<number, string>();
  afterAll(() => {
    folder.close();
    if (update) rewrite(path, outputs);
  });
  for (const [n, example] of page.examples.entries()) {
    test.skipIf(example.rtl && !hasTool('verilator'))(example.command, { timeout: PATIENCE }, async () => {
      const output = await folder.run(example.command);
      const all = `${printed.get(example.block) ?? ''}${output.join('\n')}\n`;
      printed.set(example.block, all);
      for (const { text, expected } of example.claims) {
        const where = `${path}:${example.line + 1} says so of this output; mend the page or the product`;
        if (expected) expect(all, where).toContain(text);
        else expect(all, where).not.toContain(text);
      }
      if (matches(example.shown, output)) return;
      const broken = output.some((l) => l.startsWith('internal error'));
      if (update && !broken && !example.shown.some((l) => l.includes('...'))) outputs.set(n, output);
      else expect(output.join('\n'), `${path}:${example.line + 1}; UPDATE_DOCS=1 rewrites the page`).toBe(example.shown.join('\n'));
    });
  }
  for (const name of page.pictures) {
    test(`the picture ${name} is what the commands made`, () => {
      const made = folder.made(name);
      const shown = join(root, dirname(path), 'pictures', name);
      if (made === null) expect(existsSync(shown), shown).toBe(true);
      else if (update) writeFileSync(shown, made);
      else expect(made.equals(readFileSync(shown)), `${shown}; UPDATE_DOCS=1 writes it again`).toBe(true);
    });
  }
});
