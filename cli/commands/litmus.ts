import { VtaError } from '#isa/diag/diagnostic';
import { parseLitmus } from '#analysis/litmus/parse';
import { runLitmus } from '#analysis/litmus/run';
import type { Run } from '../context.js';
import { readText } from '../io/files.js';
import { progressOf } from '../io/progress.js';
import { printError } from '../report/diagnostics.js';
import { jsonLine } from '../report/json.js';
import { litmusJson, litmusText } from '../report/litmus.js';

/** `vta litmus FILE...` */
export const run: Run = async (context, files, { json, explain }) => {
  const progress = progressOf(context);
  let passed = 0;
  for (const [n, file] of files.entries()) {
    progress.show(`${n + 1}/${files.length} ${file}`);
    try {
      const test = parseLitmus(readText(file), file);
      const result = runLitmus(test);
      progress.clear();
      if (result.passes) passed++;
      context.out(json === true ? jsonLine(litmusJson(test, result)) : litmusText(test, result, explain === true || !result.passes));
    } catch (error) {
      progress.clear();
      if (!(error instanceof VtaError)) throw error;
      context.err(printError(error));
    }
  }
  if (json !== true && files.length > 1) context.out(`${passed} of ${files.length} litmus tests as expected\n`);
  return passed === files.length ? 0 : 1;
};
