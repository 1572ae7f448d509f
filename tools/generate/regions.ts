import { graphOperatorSections } from '#compiler/graph/op-markdown';
import {
  aluTable,
  asmNameTable,
  asmOperandTable,
  configKeyTable,
  configRuleTable,
  fieldTable,
  memoryTypeTable,
  opcodeTable,
  presetTable,
  tokenTable,
  uopTable,
} from '#isa/gen/markdown';
import { timingTable } from '#isa/gen/timing';
import type { Mnemonic } from '#isa/spec/instructions';
import { ruleTable } from '#analysis/lint/rule-table';
import { packagePicture, packageTable } from './packages.js';

/** What can stand between `<!-- gen: name argument -->` and `<!-- /gen -->` in a Markdown file. */
const REGIONS: Readonly<Record<string, (argument: string) => string>> = {
  opcodes: opcodeTable,
  fields: (mnemonic) => fieldTable(mnemonic as Mnemonic),
  uop: uopTable,
  'memory-types': memoryTypeTable,
  alu: aluTable,
  tokens: tokenTable,
  'config-keys': configKeyTable,
  'config-rules': configRuleTable,
  presets: presetTable,
  'asm-names': asmNameTable,
  'asm-operands': asmOperandTable,
  timing: timingTable,
  'graph-operators': graphOperatorSections,
  'lint-rules': ruleTable,
  packages: packageTable,
  'package-picture': packagePicture,
};

/** The text with its generated regions renewed. */
export function renewRegions(text: string): string {
  return text.replace(
    /(<!-- gen: ([\w-]+) ?([\w.-]*) -->\n)[\s\S]*?(<!-- \/gen -->)/g,
    (_, open: string, name: string, argument: string, close: string) => {
      const region = REGIONS[name];
      if (region === undefined) throw new Error(`internal error: no generated region is named ${name}`);
      return `${open}\n${region(argument)}\n\n${close}`;
    },
  );
}
