import type { Finding, InsnRef } from '#analysis/lint/finding';
import type { LintReport } from '#analysis/lint/lint';
import { SEVERITIES } from '#analysis/lint/rules';
import { withCommas } from '#isa/diag/numbers';

/** The document of `vta lint --json`, documented in docs/reference/lint.md. */
export const lintJson = ({ program, config, launches, counts, totals, findings }: LintReport) => ({
  schema: 1,
  program,
  config,
  launches,
  counts,
  totals,
  findings,
});

/** Findings are told together by rule and diagnostic. */
const groupOf = ({ rule, code }: Pick<Finding, 'rule' | 'code'>): string => `${rule} ${code ?? ''}`;

const count = (n: number, what: string): string => `${withCommas(n)} ${what}${n === 1 ? '' : 's'}`;

function insnLines(insns: readonly InsnRef[]): string {
  const width = Math.max(...insns.map((i) => String(i.insn).length));
  return insns.map((i) => `  ${String(i.insn).padStart(width + 2)}  ${i.unit.padEnd(7)}  ${i.text}\n`).join('');
}

const findingText = (f: Finding, several: boolean): string =>
  `${f.severity} ${f.rule}${f.code === undefined ? '' : ` ${f.code}`}${several ? ` in ${f.launchName}` : ''}: ${f.what}\n${insnLines(f.insns)}`;

/** Where else a rule was broken: per launch, how often. */
function elsewhere(group: string, shown: readonly Finding[], r: LintReport): string {
  const more = r.totals.flatMap(({ rule, code, launch, count }) => {
    const rest = groupOf({ rule, code }) === group ? count - shown.filter((f) => f.launch === launch).length : 0;
    return rest > 0 ? [`${withCommas(rest)}${r.launches.length > 1 ? ` in ${r.launches[launch].name}` : ''}`] : [];
  });
  const shownMore = more.slice(0, 8).join(', ') + (more.length > 8 ? `, and in ${more.length - 8} more launches` : '');
  return more.length === 0 ? '' : `  and ${shownMore}${r.launches.length > 1 ? '' : ' more'}\n`;
}

/** All findings of a group: the first one (or `all`) in full, why it matters, and what to do. */
function groupText(group: string, r: LintReport, all: boolean): string {
  const findings = r.findings.filter((f) => groupOf(f) === group);
  const shown = all ? findings : findings.slice(0, 1);
  const text = shown.map((f) => findingText(f, r.launches.length > 1)).join('');
  return `${text}${elsewhere(group, shown, r)}  why: ${shown[0].why}\n  do:  ${shown[0].do}\n\n`;
}

/** What `vta lint` prints: errors first. */
export function lintText(r: LintReport, all: boolean): string {
  const groups = SEVERITIES.flatMap((s) => [...new Set(r.findings.filter((f) => f.severity === s).map(groupOf))]);
  const insns = r.launches.reduce((n, l) => n + l.instructions, 0);
  const size = `${r.launches.length === 1 ? '' : `${r.launches.length} launches, `}${count(insns, 'instruction')}`;
  const { error, warning, note } = r.counts;
  const sum = error + warning + note === 0 ? 'clean' : `${count(error, 'error')}, ${count(warning, 'warning')}, ${count(note, 'note')}`;
  return `${groups.map((group) => groupText(group, r, all)).join('')}${r.program}: ${sum} (${size}, machine ${r.config})\n`;
}
