/** Attribute schemas: what an operator's attributes are, as data from which TypeScript's types are computed. */

/** One attribute: its kind, and its default where it may be left out. */
export type AttrSpec =
  | { readonly kind: 'int'; readonly doc: string; readonly default?: number }
  | { readonly kind: 'float'; readonly doc: string; readonly default?: number }
  | { readonly kind: 'ints'; readonly length?: number; readonly doc: string; readonly default?: readonly number[] }
  | { readonly kind: 'bool'; readonly doc: string; readonly default?: boolean }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly doc: string; readonly default?: string };

export type AttrSchema = Readonly<Record<string, AttrSpec>>;
export type AttrValue = number | boolean | string | readonly number[];

type ValueOf<S extends AttrSpec> = S extends { kind: 'enum'; values: readonly (infer V)[] }
  ? V
  : S extends { kind: 'ints' }
    ? readonly number[]
    : S extends { kind: 'bool' }
      ? boolean
      : number;

/** The attributes of a schema, all present. */
export type AttrsOf<S extends AttrSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };

type Defaulted<S extends AttrSchema> = { [K in keyof S]: S[K] extends { default: unknown } ? K : never }[keyof S];
/** The attributes of a schema as a caller gives them: those with a default may be left out. */
export type AttrsInput<S extends AttrSchema> = Omit<AttrsOf<S>, Defaulted<S>> & Partial<Pick<AttrsOf<S>, Defaulted<S>>>;

/** Why `value` is not allowed for `spec`, or null. */
function attrProblem(spec: AttrSpec, value: unknown): string | null {
  switch (spec.kind) {
    case 'int':
      return Number.isSafeInteger(value) ? null : 'a whole number is needed';
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'a finite number is needed';
    case 'bool':
      return typeof value === 'boolean' ? null : 'true or false is needed';
    case 'ints': {
      if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) return 'a list of whole numbers is needed';
      return spec.length === undefined || value.length === spec.length ? null : `a list of ${spec.length} whole numbers is needed`;
    }
    case 'enum':
      return spec.values.includes(value as string) ? null : `one of ${spec.values.join(', ')} is needed`;
  }
}

/** Fills in defaults, in the schema's order; `report` is told about missing, unknown and malformed attributes and must throw. */
export function completeAttrs(
  schema: AttrSchema,
  given: Readonly<Record<string, unknown>>,
  report: (attribute: string, problem: string) => never,
): Readonly<Record<string, AttrValue>> {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(schema, key)) report(key, `there is no such attribute; it has ${Object.keys(schema).join(', ') || 'none'}`);
  }
  const out: Record<string, AttrValue> = {};
  for (const [key, spec] of Object.entries(schema)) {
    const value = given[key] ?? spec.default;
    if (value === undefined) report(key, 'it is missing');
    const problem = attrProblem(spec, value);
    if (problem !== null) report(key, `${problem}, not ${JSON.stringify(value)}`);
    out[key] = value as AttrValue;
  }
  return out;
}
