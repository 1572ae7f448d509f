/** What a graph pass is. One file per pass in compiler/passes; their order is in pipelines.ts. */
import type { VtaConfig } from '#isa/config/config';
import type { Rounding } from '#runtime/host/requantize-rules';
import type { FunctionNode, GraphModule } from '../graph/node.js';
import { mapModule } from '../graph/rewrite.js';
import type { Codegen } from '../partition/codegen.js';

/** Why a code generator did not take an operator; kept for `vta compile --explain`. */
export interface Refusal {
  /** Name of the call in the graph. */
  readonly node: string;
  readonly op: string;
  readonly codegen: string;
  readonly reason: string;
}

/** What passes may ask about the compilation, and where they say what they saw. Graphs go in and out by value only. */
export interface PassContext {
  readonly config: VtaConfig;
  /** Only code that equals the reference for every value that can occur. */
  readonly exact: boolean;
  /** In order of priority. The last one takes everything (the host). */
  readonly codegens: readonly Codegen[];
  /** Rounding profile that replaces the model's, or null to keep it. */
  readonly rounding: Rounding | null;
  readonly refuse: (refusal: Refusal) => void;
}

interface PassHeader {
  readonly name: string;
  /** One line for `vta passes`. */
  readonly doc: string;
  /** Facts that must hold before, and that hold afterwards. */
  readonly needs: readonly string[];
  readonly gives: readonly string[];
  /** May be left out (`--skip`, `--bisect`) without changing results or making later passes impossible. */
  readonly optional: boolean;
}

/** A pass that sees the whole module. */
export interface ModulePass extends PassHeader {
  readonly kind: 'module';
  readonly run: (module: GraphModule, context: PassContext) => GraphModule;
}

/** A pass that works on one function at a time, callees first. */
export interface FunctionPass extends PassHeader {
  readonly kind: 'function';
  readonly run: (fn: FunctionNode, context: PassContext) => FunctionNode;
}

export type Pass = ModulePass | FunctionPass;

/** A pure function from graph to graph; a pass that changes nothing returns the module it was given. */
export const runPass = (pass: Pass, module: GraphModule, context: PassContext): GraphModule =>
  pass.kind === 'module' ? pass.run(module, context) : mapModule(module, (fn) => pass.run(fn, context));
