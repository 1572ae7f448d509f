import { withCommas } from '#isa/diag/numbers';
import type { Compilation, Placement } from '#compiler/pipeline/compile';
import { isExactProgram } from '#runtime/artifact/artifact';
import { table } from './table.js';
import { type Times, timesJson } from './times.js';

const reasonsOf = (p: Placement): string => [...p.refusals.map((r) => `${r.codegen}: ${r.reason}`), ...p.remarks].join('; ');

/** The document of `vta compile --json`. */
export const compileJson = (file: string, bytes: number, { artifact, notes, placements, passes }: Compilation, times: Times | null) => ({
  schema: 1,
  file,
  bytes,
  program: artifact.name,
  config: artifact.config.name,
  dramBytes: artifact.dramBytes,
  instructions: instructionsOf(artifact.steps),
  exact: isExactProgram(artifact),
  notes,
  operators: placements.map((p) => ({ ...p, refusals: p.refusals.map(({ codegen, reason }) => ({ codegen, reason })) })),
  passes: passes.map(({ name, status, ms }) => (times === null ? { name, status } : { name, status, ms })),
  ...(times === null ? {} : { times: timesJson(times) }),
});

const instructionsOf = (steps: Compilation['artifact']['steps']): number =>
  steps.reduce((n, s) => n + (s.kind === 'vta' ? s.insnCount : 0), 0);

/** What `--explain` prints: where every operator runs, why, and what to know about it. */
export function explainText({ notes: whole, placements }: Compilation): string {
  const rows = placements.map((p) => [p.name, p.op, p.target, p.exact ? 'yes' : 'no', reasonsOf(p)]);
  const notes = [...whole.map((n) => `note: ${n}\n`), ...placements.flatMap((p) => p.notes.map((n) => `note: ${p.name}: ${n}\n`))].join('');
  return `${table(['layer', 'operator', 'runs on', 'exact', 'because'], rows)}${notes === '' ? '' : `\n${notes}`}`;
}

/** The last line of `vta compile`. */
export function summaryText(file: string, bytes: number, { artifact, placements }: Compilation): string {
  const onVta = placements.filter((p) => p.target === 'vta').length;
  const instructions = withCommas(instructionsOf(artifact.steps));
  const host = placements.length - onVta;
  const exact = isExactProgram(artifact) ? 'exact' : 'not exact';
  return `${file}: ${onVta} layers on vta (${instructions} instructions), ${host} on host, machine ${artifact.config.name}, ${exact}, ${withCommas(bytes)} bytes\n`;
}
