import { availableParallelism } from 'node:os';
import { checkCodes } from './checks/codes.js';
import { checkDeps } from './checks/deps.js';
import { checkGenerated } from './checks/gen.js';
import { checkHygiene } from './checks/hygiene.js';
import { lintRtl } from './checks/rtl-lint.js';
import { checkSizes } from './checks/size.js';
import { command } from './lib/command.js';
import { root } from './lib/files.js';

/** One thing that "npm run check" proves. `run` gives what is wrong, line by line; null means that it could not be checked, and why. */
interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly string[] | { readonly skipped: string }>;
}

const script = (path: string, ...args: readonly string[]) => command(process.execPath, `${root}node_modules/${path}`, ...args);

const CHECKS: readonly Check[] = [
  {
    name: 'types',
    run: script('typescript/bin/tsc', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'build/check.tsbuildinfo'),
  },
  { name: 'types of the timeline page', run: script('typescript/bin/tsc', '-p', 'analysis/trace/page/client') },
  { name: 'RTL lint', run: lintRtl },
  { name: 'format and lint', run: script('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.') },
  { name: 'imports', run: async () => checkDeps() },
  { name: 'hygiene', run: async () => checkHygiene() },
  { name: 'sizes', run: async () => checkSizes() },
  { name: 'generated files', run: checkGenerated },
  { name: 'diagnostic codes', run: checkCodes },
];

async function runCheck(check: Check): Promise<boolean> {
  const start = Date.now();
  const result = await check.run().catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
  const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  if (!Array.isArray(result)) {
    console.log(`skipped  ${check.name}: ${(result as { skipped: string }).skipped}`);
    return true;
  }
  console.log(`${result.length === 0 ? 'ok     ' : 'FAILED '}  ${check.name} (${seconds})`);
  for (const problem of result) console.log(problem.replace(/^/gm, '  '));
  return result.length === 0;
}

const queue = [...CHECKS];
let good = true;
async function worker(): Promise<void> {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) good = (await runCheck(check)) && good;
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
console.log(good ? 'all checks passed' : 'some checks failed');
process.exitCode = good ? 0 : 1;
