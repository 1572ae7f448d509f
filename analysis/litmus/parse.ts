import { assemble } from '#isa/asm/assemble';
import { INSN_BYTES } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { fail, nearest } from '#isa/diag/diagnostic';
import { litmusMachine } from './machine.js';
import { litmusMessages as M } from './messages.js';
import { type LitmusTest, NUMBER_BYTES, type NumberType, type Observed, writeNumber } from './test.js';
import { normalVerdict } from './verdict.js';

/** Where micro-ops are, and the lowest address at which instructions may be. */
const UOP_ADDRESS = 0x1000;
const CODE_ADDRESS = 0x4000;
const ALIGN = 64;

const FORMS: Readonly<Record<string, string>> = {
  '.config': '.config PRESET, or .config KEY=NUMBER ... (changes to the litmus machine)',
  '.data': '.data ADDRESS int8|int16|int32 NUMBER ...',
  '.show': '.show NAME ADDRESS int8|int16|int32 [COUNT]',
  '.expect':
    '.expect always NAME=NUMBERS ...; .expect race A-B ...: NAME=NUMBERS ... | ...; .expect deadlock UNIT -> UNIT ...; .expect refused CODE',
  '.launch': '.launch',
};

/** A file being read. */
class Reader {
  config: VtaConfig = litmusMachine();
  expected: string | null = null;
  readonly observed: Observed[] = [];
  readonly data: { readonly address: number; readonly type: NumberType; readonly values: readonly number[] }[] = [];
  /** The lines of each launch; lines of others are empty, so that line numbers stay. */
  readonly launches: string[][] = [[]];

  constructor(
    private readonly file: string,
    private readonly lines: readonly string[],
  ) {}

  private refuse(line: number, reason: string): never {
    const source = this.lines[line];
    const [name] = source.trim().split(/\s+/);
    const near = name in FORMS ? null : nearest(name, Object.keys(FORMS));
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    const form = FORMS[name] ?? Object.keys(FORMS).join(', ');
    fail(
      M.VTA4101,
      { directive: name, reason: `${reason}${hint}`, form },
      { file: this.file, line: line + 1, column: source.indexOf(name) + 1, source },
    );
  }

  private number(line: number, text: string | undefined, low: number, high: number): number {
    const value =
      text !== undefined && /^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)
        ? (text.startsWith('-') ? -1 : 1) * Number(text.replace('-', ''))
        : Number.NaN;
    if (!(value >= low && value <= high)) this.refuse(line, `${text ?? 'nothing'} is not a number from ${low} to ${high}`);
    return value + 0;
  }

  private type(line: number, text: string | undefined): NumberType {
    if (text === undefined || !Object.hasOwn(NUMBER_BYTES, text))
      this.refuse(line, `${text ?? 'nothing'} is not one of ${Object.keys(NUMBER_BYTES).join(', ')}`);
    return text as NumberType;
  }

  private place(line: number, address: string, type: NumberType, count: number): number {
    return this.number(line, address, 0, CODE_ADDRESS - count * NUMBER_BYTES[type]);
  }

  private setConfig(line: number, words: readonly string[]): void {
    if (words.length === 1 && Object.hasOwn(PRESET_KEYS, words[0])) {
      this.config = preset(words[0]);
      return;
    }
    const changes = words.map((word) => {
      const [key, value] = word.split('=');
      return [key, this.number(line, value, -999, 999)] as const;
    });
    if (changes.length === 0) this.refuse(line, 'a preset or KEY=NUMBER is missing');
    this.config = defineConfig({ ...this.config.keys, ...Object.fromEntries(changes) }, this.file);
  }

  private directive(line: number, name: string, words: readonly string[], rest: string): void {
    switch (name) {
      case '.config':
        this.setConfig(line, words);
        return;
      case '.data': {
        const type = this.type(line, words[1]);
        const limit = 2 ** (8 * NUMBER_BYTES[type] - 1);
        const values = words.slice(2).map((w) => this.number(line, w, -limit, limit - 1));
        if (values.length === 0) this.refuse(line, 'it has no numbers');
        this.data.push({ address: this.place(line, words[0], type, values.length), type, values });
        return;
      }
      case '.show': {
        const type = this.type(line, words[2]);
        const count = words[3] === undefined ? 1 : this.number(line, words[3], 1, 64);
        this.observed.push({ name: words[0], type, address: this.place(line, words[1], type, count), count });
        return;
      }
      case '.expect': {
        if (this.expected !== null) this.refuse(line, 'there is one already');
        const verdict = normalVerdict(rest);
        if (verdict === null) this.refuse(line, `${rest === '' ? 'nothing' : rest} is not a verdict`);
        this.expected = verdict;
        return;
      }
      case '.launch':
        if (this.launches.at(-1)!.some((l) => l !== '')) this.launches.push(new Array<string>(line).fill(''));
        return;
      default:
        this.refuse(line, 'there is no such directive');
    }
  }

  read(): void {
    for (const [line, source] of this.lines.entries()) {
      const text = source.replace(/(#|\/\/).*$/, '').trim();
      const [name, ...words] = text.split(/\s+/);
      const isDirective = name.startsWith('.') && name !== '.uop' && name !== '.word';
      if (isDirective) this.directive(line, name, words, text.slice(name.length).trim());
      this.launches.at(-1)!.push(isDirective || text === '' ? '' : source);
    }
  }
}

/**
 * Reads a litmus test (docs/reference/litmus.md): assembly with directives.
 * @param file names the text in diagnostics; without folder and ending it is the test's name
 * @throws VtaError VTA4101, VTA4102, VTA1101..VTA1109, VTA1001..VTA1005
 */
export function parseLitmus(text: string, file: string): LitmusTest {
  const reader = new Reader(file, text.split(/\r?\n/));
  reader.read();
  const { config, observed, data, expected } = reader;
  const parts = reader.launches.map((lines) => assemble(lines.join('\n'), config, file));
  const missing = expected === null ? '.expect' : parts.every((p) => p.insns.length === 0) ? 'instructions' : null;
  if (missing !== null) fail(M.VTA4102, { missing }, { file });
  if (observed.length === 0 && /^(always|race)/.test(expected!)) fail(M.VTA4102, { missing: '.show' }, { file });
  const uops = parts.flatMap((p) => [...p.uops]);
  const code = parts.reduce((n, p) => n + Math.ceil(p.bytes.length / ALIGN) * ALIGN, 0);
  const dram = new Uint8Array(CODE_ADDRESS + code);
  uops.forEach((word, i) => writeNumber(dram, UOP_ADDRESS + 4 * i, 'int32', word | 0));
  for (const { address, type, values } of data) values.forEach((v, i) => writeNumber(dram, address + i * NUMBER_BYTES[type], type, v));
  let at = CODE_ADDRESS;
  const launches = parts.map(({ bytes }) => {
    const insnAddr = at;
    dram.set(bytes, at);
    at += Math.ceil(bytes.length / ALIGN) * ALIGN;
    return { insnAddr, insnCount: bytes.length / INSN_BYTES };
  });
  const name = file.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '');
  return { name, config, dram, launches, observed, expected: expected! };
}
