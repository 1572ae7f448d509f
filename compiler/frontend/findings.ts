/**
 * What keeps a model from being imported. An importer goes on behind an operator that it cannot take, so that a user learns everything
 * that is missing at once, in the model's own words.
 */
import { diagnostic, VtaError } from '#isa/diag/diagnostic';
import { compilerMessages as M } from '../messages.js';

/** `form`: an operator that is known, used in a way that is not; `structure`: subgraphs. */
export type FindingKind = 'operator' | 'type' | 'form' | 'shape' | 'quantization' | 'structure';

export interface Finding {
  readonly kind: FindingKind;
  /** An operator's name, an element type, or a tensor. Findings of equal subject and problem are counted together. */
  readonly subject: string;
  /** What is wrong with it; empty where the kind says it. */
  readonly problem: string;
  /** Where in the model. */
  readonly place: string;
  /** What to change in the model or its export. */
  readonly remedy: string;
}

/** Thrown by converters and caught by the importer: this operator or tensor cannot be taken. */
export class Refused extends Error {
  constructor(readonly finding: Finding) {
    super(`${finding.place}: ${finding.problem}`);
  }
}

/** Equal findings: how many there are, and the first place. */
export interface MissingItem extends Finding {
  readonly count: number;
}

/** What the whole model is, where that explains more than its single findings ("a float32 model"), and what to do about it. */
export interface Nature {
  readonly name: string;
  readonly advice: string;
}

/** One kind of operator of the model. */
export interface OperatorUse {
  readonly op: string;
  readonly count: number;
  /** How many of them cannot be taken. */
  readonly refused: number;
}

export interface ImportReport {
  readonly file: string;
  readonly natures: readonly Nature[];
  readonly missing: readonly MissingItem[];
  readonly operators: readonly OperatorUse[];
}

/** The one diagnostic of a model that is not supported (VTA2024 to VTA2030), with the report that it was made from. */
export class ImportError extends VtaError {
  constructor(
    readonly report: ImportReport,
    supported: string,
  ) {
    super(describe(report, supported));
  }
}

/** Collects findings; equal ones become one item. */
export class Findings {
  private readonly items = new Map<string, MissingItem>();

  add(finding: Finding): void {
    const key = [finding.kind, finding.subject, finding.problem].join('\n');
    const known = this.items.get(key);
    this.items.set(key, known === undefined ? { ...finding, count: 1 } : { ...known, count: known.count + 1 });
  }

  get list(): readonly MissingItem[] {
    return [...this.items.values()];
  }
}

const CODES = { operator: M.VTA2025, type: M.VTA2026, form: M.VTA2027, shape: M.VTA2028, quantization: M.VTA2029, structure: M.VTA2024 };

const times = (n: number, noun: string): string => (n === 1 ? `1 ${noun}` : `${n} ${noun}s`);
const counted = ({ subject, count }: MissingItem): string => (count === 1 ? subject : `${subject} (${count} times)`);
const unlike = (words: readonly string[]): string[] => [...new Set(words.filter((w) => w !== ''))];

/** `LOGISTIC: 3 times, first at operator 80 (result "x")`: the place without the operator's name, which the line begins with. */
function lineOf(item: MissingItem): string {
  const subject = item.kind === 'type' ? `tensor type ${item.subject}` : item.subject === 'tensor' ? '' : item.subject;
  const head = [subject, item.problem].filter((w) => w !== '').join(': ');
  const place = item.place.replace(`${item.subject}, `, '').replace(` (${item.subject})`, '');
  const noun = item.kind === 'type' || item.subject === 'tensor' ? 'tensor' : 'time';
  return item.count === 1 ? `${head}: ${place}` : `${head}: ${times(item.count, noun)}, first at ${place}`;
}

/** The sum of the items, for the first line. */
function summaryOf(items: readonly MissingItem[]): string {
  const [first] = items;
  const kinds = unlike(items.map((i) => i.kind));
  if (kinds.length > 1) return unlike(items.map((i) => i.subject)).join(', ');
  if (first.kind === 'operator' || first.kind === 'type') return items.map(counted).join(', ');
  if (first.kind === 'structure') return `${first.subject}: ${first.problem}`;
  if (items.length === 1 && first.count === 1) return `${first.place}: ${first.problem}`;
  return unlike(items.map((i) => i.problem))
    .map((problem) => ({ problem, subjects: unlike(items.filter((i) => i.problem === problem).map((i) => i.subject)) }))
    .map(({ problem, subjects }) => `${subjects.join(', ')}: ${problem}`)
    .join('; ');
}

/** The distinct remedies: first those of the whole model, then those of its parts. */
function remedyOf({ natures, missing }: ImportReport, supported: string): string {
  const operators = missing.some((i) => i.kind === 'operator')
    ? [`replace the operators in the model, or end the network before them; supported are ${supported}`]
    : [];
  // what the whole model is explains its types and forms
  const parts = natures.length > 0 ? [] : missing.map((i) => i.remedy);
  return unlike([...natures.map((n) => n.advice), ...parts, ...operators]).join('; ');
}

function describe(report: ImportReport, supported: string) {
  const { file, missing, natures } = report;
  const kinds = new Set(missing.map((i) => i.kind));
  const message = kinds.size > 1 ? M.VTA2030 : CODES[missing[0].kind];
  const nature = natures.length === 0 ? '' : ` (${natures.map((n) => n.name).join(', ')})`;
  const args = { file, summary: summaryOf(missing), nature, remedy: remedyOf(report, supported) };
  const single = missing.length === 1 && missing[0].count === 1 && !['operator', 'type'].includes(missing[0].kind);
  return { ...diagnostic(message, args), ...(single ? {} : { list: missing.map(lineOf) }) };
}
