import { describe, expect, test } from 'vitest';
import { rtlSources } from '#hardware-rtl/verilated/sources';
import { EXPLAINED } from './explained.js';
import { Coverage, perFile, stillSignals } from './points.js';
import { lineCoverage } from './report.js';

/** A line of coverage.dat. */
const point = (fields: Readonly<Record<string, string | number>>, count: number): string =>
  `C '${Object.entries(fields)
    .map(([key, value]) => `\x01${key}\x02${value}`)
    .join('')}' ${count}`;
const block = (l: number, o: string, S: string, count: number, more: object = {}): string =>
  point({ f: '/var/x/a.sv', l, n: 3, page: 'v_line/a', o, S, h: 'top.a', ...more }, count);

describe('coverage', () => {
  test('a line is covered if every block that it is in was executed on some model', () => {
    const coverage = new Coverage();
    coverage.add(
      ['# SystemC::Coverage-3', block(10, 'block', '10-12', 5), block(13, 'if', '13,15', 0), block(13, 'else', '', 0)].join('\n'),
    );
    coverage.add([block(10, 'block', '10-12', 0), block(13, 'if', '13,15', 0, { h: 'top.b' }), block(20, 'case', '20', 2)].join('\n'));
    const files = perFile(coverage);
    expect(files).toEqual([{ file: 'a.sv', lines: 6, uncovered: [13, 15], branches: 3, branchesTaken: 1, bits: 0, toggled: 0 }]);
    expect(lineCoverage(files)).toBeCloseTo((100 * 4) / 6);
    coverage.add(block(13, 'if', '13,15', 1));
    expect(perFile(coverage)[0].uncovered).toEqual([]);
  });

  test('bits are added up over instances', () => {
    const bit = (h: string, count: number) => point({ f: 'a.sv', l: 2, n: 9, page: 'v_toggle/a', o: 'x[0]', h }, count);
    const coverage = new Coverage();
    coverage.add([block(10, 'block', '10', 1), bit('top.a', 0), bit('top.b', 3)].join('\n'));
    expect(perFile(coverage)[0]).toMatchObject({ bits: 1, toggled: 1, lines: 1 });
    coverage.add(point({ f: 'b.sv', l: 2, n: 9, page: 'v_toggle/b', o: 'y', h: 'top.c' }, 0));
    expect(perFile(coverage)[1]).toEqual({ file: 'b.sv', lines: 0, uncovered: [], branches: 0, branchesTaken: 0, bits: 1, toggled: 0 });
    expect(stillSignals(coverage)).toEqual([{ file: 'b.sv', signal: 'y', bits: 1 }]);
    coverage.add(['z[0][3]', 'z[1][3]'].map((o) => point({ f: 'b.sv', l: 3, n: 9, page: 'v_toggle/b', o, h: 'top.c' }, 0)).join('\n'));
    expect(stillSignals(coverage)[0]).toEqual({ file: 'b.sv', signal: 'z', bits: 2 });
  });

  test('every line that is explained is in the design', () => {
    for (const { file, lines } of EXPLAINED) {
      const text =
        rtlSources()
          .find((s) => s.path.endsWith(`/${file}`))
          ?.text.split('\n')
          .map((l) => l.trim()) ?? [];
      for (const line of lines) expect(text, `${file}: ${line}`).toContain(line);
    }
  });
});
