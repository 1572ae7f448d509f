import { filesUnder, isTest, readText, SOURCE_FOLDERS } from '../lib/files.js';
import { findMessages } from '../lib/messages.js';

/** The first digit of a package's codes. */
const BANDS: Readonly<Record<string, string>> = {
  isa: '1',
  compiler: '2',
  runtime: '3',
  simulator: '4',
  analysis: '4',
  'hardware-rtl': '5',
  cli: '6',
  tools: '7',
};

/** Codes that no case in tests/errors can reach, each with its reason. */
const UNREACHED: Readonly<Record<string, string>> = {};

/** Every diagnostic code is defined once, in its package's band, thrown somewhere, reachable by "vta explain" and provoked in tests/errors. */
export async function checkCodes(): Promise<readonly string[]> {
  const found = await findMessages();
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const sources = SOURCE_FOLDERS.flatMap(filesUnder).filter((f) => f.endsWith('.ts') && !isTest(f));
  const usedIn = new Set(
    sources.flatMap((f) => [...readText(f).matchAll(/\.(VTA\d{4})\b|\[['"](VTA\d{4})['"]\]/g)].map((m) => m[1] ?? m[2])),
  );
  const cases = filesUnder('tests/errors').map(readText).join('\n');
  const tables = readText('cli/message-tables.ts');
  for (const { message, file } of found) {
    const { code } = message;
    const other = seen.get(code);
    if (other !== undefined) problems.push(`${code} is defined in ${other} and in ${file}`);
    seen.set(code, file);
    const band = BANDS[file.split('/')[0]];
    if (code[3] !== band) problems.push(`${code} in ${file}: the codes of that package begin with VTA${band}`);
    if (!usedIn.has(code)) problems.push(`${code} in ${file} is never reported: remove it, or report it`);
    if (!cases.includes(code) && UNREACHED[code] === undefined) problems.push(`${code} in ${file} has no case in tests/errors`);
    if (cases.includes(code) && UNREACHED[code] !== undefined)
      problems.push(`${code} has a case in tests/errors and needs no exception any more`);
  }
  for (const file of new Set(found.map((f) => f.file).filter((f) => !f.startsWith('tools/')))) {
    const specifier = file.startsWith('cli/') ? `./${file.slice('cli/'.length).replace(/\.ts$/, '.js')}` : `#${file.replace(/\.ts$/, '')}`;
    if (!tables.includes(`'${specifier}'`)) problems.push(`${file} defines messages that cli/message-tables.ts does not list`);
  }
  return problems;
}
