import { beforeAll, describe, expect, test } from 'vitest';
import { printDiagnostic } from '#isa/diag/print';
import { VtaError } from '#isa/diag/diagnostic';
import { findMessages } from '../../tools/lib/messages.js';
import { ensureBuilt, inFolder, listing, vta } from '../support/cli.js';
import type { CallCase, CliCase, ErrorCase } from './cases.js';
import { cliCases } from './cli.cases.js';
import { compilerCases } from './compiler.cases.js';
import { frontendCases } from './frontend.cases.js';
import { isaCases } from './isa.cases.js';
import { rtlCases } from './rtl.cases.js';
import { runtimeCases } from './runtime.cases.js';
import { simulatorCases } from './simulator.cases.js';

const cases: readonly ErrorCase[] = [
  ...isaCases,
  ...frontendCases,
  ...compilerCases,
  ...runtimeCases,
  ...simulatorCases,
  ...rtlCases,
  ...cliCases,
];

/** What every diagnostic must be, printed: code, reason and remedy, every place filled in, no stack trace. */
function checkText(text: string, code: string): void {
  expect(text.match(/^error VTA\d{4}: /gm), text).toEqual([`error ${code}: `]);
  expect(text).toMatch(/^ {2}why: \S/m);
  expect(text).toMatch(/^ {2}do: {2}\S/m);
  expect(text, 'a place was not filled in').not.toMatch(/\{[a-z]\w*\}|undefined|\[object/);
  expect(text, 'a stack trace').not.toMatch(/^ {4}at /m);
}

async function checkCli({ code, files, prepare, argv, env }: CliCase): Promise<void> {
  const judge = async (folder: string, cache: string): Promise<void> => {
    for (const line of prepare ?? []) expect(await vta(line, folder)).toMatchObject({ status: 0, stderr: '' });
    const before = listing(folder);
    const result = await vta(argv, folder, { VTA_CACHE_DIR: cache, ...env?.(folder) });
    checkText(result.stderr, code);
    expect(result.status).toBe(1);
    // commands that judge several programs say which one failed, and go on; the debugger has answered the commands before
    if (!['run-vector', 'cosim', 'debug'].includes(argv[0])) expect(result.stdout).toBe('');
    expect(listing(folder), 'a file was left behind').toEqual(before);
  };
  await inFolder(files ?? {}, (folder) => inFolder({}, (cache) => judge(folder, cache)));
}

async function checkCall({ code, call }: CallCase): Promise<void> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => null,
      (e: unknown) => e,
    );
  expect(error).toBeInstanceOf(VtaError);
  const { diagnostics } = error as VtaError;
  expect(diagnostics).toHaveLength(1);
  checkText(printDiagnostic(diagnostics[0]), code);
}

beforeAll(ensureBuilt, 120_000);

describe.concurrent('every mistake ends in one diagnostic', () => {
  for (const c of cases) {
    test(`${c.code}: ${c.title}`, () => ('argv' in c ? checkCli(c) : checkCall(c)));
  }
});

test('every diagnostic code has a case, and every case a code', async () => {
  const codes = (await findMessages()).map((m) => m.message.code);
  expect([...new Set(cases.map((c) => c.code))].sort()).toEqual([...new Set(codes)].sort());
});
