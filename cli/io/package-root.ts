import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder. This file is in `cli/io` of the sources or of `dist`. */
export function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const above = join(here, '..', '..');
  return here.replaceAll('\\', '/').endsWith('/dist/cli/io') ? join(above, '..') : above;
}
