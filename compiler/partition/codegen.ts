/** The interface of code generators (BYOC), and their registry. */
import type { VtaConfig } from '#isa/config/config';
import type { CallNode, FunctionNode } from '../graph/node.js';
import type { Pattern } from './pattern.js';
import type { ProgramBuilder, ValueId } from './program.js';

/** A row of a pattern table: calls that match become one composite function called `codegen.name`. */
export interface PatternRow {
  readonly name: string;
  readonly pattern: Pattern;
}

/** What code is generated for. */
export interface Target {
  readonly config: VtaConfig;
  /** Only code that equals the reference for every value that can occur. */
  readonly exact: boolean;
}

export interface Codegen {
  readonly name: string;
  /** Earlier rows win. */
  readonly patterns: readonly PatternRow[];
  /**
   * Why this generator cannot take a match of the row called `composite` with its root at `call` (or, with `composite` null, the
   * call by itself), or null where it can.
   */
  readonly accepts: (call: CallNode, composite: string | null, target: Target) => string | null;
  /** Adds the work of a region to the program: `args` are the values of its parameters. Returns those of its results. */
  readonly compile: (region: FunctionNode, args: readonly ValueId[], program: ProgramBuilder) => readonly ValueId[];
}

/** A set of code generators in order of priority. */
export class CodegenRegistry {
  private readonly byName = new Map<string, Codegen>();

  /** Adds a generator behind those that are there. */
  register(name: string, parts: Omit<Codegen, 'name'>): this {
    if (this.byName.has(name)) throw new Error(`internal error: two code generators are named ${name}`);
    this.byName.set(name, { name, ...parts });
    return this;
  }

  get(name: string): Codegen {
    const found = this.byName.get(name);
    if (found === undefined) throw new Error(`internal error: there is no code generator named ${name}`);
    return found;
  }

  all(): readonly Codegen[] {
    return [...this.byName.values()];
  }
}
