import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../support/cli.js';

/** One command of a page with the output that the page shows. */
export interface Example {
  readonly command: string;
  readonly shown: readonly string[];
  /** Line of the command in the page, from 0. */
  readonly line: number;
  /** Does it need Verilator? */
  readonly rtl: boolean;
  /** Line of its block in the page, from 0. */
  readonly block: number;
  /** What the page says of the outputs of its block, at the block's last command: tests/docs/sh.test.ts. */
  readonly claims: readonly Claim[];
}

/** A text that the outputs of a block must have (`<!-- holds: TEXT -->` under the block), or must not have (`<!-- holds not: TEXT -->`). */
export interface Claim {
  readonly text: string;
  readonly expected: boolean;
}

/** What a page asks for: files to write first, then commands, in order. */
export interface Page {
  readonly files: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
  /** Names of the pictures that it shows, from `pictures` beside it. */
  readonly pictures: readonly string[];
}

/** A fenced block, and the line after its opening fence. */
interface Block {
  readonly info: string;
  readonly first: number;
  readonly lines: readonly string[];
  readonly claims: readonly Claim[];
}

function blocks(text: string): Block[] {
  const lines = text.split('\n');
  const out: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const info = /^```(\S.*)$/.exec(lines[i])?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: the block is not closed`);
    out.push({ info: info.trim(), first: i + 1, lines: lines.slice(i + 1, end), claims: claimsUnder(lines.slice(end + 1)) });
    i = end;
  }
  return out;
}

/** The claims in the comments under a block, up to the next line that is none. */
function claimsUnder(lines: readonly string[]): Claim[] {
  const out: Claim[] = [];
  for (const line of lines) {
    const found = /^<!-- holds( not)?: (.*) -->$/.exec(line);
    if (found === null) break;
    out.push({ text: found[2], expected: found[1] === undefined });
  }
  return out;
}

/** Commands of a block: `$ ` begins one, a line that ends in `\` goes on in the next; what follows is its output. */
function commandsOf({ first, lines, claims }: Block, rtl: boolean): Example[] {
  const out: { command: string; shown: string[]; line: number; rtl: boolean; block: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const last = out.at(-1);
    if (lines[i].startsWith('$ ')) out.push({ command: lines[i].slice(2), shown: [], line: first + i, rtl, block: first });
    else if (last !== undefined && last.shown.length === 0 && last.command.endsWith('\\')) last.command = `${last.command}\n${lines[i]}`;
    else if (last !== undefined) last.shown.push(lines[i]);
    else throw new Error(`line ${first + i + 1}: a block to run begins with "$ "`);
  }
  return out.map((e, i) => ({
    ...e,
    shown: e.shown.at(-1) === '' ? e.shown.slice(0, -1) : e.shown,
    claims: i === out.length - 1 ? claims : [],
  }));
}

/** The blocks ` ```sh run ` (` ```sh run rtl ` where Verilator is needed) and ` ```LANGUAGE file=NAME ` of a page. */
export function parsePage(text: string): Page {
  const found = blocks(text);
  const files = found.flatMap(({ info, lines }) => {
    const name = /\bfile=(\S+)/.exec(info)?.[1];
    return name === undefined ? [] : [[name, `${lines.join('\n')}\n`] as const];
  });
  const examples = found.filter((b) => /^sh run( rtl)?$/.test(b.info)).flatMap((b) => commandsOf(b, b.info.endsWith('rtl')));
  const claims = text.match(/^<!-- holds/gm)?.length ?? 0;
  const placed = examples.reduce((n, e) => n + e.claims.length, 0);
  if (claims !== placed) throw new Error(`${claims} comments "holds", but ${placed} of them directly under a block that runs`);
  const pictures = [...text.matchAll(/!\[[^\]]*\]\(pictures\/([\w.-]+)\)/g)].map((m) => m[1]);
  return { files: Object.fromEntries(files), examples, pictures };
}

export interface OpenFolder {
  run(command: string): Promise<string[]>;
  /** A file that commands have made; null where there is none. */
  made(name: string): Buffer | null;
  close(): void;
}

/** Printed only where the cache does not hold the model of the RTL. */
const BUILD_NOTICE = /^(building the RTL model|built the RTL model|waiting for another process)/;

/** A folder to run a page in: its files, `models` and the RTL of the project, and `vta` on the path. */
export function openFolder(page: Page): OpenFolder {
  const folder = mkdtempSync(join(tmpdir(), 'vta-docs-'));
  for (const [name, text] of Object.entries(page.files)) writeFileSync(join(folder, name), text);
  for (const name of ['models', 'hardware-rtl']) symlinkSync(join(root, name), join(folder, name));
  const env = { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  return {
    run: (command) =>
      new Promise((resolve, reject) => {
        const child = spawn('bash', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
        let text = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
        child.on('error', reject);
        child.on('close', (status) => {
          const lines =
            text === ''
              ? []
              : text
                  .trimEnd()
                  .split('\n')
                  .map((l) => l.trimEnd())
                  .filter((l) => !BUILD_NOTICE.test(l));
          resolve(status === 0 ? lines : [...lines, `[exit status ${status}]`]);
        });
      }),
    made: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : null),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Does the output match what is shown? A line `...` stands for any lines, `...` within a line for any text. */
export function matches(shown: readonly string[], output: readonly string[]): boolean {
  const pattern = shown
    .map((line) => (line.trim() === '...' ? '(?:.*\n)*?' : `${line.trimEnd().split('...').map(literal).join('.*')}\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(output.map((l) => `${l}\n`).join(''));
}
