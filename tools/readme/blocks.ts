import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/files.js';

const README = join(root, 'README.md');

/** What README.md shows of a command's output, by the name in its marks: `<!-- NAME -->`, a fenced block, `<!-- /NAME -->`. */
export type BlockName = 'demo: short' | 'demo' | 'test';

function place(page: string, name: BlockName): readonly [first: number, last: number] {
  const [open, close] = [`<!-- ${name} -->\n\`\`\`\n`, `\`\`\`\n<!-- /${name} -->`];
  const first = page.indexOf(open);
  const last = page.indexOf(close);
  if (first < 0 || last < 0) throw new Error(`README.md has no block "${name}"`);
  return [first + open.length, last];
}

/** The text of a block of README.md. */
export function readBlock(name: BlockName): string {
  const page = readFileSync(README, 'utf8');
  return page.slice(...place(page, name));
}

/** Writes a block of README.md. */
export function writeBlock(name: BlockName, text: string): void {
  const page = readFileSync(README, 'utf8');
  const [first, last] = place(page, name);
  writeFileSync(README, `${page.slice(0, first)}${text}${page.slice(last)}`);
}

/** A part of the output: the lines from one that matches `from` to the next that matches `to` (`from` again where it is left out). */
type Part = readonly [from: RegExp, to?: RegExp];

/** The parts in order; a line `...` stands for what is left out between them and behind them. */
function excerpt(command: string, lines: readonly string[], parts: readonly Part[]): string {
  const out = [`$ ${command}`];
  let next = 0;
  for (const [from, to] of parts) {
    const first = lines.findIndex((l, i) => i >= next && from.test(l));
    const last = to === undefined ? first : lines.findIndex((l, i) => i >= first && to.test(l));
    if (first < 0 || last < 0) throw new Error(`the output of ${command} has no line that matches ${first < 0 ? from : to}`);
    if (first > next) out.push('...');
    out.push(...lines.slice(first, last + 1));
    next = last + 1;
  }
  if (next < lines.length) out.push('...');
  return `${out.join('\n')}\n`;
}

const RUN: Part = [/^\$ .*vta run /, /^conv2d_2 /];
const AGREE: readonly Part[] = [[/^ok {4}/, /^ok: /]];

/** What README.md shows of the demo's output, cut from it. */
export function demoBlocks(output: string): Readonly<Record<'demo: short' | 'demo', string>> {
  const lines = output
    .trimEnd()
    .split('\n')
    .map((l) => l.trimEnd());
  const command = 'npm run demo';
  return {
    'demo: short': excerpt(command, lines, [RUN, [/^total /], [/^answer/, /reference output/], ...AGREE]),
    demo: excerpt(command, lines, [[/./, /^output /], [/^ /], [/^answer/, /reference output/], [/^The same programs/, /^ok: /]]),
  };
}

/** What README.md shows of a run of all tests: its last line. */
export const testBlock = (summary: string): string => `$ npm test\n...\n${summary}\n`;
