/** Reads what a Verilated model counted (coverage.dat of Verilator 5) and adds up what different models and instances say of one source line. */

/** A block of source lines that is executed as a whole: a branch of an if or case, or a procedure. */
export interface Block {
  readonly file: string;
  /** Line and column where it begins, and which branch there. */
  readonly line: number;
  readonly column: number;
  readonly branch: string;
  /** The source lines in it that are in no block within it. Empty for an else that is not written. */
  readonly lines: readonly number[];
  count: number;
}

/** A bit of a signal: it toggled if it changed somewhere. */
export interface Bit {
  readonly file: string;
  readonly signal: string;
  count: number;
}

/** Everything counted so far, over models and instances. */
export class Coverage {
  readonly blocks = new Map<string, Block>();
  readonly bits = new Map<string, Bit>();

  /** @param text one coverage.dat */
  add(text: string): void {
    for (const line of text.split('\n')) {
      const match = /^C '(.*)' (\d+)$/.exec(line);
      if (match === null) continue;
      const fields = new Map(
        match[1]
          .split('\x01')
          .flatMap((f): [string, string][] =>
            f.includes('\x02') ? [[f.slice(0, f.indexOf('\x02')), f.slice(f.indexOf('\x02') + 1)]] : [],
          ),
      );
      this.addPoint((name) => fields.get(name) ?? '', Number(match[2]));
    }
  }

  private addPoint(field: (name: string) => string, count: number): void {
    const path = field('f');
    const file = path.slice(path.lastIndexOf('/') + 1);
    const place = `${file}:${field('l')}:${field('n')}:${field('o')}`;
    if (field('page').startsWith('v_toggle')) {
      const bit = this.bits.get(place) ?? { file, signal: field('o'), count: 0 };
      bit.count += count;
      this.bits.set(place, bit);
      return;
    }
    const block = this.blocks.get(place) ?? {
      file,
      line: Number(field('l')),
      column: Number(field('n')),
      branch: field('o'),
      lines: linesOf(field('S')),
      count: 0,
    };
    block.count += count;
    this.blocks.set(place, block);
  }
}

/** `72,74-75` */
const linesOf = (ranges: string): readonly number[] =>
  ranges
    .split(',')
    .filter((r) => r !== '')
    .flatMap((r) => {
      const [first, last = first] = r.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });

/** One file, which may have signals and no lines: a line is covered if every block that it is in was executed. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: number;
  readonly uncovered: readonly number[];
  readonly branches: number;
  readonly branchesTaken: number;
  readonly bits: number;
  readonly toggled: number;
}

export function perFile(coverage: Coverage): readonly FileCoverage[] {
  const files = [...new Set([...coverage.blocks.values(), ...coverage.bits.values()].map((point) => point.file))].sort();
  return files.map((file) => {
    const blocks = [...coverage.blocks.values()].filter((b) => b.file === file);
    const bits = [...coverage.bits.values()].filter((b) => b.file === file);
    const lines = new Set(blocks.flatMap((b) => b.lines));
    const uncovered = new Set(blocks.filter((b) => b.count === 0).flatMap((b) => b.lines));
    const branches = blocks.filter((b) => b.branch !== 'block');
    return {
      file,
      lines: lines.size,
      uncovered: [...uncovered].sort((a, b) => a - b),
      branches: branches.length,
      branchesTaken: branches.filter((b) => b.count > 0).length,
      bits: bits.length,
      toggled: bits.filter((b) => b.count > 0).length,
    };
  });
}

/** A signal, and how many of its bits never changed. */
export interface StillSignal {
  readonly file: string;
  readonly signal: string;
  readonly bits: number;
}

/** The signals with bits that never changed, those with the most first. */
export function stillSignals(coverage: Coverage): readonly StillSignal[] {
  const still = new Map<string, StillSignal>();
  for (const bit of coverage.bits.values()) {
    if (bit.count > 0) continue;
    const signal = bit.signal.replace(/\[\d+\]/g, '');
    const place = `${bit.file}:${signal}`;
    still.set(place, { file: bit.file, signal, bits: (still.get(place)?.bits ?? 0) + 1 });
  }
  return [...still.values()].sort((a, b) => b.bits - a.bits || (`${a.file}${a.signal}` < `${b.file}${b.signal}` ? -1 : 1));
}
