/** The operator table as Markdown, for docs/reference/graph.md. */
import type { AttrSpec } from './attrs.js';
import { OP_NAMES, opRow } from './ops/table.js';

function kindText(spec: AttrSpec): string {
  switch (spec.kind) {
    case 'ints':
      return spec.length === undefined ? 'int list' : `${spec.length} ints`;
    case 'enum':
      return spec.values.map((v) => `\`${v}\``).join(', ');
    default:
      return spec.kind;
  }
}

/** One section per operator: what it computes, operands, attributes. */
export function graphOperatorSections(): string {
  return OP_NAMES.map((op) => {
    const row = opRow(op);
    const attrs = Object.entries(row.attrs).map(([name, spec]) => {
      const absent = spec.default === undefined ? '' : `\`${JSON.stringify(spec.default)}\``;
      return `| \`${name}\` | ${kindText(spec)} | ${absent} | ${spec.doc} |`;
    });
    const table = attrs.length === 0 ? [] : ['', '| attribute | kind | default | meaning |', '|---|---|---|---|', ...attrs];
    return [`### ${op}(${row.args.join(', ')})`, '', `${row.doc[0].toUpperCase()}${row.doc.slice(1)}.`, ...table].join('\n');
  }).join('\n\n');
}
