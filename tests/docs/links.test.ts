import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder } from '../../tools/lib/files.js';
import { root } from '../support/cli.js';

interface Link {
  readonly page: string;
  /** As written. */
  readonly target: string;
  /** Path from the root; the page itself for `#heading`. */
  readonly path: string;
  readonly heading: string | null;
}

/** A page without its code, in which brackets and parentheses mean something else. */
const prose = (page: string): string =>
  readFileSync(join(root, page), 'utf8')
    .replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[()[\]]/g, ' '));

/** Links of a page to files of the project, pictures too. */
function linksOf(page: string): Link[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((m) => m[1])
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file, heading] = target.split('#');
      return { page, target, path: file === '' ? page : normalize(join(dirname(page), file)), heading: heading ?? null };
    });
}

/** Names of a page's headings as a browser of repositories makes them: small letters, no punctuation, blanks as hyphens. */
function headingsOf(page: string): Set<string> {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '');
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map((m) =>
      m[1]
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/ /g, '-'),
    ),
  );
}

/** All pages that a reader of README.md can come to. */
function reachable(): Set<string> {
  const seen = new Set<string>();
  const next = ['README.md'];
  for (let page = next.pop(); page !== undefined; page = next.pop()) {
    if (seen.has(page)) continue;
    seen.add(page);
    next.push(...linksOf(page).flatMap(({ path }) => (path.endsWith('.md') && existsSync(join(root, path)) ? [path] : [])));
  }
  return seen;
}

const pages = filesUnder('.').filter((file) => file.endsWith('.md'));

describe('links between pages', () => {
  test('every page can be reached from README.md', () => {
    expect(pages.length).toBeGreaterThan(30);
    const found = reachable();
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  test('every link leads to a file, and to a heading that is there', () => {
    const links = pages.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(100);
    const broken = links.filter(
      ({ path, heading }) => !existsSync(join(root, path)) || (heading !== null && path.endsWith('.md') && !headingsOf(path).has(heading)),
    );
    expect(broken.map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
  });

  test('in the package, every link of README.md and of the pages behind it leads to something that is shipped', () => {
    const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' });
    const [{ files }] = JSON.parse(stdout === '' ? stderr : stdout) as [{ files: { path: string }[] }];
    const shipped = files.map((f) => f.path);
    const missing = [...reachable()]
      .flatMap(linksOf)
      .filter(({ path }) => !shipped.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)));
    expect(missing.map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
  });
});
