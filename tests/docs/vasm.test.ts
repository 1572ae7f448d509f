import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assemble } from '#isa/asm/assemble';
import { disassemble } from '#isa/asm/disassemble';
import { preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';

const docs = new URL('../../docs/', import.meta.url);
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
const programs = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, docs), 'utf8');
  return [...text.matchAll(/^```vasm\n([\s\S]*?)^```/gm)].map((match, i) => [`${page} #${i + 1}`, match[1]] as const);
});

/** The programs in the documentation are programs: they assemble, and whole ones run. */
describe('assembly in docs', () => {
  test('there is some', () => expect(programs.length).toBeGreaterThan(0));

  test.each(programs)('%s', async (name, text) => {
    const config = preset('default-x');
    const { insns, bytes } = assemble(text, config, name);
    expect(assemble(disassemble(bytes, config), config).bytes).toEqual(bytes);
    if (insns.at(-1)?.op !== 'FINISH') return;
    const dram = new Uint8Array(1 << 16);
    dram.set(bytes, dram.length - bytes.length);
    const { counters } = await createFunctional(config).launch({ dram, insnAddr: dram.length - bytes.length, insnCount: insns.length });
    expect(counters.insns).toBe(insns.length);
  });
});
