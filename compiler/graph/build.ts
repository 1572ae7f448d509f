/** Constructors of graph nodes: the only way nodes are made. They infer types and refuse what does not fit (VTA2001-2005). */
import { diagnostic, fail, type Message, type MessageArgs, nearest, VtaError } from '#isa/diag/diagnostic';
import { sizeOf, type Tensor } from '#runtime/tensor';
import { compilerMessages } from '../messages.js';
import { completeAttrs } from './attrs.js';
import type {
  ApplyNode,
  CallNode,
  ConstantNode,
  FunctionAttrs,
  FunctionNode,
  GraphModule,
  OpCall,
  ProjectNode,
  TupleNode,
  ValueNode,
  VarNode,
} from './node.js';
import { type Quantization, type TensorType, formatShape, formatType, sameType, tensorType, tupleType } from './types.js';
import { isOpName, OP_NAMES, type OpAttrsInput, type OpName, opRow } from './ops/table.js';

/** Operands or attributes that do not fit an operator (VTA2002 to VTA2004); `reason` says why without naming the call. */
export class RuleError extends VtaError {
  constructor(
    message: Message,
    args: MessageArgs,
    readonly reason: string,
  ) {
    super(diagnostic(message, args));
  }
}

export const variable = (name: string, type: TensorType): VarNode => ({ kind: 'var', name, type });

/** A constant; the tensor's shape and dtype are its type. */
export function constant(tensor: Tensor, quantization: Quantization | null = null): ConstantNode {
  if (tensor.data.length !== sizeOf(tensor.shape)) throw new Error('internal error: constant data does not fill its shape');
  return { kind: 'constant', type: tensorType(tensor.dtype, tensor.shape, quantization), tensor };
}

/** An operator call. `name` must be unique in its function. Throws VTA2002 to VTA2004 when operands or attributes do not fit. */
export function call<K extends OpName>(op: K, args: readonly ValueNode[], attrs: OpAttrsInput[K], name: string, origin = ''): OpCall<K> {
  return callByName(op, args, attrs, name, origin) as unknown as OpCall<K>;
}

/** {@link call} for an operator and attributes that come from text; also throws VTA2001. */
export function callByName(op: string, args: readonly ValueNode[], given: object, name: string, origin = ''): CallNode {
  if (!isOpName(op)) {
    const near = nearest(op, OP_NAMES);
    fail(compilerMessages.VTA2001, { op, hint: near === null ? '' : `; did you mean ${near}?`, ops: OP_NAMES.join(', ') });
  }
  const row = opRow(op);
  const title = `${op} ${name}`;
  const variadic = row.args.at(-1)?.endsWith('...') ?? false;
  if (variadic ? args.length < row.args.length : args.length !== row.args.length) {
    const counts = { given: args.length, needed: row.args.length, names: row.args.join(', ') };
    throw new RuleError(
      compilerMessages.VTA2002,
      { call: title, ...counts },
      `it has ${args.length} operands, ${row.args.length} are needed`,
    );
  }
  const attrs = completeAttrs(row.attrs, given as Record<string, unknown>, (attribute, problem) => {
    throw new RuleError(compilerMessages.VTA2003, { call: title, attribute, problem }, `${attribute}: ${problem}`);
  });
  const refuse = (reason: string): never => {
    throw new RuleError(compilerMessages.VTA2004, { call: title, reason }, reason);
  };
  const types = args.map((a) => (a.type.kind === 'tensor' ? a.type : refuse('an operand is a tuple; project a field of it')));
  const type = row.infer(types, attrs, refuse);
  return { kind: 'call', op, args, attrs, name, origin, type } as unknown as CallNode;
}

/** A function call. Throws VTA2004 when the operands are not of the parameters' types. */
export function apply(fn: FunctionNode, args: readonly ValueNode[], name: string): ApplyNode {
  const refuse = (reason: string): never => fail(compilerMessages.VTA2004, { call: `@${fn.name} ${name}`, reason });
  if (args.length !== fn.params.length) refuse(`${args.length} operands were given for ${fn.params.length} parameters`);
  fn.params.forEach((p, i) => {
    if (!sameType(p.type, args[i].type))
      refuse(`operand ${i} is ${formatType(args[i].type)}, parameter %${p.name} is ${formatType(p.type)}`);
  });
  return { kind: 'apply', fn, args, name, type: fn.body.type };
}

export function tuple(fields: readonly ValueNode[], name: string): TupleNode {
  const types = fields.map((f) =>
    f.type.kind === 'tensor' ? f.type : fail(compilerMessages.VTA2004, { call: `tuple ${name}`, reason: 'a field is itself a tuple' }),
  );
  return { kind: 'tuple', fields, name, type: tupleType(types) };
}

/** Field `index` of a tuple. */
export function project(value: ValueNode, index: number, name: string): ProjectNode {
  const refuse = (reason: string): never => fail(compilerMessages.VTA2004, { call: `get ${name}`, reason });
  const type = value.type;
  if (type.kind !== 'tuple') return refuse(`the operand is ${formatShape(type)}, not a tuple`);
  if (!Number.isInteger(index) || index < 0 || index >= type.fields.length) return refuse(`the tuple has no field ${index}`);
  return { kind: 'project', tuple: value, index, name, type: type.fields[index] };
}

export const func = (name: string, params: readonly VarNode[], body: ValueNode, attrs: FunctionAttrs = {}): FunctionNode => ({
  kind: 'function',
  name,
  params,
  body,
  attrs,
});

export const graphModule = (label: string, main: FunctionNode): GraphModule => ({ kind: 'module', label, main });
