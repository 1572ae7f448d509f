/** A small language of dataflow patterns, as rows of code generators' pattern tables. */
import type { CallNode, ValueNode } from '../graph/node.js';
import type { OpName } from '../graph/ops/table.js';

export type Pattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'constant' }
  | { readonly kind: 'op'; readonly op: OpName; readonly args: readonly Pattern[] }
  | { readonly kind: 'alt'; readonly options: readonly Pattern[] };

/** Any value; it becomes a parameter of the composite. */
export const any: Pattern = { kind: 'any' };
/** A constant; it is taken into the composite. */
export const constant: Pattern = { kind: 'constant' };
/** A call of an operator whose operands match. */
export const op = (name: OpName, ...args: readonly Pattern[]): Pattern => ({ kind: 'op', op: name, args });
/** The first of several patterns that matches. */
export const alt = (...options: readonly Pattern[]): Pattern => ({ kind: 'alt', options });
/** `wrap(inner)`, or `inner` alone. */
export const optional = (inner: Pattern, wrap: (inner: Pattern) => Pattern): Pattern => alt(wrap(inner), inner);

/**
 * The calls that `pattern` covers when it is matched at `root`, or null. A call that is used twice by the pattern may be the same
 * node twice.
 */
export function match(pattern: Pattern, root: ValueNode): ReadonlySet<CallNode> | null {
  switch (pattern.kind) {
    case 'any':
      return new Set();
    case 'constant':
      return root.kind === 'constant' ? new Set() : null;
    case 'alt':
      for (const option of pattern.options) {
        const found = match(option, root);
        if (found !== null) return found;
      }
      return null;
    case 'op': {
      if (root.kind !== 'call' || root.op !== pattern.op || root.args.length !== pattern.args.length) return null;
      const covered = new Set<CallNode>([root]);
      for (const [i, argument] of pattern.args.entries()) {
        const inner = match(argument, root.args[i]);
        if (inner === null) return null;
        for (const node of inner) covered.add(node);
      }
      return covered;
    }
  }
}
