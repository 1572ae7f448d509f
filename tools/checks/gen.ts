import { existsSync } from 'node:fs';
import { generatedFiles } from '../generate/outputs.js';
import { readText, root } from '../lib/files.js';

/** Generated files that are missing or differ from what their generator gives now, with the text they should have. */
export async function staleFiles(): Promise<readonly (readonly [path: string, text: string])[]> {
  return [...(await generatedFiles())].filter(([path, text]) => !existsSync(root + path) || readText(path) !== text);
}

export async function checkGenerated(): Promise<readonly string[]> {
  return (await staleFiles()).map(([path]) => `${path} is not what its generator gives: run "npm run gen" and commit the result`);
}
