/** A value that the trace does not tell. */
export const UNKNOWN = null;
export type Value = number | typeof UNKNOWN;

/** One signal over time: `value[n]` holds from cycle `at[n]` on. `at` increases strictly and begins with 0. */
export interface Signal {
  /** Names of the modules around it, and its own. */
  readonly path: readonly string[];
  readonly width: number;
  readonly at: readonly number[];
  readonly value: readonly Value[];
}

/** Collects values by cycle; {@link Values.signal} fills the cycles between with `rest`. */
export class Values {
  private readonly values = new Map<number, Value>();

  constructor(
    private readonly width: number,
    private readonly rest: Value,
  ) {}

  set(cycle: number, value: Value): void {
    this.values.set(cycle, value);
  }
  /** Sets bits of a cycle whose rest is 0. */
  or(cycle: number, bits: number): void {
    this.values.set(cycle, (this.values.get(cycle) ?? 0) | bits);
  }

  signal(...path: readonly string[]): Signal {
    const at: number[] = [];
    const value: Value[] = [];
    const put = (cycle: number, v: Value) => {
      if (cycle === at[at.length - 1]) value[value.length - 1] = v;
      else if (v !== value[value.length - 1] || at.length === 0) {
        at.push(cycle);
        value.push(v);
      }
    };
    put(0, this.rest);
    for (const [cycle, v] of [...this.values].sort((a, b) => a[0] - b[0])) {
      put(cycle, v);
      if (!this.values.has(cycle + 1)) put(cycle + 1, this.rest);
    }
    return { path, width: this.width, at, value };
  }
}

/** 1 in some cycles, else 0. */
export function pulses(cycles: Iterable<number>, ...path: readonly string[]): Signal {
  const values = new Values(1, 0);
  for (const cycle of cycles) values.set(cycle, 1);
  return values.signal(...path);
}

/** A value in some cycles, unknown else. */
export function samples(width: number, entries: Iterable<readonly [cycle: number, value: number]>, ...path: readonly string[]): Signal {
  const values = new Values(width, UNKNOWN);
  for (const [cycle, value] of entries) values.set(cycle, value);
  return values.signal(...path);
}

/** Index of the value of a signal in a cycle. */
export function valueAt({ at, value }: Signal, cycle: number): Value {
  let [low, high] = [0, at.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= cycle) low = middle;
    else high = middle - 1;
  }
  return value[low];
}
