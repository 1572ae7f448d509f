import { fail, nearest } from '#isa/diag/diagnostic';
import type { Range } from '#simulator/values/element-set';
import { debugMessages as M } from './messages.js';

/** The words of a command after its name, read one after the other. */
export class Words {
  private at = 0;

  constructor(
    private readonly command: string,
    private readonly form: string,
    private readonly words: readonly string[],
  ) {}

  /** @throws VtaError VTA4112 */
  refuse(reason: string): never {
    fail(M.VTA4112, { command: this.command, reason, form: this.form });
  }

  get done(): boolean {
    return this.at === this.words.length;
  }

  /** The next word. */
  word(what: string): string {
    if (this.done) this.refuse(`${what} is missing`);
    return this.words[this.at++];
  }

  /** One of `names`. */
  oneOf<T extends string>(names: readonly T[], what: string): T {
    const word = this.word(what);
    if ((names as readonly string[]).includes(word)) return word as T;
    const near = nearest(word, names);
    this.refuse(`${word} is not one of ${names.join(', ')}${near === null ? '' : ` (did you mean ${near}?)`}`);
  }

  private parse(text: string, what: string): number {
    if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) this.refuse(`${text} is not a number of ${what}`);
    return Number(text);
  }

  number(what: string): number {
    return this.parse(this.word(what), what);
  }

  /** `A` or `A..B`. */
  range(what: string): Range {
    return this.rangeIn(this.word(what), what);
  }

  rangeIn(text: string, what: string): Range {
    const [low, high, more] = text.split('..');
    const from = this.parse(low, what);
    const to = high === undefined ? from : this.parse(high, what);
    if (more !== undefined || to < from) this.refuse(`${text} is not a range`);
    return [from, to];
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) this.refuse(`${this.words[this.at]} is too much`);
  }
}
