/**
 * Which files a command reads and writes. No file is both, and none is written twice: a slip on the command line
 * (`vta compile m.tflite -o m.tflite`) would destroy a model that may exist only once.
 */
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import { descriptorOf, identitiesOf, type Target } from './paths.js';

const STANDARD_INPUT = 'descriptor 0';
const reads = new Map<string, string>();
const writes = new Map<string, string>();

/** Forgets everything: a new command begins. */
export function newCommand(): void {
  reads.clear();
  writes.clear();
}

/** Text goes to standard error while a result takes standard output. */
export const outputTaken = (): boolean => writes.has('descriptor 1');

const identities = (file: string): readonly string[] => (descriptorOf(file, 0) === null ? identitiesOf(file) : []);

/**
 * Notes that `file` is read.
 * @throws VtaError VTA6101 where it is standard input, which is read already; VTA6105 where it is to be written
 */
export function claimRead(file: string): void {
  if (descriptorOf(file, 0) === 0) {
    if (reads.has(STANDARD_INPUT)) fail(M.VTA6101, { file, reason: 'standard input was read already' });
    reads.set(STANDARD_INPUT, file);
  }
  for (const id of identities(file)) {
    if (writes.has(id)) fail(M.VTA6105, { file, what: 'read and written' });
    reads.set(id, file);
  }
}

function writtenIdentities(target: Target): readonly string[] {
  if (target.kind === 'device') return [];
  return target.kind === 'descriptor' ? [`descriptor ${target.descriptor}`] : identitiesOf(target.path);
}

/** Notes that `file` will be written. @throws VtaError VTA6105 where the command reads it, or writes it already */
export function claimWrite(file: string, target: Target): void {
  const ids = writtenIdentities(target);
  for (const id of ids) {
    if (reads.has(id)) fail(M.VTA6105, { file, what: 'read and written' });
    if (writes.has(id)) fail(M.VTA6105, { file, what: 'written twice' });
  }
  for (const id of ids) writes.set(id, file);
}
