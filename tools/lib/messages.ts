import { pathToFileURL } from 'node:url';
import type { Message } from '#isa/diag/diagnostic';
import { filesUnder, isTest, readText, root, SOURCE_FOLDERS } from './files.js';

/** A diagnostic and the file that defines it. */
export interface FoundMessage {
  readonly message: Message;
  readonly file: string;
}

const isTable = (value: unknown): value is Readonly<Record<string, Message>> =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0 && Object.keys(value).every((key) => /^VTA\d{4}$/.test(key));

/** Every diagnostic of the packages and scripts in the order of their codes, found by looking for message tables in their sources. */
export async function findMessages(): Promise<readonly FoundMessage[]> {
  const files = SOURCE_FOLDERS.flatMap(filesUnder).filter((f) => f.endsWith('.ts') && !isTest(f) && /= defineMessages\(/.test(readText(f)));
  const found: FoundMessage[] = [];
  for (const file of files) {
    const exported = Object.values((await import(pathToFileURL(root + file).href)) as Record<string, unknown>);
    for (const table of exported.filter(isTable)) for (const message of Object.values(table)) found.push({ message, file });
  }
  return found.sort((a, b) => (a.message.code < b.message.code ? -1 : 1));
}
