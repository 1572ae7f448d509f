/** From a partitioned module to a program: every region is compiled by its code generator. */
import type { ApplyNode, GraphModule, ValueNode } from '../graph/node.js';
import { postOrder } from '../graph/visit.js';
import type { Codegen, Target } from '../partition/codegen.js';
import { tensorTypeOf } from '../partition/host-codegen.js';
import { type Program, ProgramBuilder, type ValueId } from '../partition/program.js';

const codegenOf = (node: ApplyNode, codegens: readonly Codegen[]): Codegen => {
  const name = node.fn.attrs.compiler;
  const found = codegens.find((c) => c.name === name);
  if (found === undefined) throw new Error(`internal error: region @${node.fn.name} belongs to no code generator`);
  return found;
};

/** Values of every node of `main`: one, or those of a tuple. */
export function buildProgram(module: GraphModule, codegens: readonly Codegen[], { config, exact }: Target): Program {
  const { main } = module;
  const program = new ProgramBuilder(config, exact);
  const inputs = main.params.map((p) => program.value(p.name, p.type, p.name));
  const ids = new Map<ValueNode, readonly ValueId[]>(main.params.map((p, i) => [p, [inputs[i]]]));
  const one = (node: ValueNode): ValueId => (ids.get(node) as readonly ValueId[])[0];
  let constants = 0;
  for (const node of postOrder(main.body)) {
    if (ids.has(node)) continue;
    if (node.kind === 'constant') ids.set(node, [program.constant(`constant_${constants++}`, tensorTypeOf(node), node.tensor)]);
    if (node.kind === 'apply') ids.set(node, codegenOf(node, codegens).compile(node.fn, node.args.map(one), program));
    if (node.kind === 'project') ids.set(node, [(ids.get(node.tuple) as readonly ValueId[])[node.index]]);
    if (node.kind === 'tuple') ids.set(node, node.fields.map(one));
  }
  return program.finish(inputs, ids.get(main.body) as readonly ValueId[]);
}
