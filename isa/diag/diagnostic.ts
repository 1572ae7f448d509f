/**
 * Diagnostics: what a user is told when something is wrong.
 *
 * Every message has a code, says what happened and where, why that is a problem, and what to do. Each package owns one
 * `messages.ts` in its own number band (isa 1xxx, compiler 2xxx, runtime 3xxx, simulator 4xxx, hardware-rtl 5xxx,
 * cli 6xxx) and builds it with {@link defineMessages}. User mistakes travel as {@link VtaError}; anything else that is
 * thrown is a bug of ours.
 */

/** The text of one diagnostic; `{name}` is replaced by the argument of that name. */
export interface MessageSpec {
  readonly what: string;
  readonly why: string;
  readonly do: string;
}

/** One message with its code, as stored in a table made by {@link defineMessages}. */
export interface Message extends MessageSpec {
  readonly code: string;
}

/** A place a diagnostic points at: a file (line and column from 1), an instruction, or both. */
export interface Where {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The source line, printed with a caret under `column`. */
  readonly source?: string;
  /** Free text, for instance `instruction 12: GEMM uop=[0,4) ...`. */
  readonly at?: string;
}

/** A diagnostic with its arguments filled in. */
export interface Diagnostic {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly do: string;
  readonly where: Where | null;
  /** The single things of which `what` is the sum, one line each. */
  readonly list?: readonly string[];
}

export type MessageArgs = Readonly<Record<string, string | number | bigint | boolean>>;

/** Builds a message table whose keys are the codes. */
export function defineMessages<K extends string>(table: Record<K, MessageSpec>): Record<K, Message> {
  const out = {} as Record<K, Message>;
  for (const code of Object.keys(table) as K[]) out[code] = { code, ...table[code] };
  return out;
}

function fill(template: string, args: MessageArgs): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in args ? String(args[name]) : whole));
}

/** Fills in a message. */
export function diagnostic(message: Message, args: MessageArgs = {}, where: Where | null = null): Diagnostic {
  return {
    code: message.code,
    what: fill(message.what, args),
    why: fill(message.why, args),
    do: fill(message.do, args),
    where,
  };
}

/** A user's error: carries one or more diagnostics, never shown as a stack trace. */
export class VtaError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: Diagnostic | readonly Diagnostic[]) {
    const list = Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [diagnostics as Diagnostic];
    super(list.map((d) => `${d.code}: ${d.what}`).join('; '));
    this.name = 'VtaError';
    this.diagnostics = list;
  }

  /** The first diagnostic's code. */
  get code(): string {
    return this.diagnostics[0].code;
  }
}

/** Throws a {@link VtaError} with one diagnostic. */
export function fail(message: Message, args: MessageArgs = {}, where: Where | null = null): never {
  throw new VtaError(diagnostic(message, args, where));
}

/** The nearest of `names` to `name` if it is close enough to be a typing mistake, for "did you mean" hints. */
export function nearest(name: string, names: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const d = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
