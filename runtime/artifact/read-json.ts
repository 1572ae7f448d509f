import { fail } from '#isa/diag/diagnostic';
import { runtimeMessages as M } from '../messages.js';

/** A place inside a JSON document, with readers that check what they read. Errors are VTA3105 and name the place. */
export class JsonReader {
  constructor(
    private readonly label: string,
    private readonly path: string,
    private readonly value: unknown,
  ) {}

  /** @throws VtaError VTA3105 */
  refuse(expected: string): never {
    return fail(M.VTA3105, { file: this.label, path: this.path, expected });
  }

  raw(): unknown {
    return this.value;
  }

  get(key: string): JsonReader {
    const object = this.value;
    if (typeof object !== 'object' || object === null || Array.isArray(object)) this.refuse('an object');
    return new JsonReader(this.label, `${this.path}.${key}`, (object as Record<string, unknown>)[key]);
  }

  has(key: string): boolean {
    return this.get(key).value !== undefined;
  }

  list<T>(read: (item: JsonReader) => T): T[] {
    if (!Array.isArray(this.value)) this.refuse('a list');
    return (this.value as unknown[]).map((item, i) => read(new JsonReader(this.label, `${this.path}[${i}]`, item)));
  }

  text(): string {
    if (typeof this.value !== 'string') this.refuse('a text');
    return this.value as string;
  }

  int(low: number, high: number): number {
    const v = this.value;
    if (typeof v !== 'number' || !Number.isInteger(v) || v < low || v > high) this.refuse(`a whole number ${low}..${high}`);
    return v as number;
  }

  number(): number {
    if (typeof this.value !== 'number') this.refuse('a number');
    return this.value as number;
  }

  bool(): boolean {
    if (typeof this.value !== 'boolean') this.refuse('true or false');
    return this.value as boolean;
  }

  oneOf<T extends string>(names: readonly T[]): T {
    if (typeof this.value !== 'string' || !(names as readonly string[]).includes(this.value)) this.refuse(`one of ${names.join(', ')}`);
    return this.value as T;
  }
}
