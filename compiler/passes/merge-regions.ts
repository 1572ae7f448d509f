/**
 * Merges neighbouring regions of the same code generator, as far as no region would come to depend on itself:
 *
 *        a (vta)                 merging a with d would give the cycle {a,d} -> b -> {a,d},
 *        /     \                 so d stays alone; a and c become one region
 *    b (host)  c (vta)
 *        \     /
 *        d (vta)
 *
 * Regions are visited in topological order; each joins the regions of its operands, unless one of them can also be reached from it
 * through a third region. That is asked of the graph of regions as it is after the merges so far.
 */
import { apply, graphModule, project } from '../graph/build.js';
import type { ApplyNode, FunctionNode, GraphModule, ValueNode } from '../graph/node.js';
import { inline, outline, withOperands } from '../graph/rewrite.js';
import { freshNames, operands, postOrder, usersOf } from '../graph/visit.js';
import type { ModulePass } from './pass.js';

interface Region {
  readonly target: string;
  /** The applies of single regions. */
  readonly members: ApplyNode[];
  /** Regions whose results this one reads; may name regions that were merged since. */
  readonly parents: Set<Region>;
  mergedInto: Region | null;
}

function find(region: Region): Region {
  let r = region;
  while (r.mergedInto !== null) r = r.mergedInto;
  return r;
}

/** The regions whose results a node reads, through projections and tuples. */
function parentsOf(node: ValueNode, regions: ReadonlyMap<ValueNode, Region>): Region[] {
  return operands(node).flatMap((o) => {
    const region = regions.get(o);
    if (region !== undefined) return [find(region)];
    return o.kind === 'project' || o.kind === 'tuple' ? parentsOf(o, regions) : [];
  });
}

/** Does `region` read `parent` through at least one other region? */
function readsAround(region: Region, parent: Region): boolean {
  const others = (r: Region) => [...r.parents].map(find).filter((q) => q !== r);
  const stack = others(region).filter((q) => q !== parent);
  const seen = new Set(stack);
  for (let r = stack.pop(); r !== undefined; r = stack.pop()) {
    for (const q of others(r)) {
      if (q === parent) return true;
      if (!seen.has(q)) stack.push(q);
      seen.add(q);
    }
  }
  return false;
}

function absorb(into: Region, region: Region): Region {
  into.members.push(...region.members);
  for (const parent of region.parents) into.parents.add(parent);
  region.mergedInto = into;
  return into;
}

/** The merged region of every apply in `main`. */
export function groupRegions(main: FunctionNode): ReadonlyMap<ValueNode, Region> {
  const regions = new Map<ValueNode, Region>();
  for (const node of postOrder(main.body)) {
    if (node.kind !== 'apply') continue;
    const parents = new Set(parentsOf(node, regions));
    let region: Region = { target: String(node.fn.attrs.compiler), members: [node], parents, mergedInto: null };
    for (const parent of [...parents].map(find)) {
      if (parent === region || parent.target !== region.target || readsAround(region, parent)) continue;
      region = absorb(parent, region);
    }
    regions.set(node, region);
  }
  return new Map([...regions].map(([node, region]) => [node, find(region)]));
}

/** Rebuilds `main` with one apply per merged region. */
class Rebuilder {
  private readonly mapped = new Map<ValueNode, ValueNode>();
  private readonly fresh: (prefix: string) => string;
  private readonly names: (prefix: string) => string;

  constructor(
    private readonly main: FunctionNode,
    private readonly regions: ReadonlyMap<ValueNode, Region>,
  ) {
    this.fresh = freshNames([]);
    this.names = freshNames(postOrder(main.body).flatMap((n) => (n.kind === 'constant' ? [] : [n.name])));
  }

  get(node: ValueNode): ValueNode {
    const done = this.mapped.get(node);
    if (done !== undefined) return done;
    const region = this.regions.get(node);
    if (region !== undefined) {
      this.build(region);
      return this.mapped.get(node) as ValueNode;
    }
    const made = withOperands(
      node,
      operands(node).map((o) => this.get(o)),
    );
    this.mapped.set(node, made);
    return made;
  }

  private build(region: Region): void {
    const inside = new Set<ValueNode>(region.members);
    const users = usersOf(this.main);
    const outputs = region.members.filter((n) => n === this.main.body || (users.get(n) ?? []).some((u) => !inside.has(u)));
    const outlined = outline(inside, outputs, this.fresh(region.target), { compiler: region.target });
    const fn: FunctionNode = { ...outlined.fn, body: flatten(outlined.fn.body) };
    const args = outlined.args.map((a) => this.get(a));
    if (outputs.length === 1) {
      this.mapped.set(outputs[0], apply(fn, args, outputs[0].name));
      return;
    }
    const result = apply(fn, args, this.names(`${fn.name}_results`));
    for (const [i, output] of outputs.entries()) this.mapped.set(output, project(result, i, output.name));
  }
}

/** The contents of single regions in place of their applies; inner names are the applies' own. */
function flatten(body: ValueNode): ValueNode {
  const mapped = new Map<ValueNode, ValueNode>();
  for (const node of postOrder(body)) {
    const relinked = withOperands(
      node,
      operands(node).map((o) => mapped.get(o) as ValueNode),
    );
    if (relinked.kind !== 'apply' || relinked.fn.attrs.compiler === undefined) {
      mapped.set(node, relinked);
      continue;
    }
    const contents = inline(relinked);
    mapped.set(node, contents.kind === 'constant' ? contents : { ...contents, name: relinked.name });
  }
  return mapped.get(body) as ValueNode;
}

function mergeAll(module: GraphModule): GraphModule {
  const { main } = module;
  const regions = groupRegions(main);
  const rebuilder = new Rebuilder(main, regions);
  return graphModule(module.label, { ...main, body: rebuilder.get(main.body) });
}

export const mergeRegions: ModulePass = {
  kind: 'module',
  name: 'merge-regions',
  doc: 'merge neighbouring regions of the same code generator',
  needs: ['annotated'],
  gives: ['regions'],
  optional: false,
  run: mergeAll,
};
