/** The rules of a well-formed graph, as a table. Constructors keep most of them; passes and parsers are checked with these. */
import { diagnostic, type Diagnostic, VtaError } from '#isa/diag/diagnostic';
import { sizeOf } from '#runtime/tensor';
import { compilerMessages } from '../messages.js';
import { apply, callByName, project, tuple } from './build.js';
import type { FunctionNode, GraphModule, ValueNode } from './node.js';
import { INTEGER_RANGE, type TensorType, formatType, isNormal, sameType } from './types.js';
import { functionsOf, postOrder } from './visit.js';

interface Rule {
  readonly name: string;
  /** Problems with a function, in words; `named` says how many functions of the module have a name. */
  readonly check: (fn: FunctionNode, named: ReadonlyMap<string, number>) => string[];
  readonly remedy: string;
}

const nodesOf = (fn: FunctionNode): ValueNode[] => [...new Set([...fn.params, ...postOrder(fn.body)])];
const label = (n: ValueNode): string => (n.kind === 'constant' ? `a constant ${formatType(n.type)}` : `%${n.name}`);

function duplicates(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((n) => seen.size === seen.add(n).size);
}

/** What is wrong with a tensor type, or null. */
export function tensorTypeProblem(t: TensorType): string | null {
  if (!t.shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return `shape [${t.shape}] is not a list of sizes`;
  const q = t.quantization;
  if (q === null) return null;
  const range = INTEGER_RANGE[t.dtype];
  if (range === null) return 'float32 tensors are not quantized';
  const bad = q.scales.find((s) => !(isNormal(s) || (q.axis !== null && s >= 0 && s < 2 ** -126 && Math.fround(s) === s)));
  if (bad !== undefined)
    return q.axis === null
      ? `its scale is ${bad}: it must be a positive float32 number, not denormal`
      : `a scale of its channels is ${bad}: it must be a float32 number, 0 or more`;
  if (!Number.isInteger(q.zeroPoint) || q.zeroPoint < range[0] || q.zeroPoint > range[1])
    return `zero point ${q.zeroPoint} is not ${t.dtype}`;
  if (q.axis === null) return q.scales.length === 1 ? null : `${q.scales.length} scales without an axis`;
  if (!Number.isInteger(q.axis) || q.axis < 0 || q.axis >= t.shape.length) return `quantization axis ${q.axis} is outside the shape`;
  return q.scales.length === t.shape[q.axis] ? null : `${q.scales.length} scales for ${t.shape[q.axis]} channels`;
}

function typeProblem(node: ValueNode): string | null {
  const tensors = node.type.kind === 'tuple' ? node.type.fields : [node.type];
  for (const t of tensors) {
    const problem = tensorTypeProblem(t);
    if (problem !== null) return problem;
  }
  return null;
}

/** The node made anew from its operands, to compare its type. */
function rebuilt(node: ValueNode): ValueNode {
  switch (node.kind) {
    case 'var':
    case 'constant':
      return node;
    case 'call':
      return callByName(node.op, node.args, node.attrs, node.name, node.origin);
    case 'apply':
      return apply(node.fn, node.args, node.name);
    case 'tuple':
      return tuple(node.fields, node.name);
    case 'project':
      return project(node.tuple, node.index, node.name);
  }
}

function inferenceProblem(node: ValueNode): string | null {
  try {
    const { type } = rebuilt(node);
    return sameType(type, node.type) ? null : `has the type ${formatType(node.type)}, inferred is ${formatType(type)}`;
  } catch (e) {
    if (e instanceof VtaError) return e.diagnostics[0].what;
    throw e;
  }
}

const perNode = (problem: (node: ValueNode) => string | null) => (fn: FunctionNode) =>
  nodesOf(fn).flatMap((n) => {
    const p = problem(n);
    return p === null ? [] : [`${label(n)}: ${p}`];
  });

export const GRAPH_RULES: readonly Rule[] = [
  {
    name: 'names of values are unique in their function',
    check: (fn) =>
      duplicates(nodesOf(fn).flatMap((n) => (n.kind === 'constant' ? [] : [n.name]))).map((n) => `the name %${n} is used twice`),
    remedy: 'rename one of the values (freshNames in visit.ts makes unused names)',
  },
  {
    name: 'names of functions are unique',
    check: (fn, named) => ((named.get(fn.name) ?? 0) > 1 ? ['another function has the same name'] : []),
    remedy: 'rename one of the functions',
  },
  {
    name: 'functions are closed',
    check: (fn) => nodesOf(fn).flatMap((n) => (n.kind === 'var' && !fn.params.includes(n) ? [`%${n.name} is not a parameter`] : [])),
    remedy: 'pass the value as an operand',
  },
  {
    name: 'types are well formed',
    check: perNode(typeProblem),
    remedy: 'correct shape or quantization',
  },
  {
    name: 'constants have the data of their type',
    check: perNode((n) => {
      if (n.kind !== 'constant') return null;
      const { tensor, type } = n;
      const fits = tensor.dtype === type.dtype && tensor.shape.join() === type.shape.join() && tensor.data.length === sizeOf(type.shape);
      return fits ? null : `the tensor is ${tensor.dtype}[${tensor.shape}] with ${tensor.data.length} elements`;
    }),
    remedy: 'make the constant with constant() from build.ts',
  },
  {
    name: 'types are those that inference gives',
    check: perNode(inferenceProblem),
    remedy: 'make nodes with the constructors of build.ts',
  },
];

/** Every broken rule of every function (VTA2005). */
export function graphProblems(module: GraphModule): Diagnostic[] {
  const functions = functionsOf(module);
  const named = new Map<string, number>();
  for (const { name } of functions) named.set(name, (named.get(name) ?? 0) + 1);
  return functions.flatMap((fn) =>
    GRAPH_RULES.flatMap((rule) =>
      rule
        .check(fn, named)
        .map((detail) =>
          diagnostic(compilerMessages.VTA2005, { fn: fn.name, problem: `${detail} (rule: ${rule.name})`, remedy: rule.remedy }),
        ),
    ),
  );
}

/** Throws a VtaError with all problems, if there are any. */
export function verifyGraph(module: GraphModule): void {
  const problems = graphProblems(module);
  if (problems.length > 0) throw new VtaError(problems);
}
