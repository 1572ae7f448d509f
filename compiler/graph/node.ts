/**
 * The graph IR: a functional dataflow graph in the manner of Relay, for quantized networks.
 *
 * - A {@link GraphModule} is a label and a `main` function. Every other function is reachable from it: functions are values
 *   held by the {@link ApplyNode}s that call them, so there is no symbol table to keep in step.
 * - A {@link FunctionNode} is a name, parameters ({@link VarNode}), a body (one {@link ValueNode}; several results are a
 *   tuple) and attributes. As in TVM's BYOC, `attrs.composite` (for instance 'vta.conv2d') marks a function that was matched
 *   by a pattern, and `attrs.compiler` (for instance 'vta') a region that belongs to one code generator. Functions are
 *   closed: they see only their parameters.
 * - Nodes are immutable and compared by identity; a value used twice is one object with two users (see users.ts). A change
 *   is a new graph that shares the unchanged parts (see rewrite.ts).
 * - Every value node has its type from the moment it exists: the constructors in build.ts run the operator's type rule and
 *   refuse bad operands with a VtaError (20xx). No pass has to "run inference again".
 * - Quantization is part of a tensor's type. The parameters of an operator's *output* are attributes of the call
 *   (`outScale`, `outZeroPoint`), because nothing else determines them; operators that only move or select values
 *   hand on their input's. Scales are float32 values.
 * - Every node except constants has a name, unique within its function; it is the layer's name everywhere (reports, dumps).
 *   `origin` keeps the name that the imported file gave to the tensor.
 *
 * Activations are NHWC. Operators are rows of the table in ops/table.ts: attributes, type rule, host implementation.
 * Text form: print.ts and parse.ts. Rules: verify.ts. Meaning: interpret.ts.
 */
import type { Tensor } from '#runtime/tensor';
import type { OpAttrs, OpName } from './ops/table.js';
import type { TensorType, TupleType, Type } from './types.js';

/** A parameter of a function. */
export interface VarNode {
  readonly kind: 'var';
  readonly name: string;
  readonly type: TensorType;
}

/** Known data. Constants have no name; the text form numbers them. */
export interface ConstantNode {
  readonly kind: 'constant';
  readonly type: TensorType;
  readonly tensor: Tensor;
}

/** One operator applied to operands, with the attributes of that operator. */
export interface OpCall<K extends OpName> {
  readonly kind: 'call';
  readonly op: K;
  readonly args: readonly ValueNode[];
  readonly attrs: OpAttrs[K];
  readonly name: string;
  readonly origin: string;
  readonly type: TensorType;
}
/** Any operator call; testing `op` narrows `attrs`. */
export type CallNode = { [K in OpName]: OpCall<K> }[OpName];

/** A function applied to operands: a composite, or a region of a code generator. */
export interface ApplyNode {
  readonly kind: 'apply';
  readonly fn: FunctionNode;
  readonly args: readonly ValueNode[];
  readonly name: string;
  readonly type: Type;
}

export interface TupleNode {
  readonly kind: 'tuple';
  readonly fields: readonly ValueNode[];
  readonly name: string;
  readonly type: TupleType;
}

/** One field of a tuple. */
export interface ProjectNode {
  readonly kind: 'project';
  readonly tuple: ValueNode;
  readonly index: number;
  readonly name: string;
  readonly type: TensorType;
}

export type ValueNode = VarNode | ConstantNode | CallNode | ApplyNode | TupleNode | ProjectNode;
/** Value nodes that have a name. */
export type NamedNode = Exclude<ValueNode, ConstantNode>;

/** Attributes of a function; `composite` and `compiler` are the ones partitioning gives meaning to. */
export type FunctionAttrs = Readonly<Record<string, string | number | boolean>>;

export interface FunctionNode {
  readonly kind: 'function';
  readonly name: string;
  readonly params: readonly VarNode[];
  readonly body: ValueNode;
  readonly attrs: FunctionAttrs;
}

export interface GraphModule {
  readonly kind: 'module';
  /** Where the graph came from, usually the file name without its extension. */
  readonly label: string;
  readonly main: FunctionNode;
  /** What the importer has to say about the whole of it. Passes do not keep them. */
  readonly notes?: readonly string[];
}
