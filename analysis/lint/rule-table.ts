import { table } from '#isa/gen/markdown';
import { isPublished, RULE_NAMES, RULES } from './rules.js';

/** The rules about programs, or those about published implementations, as a Markdown table. */
export function ruleTable(which: string): string {
  const rows = RULE_NAMES.filter((name) => isPublished(name) === (which === 'published')).map((name) => {
    const { severity, finds, why } = RULES[name];
    return [`\`${name}\``, severity, finds, why];
  });
  return table(['rule', 'severity', 'finds', 'why'], rows);
}
