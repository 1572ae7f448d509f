import { PARTITION_PIPELINE } from '#compiler/passes/pipelines';
import type { Run } from '../context.js';
import { jsonDocument } from '../report/json.js';
import { table } from '../report/table.js';

/** `vta passes` */
export const run: Run = async (context, _, { json }) => {
  const rows = PARTITION_PIPELINE.map(({ name, kind, optional, needs, gives, doc }) => ({ name, kind, optional, needs, gives, doc }));
  const text = rows.map((p) => [p.name, p.kind, p.optional ? 'optional' : 'always', p.needs.join(' '), p.gives.join(' '), p.doc]);
  context.out(
    json === true ? jsonDocument({ schema: 1, passes: rows }) : table(['pass', 'kind', 'runs', 'needs', 'gives', 'what it does'], text),
  );
  return 0;
};
