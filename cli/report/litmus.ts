import { disassembleAt } from '#isa/asm/disassemble';
import { INSN_BYTES } from '#isa/codec/codec';
import { describeWait } from '#analysis/lint/token-rules';
import type { LitmusResult } from '#analysis/litmus/run';
import type { LitmusTest } from '#analysis/litmus/test';

const insnText = (test: LitmusTest, launch: number, insn: number): string =>
  disassembleAt(test.dram, test.config, test.launches[launch].insnAddr + insn * INSN_BYTES);

/** One line of `vta litmus --json`, documented in docs/reference/litmus.md. */
export const litmusJson = (test: LitmusTest, { verdict, text, passes, states }: LitmusResult) => ({
  schema: 1,
  name: test.name,
  passes,
  expected: test.expected,
  found: text,
  verdict,
  states,
});

/** The instructions that a verdict is about. */
function details(test: LitmusTest, { verdict: v }: LitmusResult): string[] {
  switch (v.kind) {
    case 'always':
      return ['every interleaving ends like this: no two instructions race'];
    case 'race':
      return [
        ...v.pairs.flatMap(({ launch, insns }) => [
          'nothing orders these two:',
          ...insns.map((i) => `  ${test.launches.length > 1 ? `${launch}:` : ''}${i}  ${insnText(test, launch, i)}`),
        ]),
        ...v.values.map((value) => `an interleaving ends with ${value}`),
      ];
    case 'deadlock':
      return v.cycle.flatMap((e) => [describeWait(e), `  ${e.insn}  ${insnText(test, v.launch, e.insn)}`]);
    case 'refused':
      return [v.what];
  }
}

/** What `vta litmus` prints for a test. */
export function litmusText(test: LitmusTest, result: LitmusResult, explain: boolean): string {
  const { passes, text } = result;
  const head = `${passes ? 'ok  ' : 'FAIL'}  ${test.name}: ${text}`;
  const lines = [...(passes ? [] : [`expected: ${test.expected}`]), ...(explain ? details(test, result) : [])];
  return `${[head, ...lines.map((l) => `      ${l}`)].join('\n')}\n`;
}
