import type { Run } from '../context.js';
import { jobsOf, machineOf, memoryOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { isFile, wanted } from '../io/vectors.js';
import { forEachInOrder } from '../parallel/each.js';
import { jsonLine } from '../report/json.js';
import type { VectorVerdict } from '../tasks/run-vector.js';

function human({ name, match, cycles, notes = [] }: VectorVerdict, detail: string): string {
  const time = cycles === null ? '' : `  ${cycles} cycles`;
  return `${match ? 'ok  ' : 'FAIL'}  ${name}${time}${detail === '' ? '' : `\n      ${detail}`}\n${notes.map((n) => `      note: ${n}\n`).join('')}`;
}

/** `vta run-vector DIR...`: plain files among the arguments (a pattern matches them too) are left out. */
export const run: Run = async (context, args, options) => {
  const choice = machineOf(options);
  const shared = { choice, memory: memoryOf(options.memory) };
  const items = wanted(context, 'vta run-vector', args, 'a vector folder', (path) => !isFile(path));
  const progress = progressOf(context);
  let matches = 0;
  const work = { task: 'run-vector', shared, items, jobs: jobsOf(options.jobs, 'vta run-vector'), show: progress.show } as const;
  progress.show(`0/${items.length}`);
  await forEachInOrder(work, ({ verdict, detail, error }, _, index) => {
    progress.clear();
    if (error !== null) context.err(error);
    if (verdict.match) matches++;
    context.out(options.json === true ? jsonLine(verdict) : human(verdict, detail));
    progress.show(`${index + 1}/${items.length}`);
  }).finally(() => progress.clear());
  if (options.json !== true) context.out(`${matches} of ${items.length} vectors match on ${choice.machine}\n`);
  return matches === items.length ? 0 : 1;
};
