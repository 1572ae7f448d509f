/**
 * Gives every operator and composite of `main` to a code generator, as a region of its own.
 *
 *   %y = @vta_conv2d_0(%x)   =>   fn @vta_region_0(%in_0) {compiler="vta"} { %y = @vta_conv2d_0(%in_0) return %y }
 *   %z = softmax(%y)         =>   fn @host_region_0(%in_0) {compiler="host"} { %z = softmax(%in_0) return %z }
 *
 * A composite goes to the generator that its name begins with; a single call to the first generator that accepts it alone (the
 * host, at last). Refusals are kept for --explain.
 */
import { fail } from '#isa/diag/diagnostic';
import { apply, graphModule } from '../graph/build.js';
import type { ApplyNode, CallNode, GraphModule, ValueNode } from '../graph/node.js';
import { mapGraph, outline } from '../graph/rewrite.js';
import { freshNames, functionsOf } from '../graph/visit.js';
import { passMessages as M } from './messages.js';
import type { ModulePass, PassContext } from './pass.js';

function targetOfCall(node: CallNode, context: PassContext): string {
  const reasons: string[] = [];
  for (const codegen of context.codegens) {
    const reason = codegen.accepts(node, null, context);
    if (reason === null) return codegen.name;
    context.refuse({ node: node.name, op: node.op, codegen: codegen.name, reason });
    reasons.push(`${codegen.name}: ${reason}`);
  }
  return fail(M.VTA2103, { node: node.name, op: node.op, reasons: reasons.join('; ') });
}

function targetOf(node: CallNode | ApplyNode, context: PassContext): string {
  if (node.kind === 'call') return targetOfCall(node, context);
  const { composite } = node.fn.attrs;
  if (typeof composite !== 'string') throw new Error(`internal error: ${node.name} applies @${node.fn.name}, which is no composite`);
  return composite.slice(0, composite.indexOf('.'));
}

function annotate(module: GraphModule, context: PassContext): GraphModule {
  const fresh = freshNames(functionsOf(module).map((f) => f.name));
  const main = mapGraph(module.main, (node): ValueNode => {
    if (node.kind !== 'call' && node.kind !== 'apply') return node;
    const compiler = targetOf(node, context);
    const { fn, args } = outline(new Set([node]), [node], fresh(`${compiler}_region`), { compiler });
    return apply(fn, args, node.name);
  });
  return graphModule(module.label, main);
}

export const annotateTargets: ModulePass = {
  kind: 'module',
  name: 'annotate-targets',
  doc: 'give every operator to a code generator',
  needs: ['composites'],
  gives: ['annotated'],
  optional: false,
  run: annotate,
};
