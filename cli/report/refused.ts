import type { ImportError } from '#compiler/frontend/findings';
import { table } from './table.js';

/** What `vta compile --json` prints for a model that is not supported, beside the diagnostic. */
export const refusedJson = ({ report, diagnostics: [{ code, what }] }: ImportError) => ({
  schema: 1,
  model: report.file,
  error: { code, message: what },
  natures: report.natures.map(({ name, advice }) => ({ name, advice })),
  missing: report.missing.map(({ kind, subject, problem, count, place, remedy }) => ({
    kind,
    subject,
    problem,
    count,
    first: place,
    remedy,
  })),
  operators: report.operators.map(({ op, count, refused }) => ({ op, count, refused })),
});

/** What `--explain` prints for it: every operator of the model, and whether it is the obstacle. */
export function refusedText({ report }: ImportError): string {
  const rows = report.operators.map(({ op, count, refused }) => [
    op,
    String(count),
    refused === 0 ? 'yes' : refused === count ? 'no' : `${count - refused} of ${count}`,
  ]);
  return table(['operator', 'count', 'supported'], rows, [1]);
}
