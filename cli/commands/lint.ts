import { fail, nearest, VtaError } from '#isa/diag/diagnostic';
import { type LintReport, lintProgram, PUBLISHED } from '#analysis/lint/lint';
import { RULE_NAMES, type RuleName } from '#analysis/lint/rules';
import type { Run } from '../context.js';
import { lintInput } from '../io/lint-input.js';
import { readProgram } from '../io/programs.js';
import { cliMessages as M } from '../messages.js';
import { printError } from '../report/diagnostics.js';
import { jsonLine } from '../report/json.js';
import { lintJson, lintText } from '../report/lint.js';

type Options = Readonly<Record<string, unknown>>;

/** The rules that are left out. @throws VtaError VTA6004 */
function ignoredOf(options: Options): ReadonlySet<RuleName> {
  const named = ((options.ignore as string[] | undefined) ?? []).flatMap((list) => list.split(','));
  for (const name of named) {
    if ((RULE_NAMES as readonly string[]).includes(name)) continue;
    const near = nearest(name, RULE_NAMES);
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    fail(M.VTA6004, { command: 'vta lint', option: '--ignore', value: name, hint, allowed: RULE_NAMES.join(', ') });
  }
  return new Set([...(named as RuleName[]), ...(options.published === false ? PUBLISHED : [])]);
}

const isBad = ({ counts }: LintReport, strict: boolean): boolean => counts.error > 0 || (strict && counts.warning > 0);

/** `vta lint PROGRAM...` */
export const run: Run = async (context, paths, options) => {
  const ignored = ignoredOf(options);
  let good = true;
  for (const path of paths) {
    try {
      const report = lintProgram(lintInput(readProgram(path, options.config as string, options.dram as string | undefined)), ignored);
      context.out(options.json === true ? jsonLine(lintJson(report)) : lintText(report, options.all === true));
      good &&= !isBad(report, options.strict === true);
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      context.err(printError(error));
      good = false;
    }
  }
  return good ? 0 : 1;
};
