/** A position in the tokens of a text, with the small steps that parsing is made of. */
import { fail, type Message, type MessageArgs, type Where } from '#isa/diag/diagnostic';
import { compilerMessages } from '../messages.js';
import { tokenize, whereIs, type Token, type TokenKind } from './lexer.js';

export class Cursor {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(
    private readonly source: string,
    private readonly file: string,
  ) {
    this.tokens = tokenize(source, file);
  }

  get token(): Token {
    return this.tokens[this.position];
  }

  where(token: Token): Where {
    return whereIs(this.source, token.at, this.file);
  }

  fail(message: Message, args: MessageArgs, token: Token): never {
    fail(message, args, this.where(token));
  }

  expected(what: string): never {
    this.fail(
      compilerMessages.VTA2010,
      { expected: what, found: this.token.kind === 'end' ? this.token.text : `"${this.token.text}"` },
      this.token,
    );
  }

  /** Whether the next token is this word or punctuation. */
  sees(text: string): boolean {
    return (this.token.kind === 'word' || this.token.kind === 'punctuation') && this.token.text === text;
  }

  /** Takes the next token if it is `text`. */
  accept(text: string): boolean {
    const hit = this.sees(text);
    if (hit) this.position++;
    return hit;
  }

  need(text: string): void {
    if (!this.accept(text)) this.expected(`"${text}"`);
  }

  take(kind: TokenKind, what: string): Token {
    const { token } = this;
    if (token.kind !== kind) this.expected(what);
    this.position++;
    return token;
  }

  number(): number {
    return Number(this.take('number', 'a number').text);
  }

  /** `item, item, ...` up to and with `close`. */
  list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.accept(close)) return items;
    do items.push(item());
    while (this.accept(','));
    this.need(close);
    return items;
  }
}
