import type { Diagnostic } from './diagnostic.js';

/** The human form: code, place with a caret where there is one, why, and what to do. */
export function printDiagnostic(d: Diagnostic): string {
  const lines = [`error ${d.code}: ${d.what}`];
  const w = d.where;
  if (w?.file !== undefined) {
    lines.push(`  --> ${[w.file, w.line, w.column].filter((x) => x !== undefined).join(':')}`);
  }
  if (w?.source !== undefined && w.line !== undefined) {
    const gutter = String(w.line).length + 1;
    lines.push(`${' '.repeat(gutter)} |`, ` ${w.line} | ${w.source}`);
    if (w.column !== undefined) lines.push(`${' '.repeat(gutter)} | ${' '.repeat(w.column - 1)}^`);
  }
  if (w?.at !== undefined) lines.push(`  at:  ${w.at}`);
  for (const item of d.list ?? []) lines.push(`  - ${item}`);
  lines.push(`  why: ${d.why}`, `  do:  ${d.do}`);
  return lines.join('\n');
}
