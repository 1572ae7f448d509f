import { createHash } from 'node:crypto';
import { rtlSources } from './sources.js';

/** Names a state of the design in reports: a hash of its sources, in which comments and blank space do not matter. */
export function rtlDigest(): string {
  const hash = createHash('sha256');
  for (const { path, text } of rtlSources()) {
    hash.update(path.slice(path.lastIndexOf('/') + 1));
    hash.update(text.replace(/\/\/.*$/gm, '').replace(/\s+/g, ' '));
  }
  return hash.digest('hex').slice(0, 16);
}
