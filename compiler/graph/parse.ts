/** Reads the text form of graphs (grammar: print.ts). Values and functions that `main` does not use are dropped. */
import { nearest, VtaError } from '#isa/diag/diagnostic';
import type { Tensor } from '#runtime/tensor';
import { compilerMessages } from '../messages.js';
import { apply, callByName, constant, func, graphModule, project, tuple, variable } from './build.js';
import { Cursor } from './cursor.js';
import type { Token } from './lexer.js';
import type { ConstantNode, FunctionNode, GraphModule, NamedNode, ValueNode } from './node.js';
import { type ConstantSyntax, type FunctionSyntax, parseSyntax, type Statement } from './syntax.js';
import { decodeTensorData } from './text-data.js';
import { formatType, sameType } from './types.js';
import { tensorTypeProblem, verifyGraph } from './verify.js';

export interface ParseOptions {
  /** Data of the constants that the text does not hold, by name (`c0`); see constantTable in print.ts. */
  readonly constants?: ReadonlyMap<string, Tensor>;
  /** The name of the text in diagnostics. */
  readonly file?: string;
}

class Builder {
  private readonly constants = new Map<string, ConstantNode>();
  private readonly functions = new Map<string, FunctionNode>();

  constructor(private readonly cursor: Cursor) {}

  /** Runs a constructor; its diagnostics get the place of `token`. */
  private at<T>(token: Token, make: () => T): T {
    try {
      return make();
    } catch (e) {
      if (!(e instanceof VtaError)) throw e;
      throw new VtaError(e.diagnostics.map((d) => ({ ...d, where: d.where ?? this.cursor.where(token) })));
    }
  }

  private define<T>(table: Map<string, T>, kind: string, token: Token, value: T): void {
    if (table.has(token.text)) this.cursor.fail(compilerMessages.VTA2012, { kind, name: token.text }, token);
    table.set(token.text, value);
  }

  private lookup<T>(table: ReadonlyMap<string, T>, kind: string, token: Token): T {
    const found = table.get(token.text);
    if (found !== undefined) return found;
    const near = nearest(token.text, table.keys());
    this.cursor.fail(compilerMessages.VTA2011, { kind, name: token.text, hint: near === null ? '' : `; did you mean ${near}?` }, token);
  }

  constant(syntax: ConstantSyntax, side: ReadonlyMap<string, Tensor>): void {
    const { name, type } = syntax;
    const bad: (problem: string) => never = (problem) =>
      this.cursor.fail(compilerMessages.VTA2014, { name: name.text, type: formatType(type), problem }, name);
    const malformed = tensorTypeProblem(type);
    if (malformed !== null) bad(malformed);
    let tensor = side.get(name.text);
    if (syntax.data !== null) {
      const data = decodeTensorData(type.dtype, type.shape, syntax.data);
      tensor = { dtype: type.dtype, shape: type.shape, data: typeof data === 'string' ? bad(data) : data };
    }
    if (tensor === undefined) bad('there is no data, neither in the text nor beside it');
    const given = formatType(constant(tensor).type);
    if (given !== formatType({ ...type, quantization: null })) bad(`the data is ${given}`);
    this.define(this.constants, 'constant', name, constant(tensor, type.quantization));
  }

  private statement(s: Statement, values: Map<string, NamedNode>): NamedNode {
    const operand = (token: Token): ValueNode =>
      token.kind === 'global' ? this.lookup(this.constants, 'constant', token) : this.lookup(values, 'value', token);
    const { right } = s;
    const name = s.target.text;
    const args = right.args.map(operand);
    switch (right.kind) {
      case 'call':
        return callByName(right.op.text, args, right.attrs, name, s.origin);
      case 'apply':
        return apply(this.lookup(this.functions, 'function', right.fn), args, name);
      case 'tuple':
        return tuple(args, name);
      case 'get':
        return project(args[0], right.index, name);
    }
  }

  function(syntax: FunctionSyntax): void {
    const values = new Map<string, NamedNode>();
    const params = syntax.params.map((p) => {
      const node = variable(p.name.text, p.type);
      this.define(values, 'value', p.name, node);
      return node;
    });
    for (const s of syntax.statements) {
      const node = this.at(s.target, () => this.statement(s, values));
      if (s.type !== null && !sameType(s.type, node.type)) {
        const args = { name: `%${s.target.text}`, annotated: formatType(s.type), inferred: formatType(node.type) };
        this.cursor.fail(compilerMessages.VTA2013, args, s.target);
      }
      this.define(values, 'value', s.target, node);
    }
    const { result } = syntax;
    const body = result.kind === 'global' ? this.lookup(this.constants, 'constant', result) : this.lookup(values, 'value', result);
    this.define(this.functions, 'function', syntax.name, func(syntax.name.text, params, body, syntax.attrs));
  }

  main(label: string): GraphModule {
    const main = this.functions.get('main');
    if (main === undefined) this.cursor.fail(compilerMessages.VTA2011, { kind: 'function', name: 'main', hint: '' }, this.cursor.token);
    return graphModule(label, main);
  }
}

/** The module of a text. Throws VTA2010 to VTA2014, what the constructors refuse (VTA2001 to VTA2004) and VTA2005, each with its place. */
export function parseGraph(text: string, options: ParseOptions = {}): GraphModule {
  const cursor = new Cursor(text, options.file ?? 'graph');
  const syntax = parseSyntax(cursor);
  const builder = new Builder(cursor);
  for (const c of syntax.constants) builder.constant(c, options.constants ?? new Map());
  for (const f of syntax.functions) builder.function(f);
  const module = builder.main(syntax.label);
  verifyGraph(module);
  return module;
}
