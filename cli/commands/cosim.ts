import { basename, resolve } from 'node:path';
import type { CosimResult } from '#hardware-rtl/lockstep/cosim';
import type { MemorySettings } from '#isa/arch/memory';
import { VtaError } from '#isa/diag/diagnostic';
import type { Run } from '../context.js';
import { readArtifact } from '../io/artifacts.js';
import { memoryOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { isFile, readVector } from '../io/vectors.js';
import { cosimArtifact, cosimVector } from '../lockstep.js';
import { printError } from '../report/diagnostics.js';
import { jsonLine } from '../report/json.js';

/** One line of `--json` (design, section 5). */
interface Verdict extends CosimResult {
  readonly name: string;
}

function human(v: Verdict): string {
  const head = `${v.match ? 'ok  ' : 'FAIL'}  ${v.name}  ${v.instructions} instructions  cycles: cycle ${v.cycles.cycle}, rtl ${v.cycles.rtl}\n`;
  return v.divergence === null ? head : `${head}${JSON.stringify(v.divergence, null, 2)}\n`;
}

async function judge(path: string, memory: MemorySettings, show: (text: string) => void): Promise<Verdict> {
  if (!isFile(path)) return { name: basename(resolve(path)), ...(await cosimVector(readVector(path), memory)) };
  const artifact = readArtifact(path);
  return { name: artifact.name, ...(await cosimArtifact(artifact, memory, show)) };
}

/** `vta cosim FILE.vta | DIR...` */
export const run: Run = async (context, args, options) => {
  const memory = memoryOf(options.memory);
  const progress = progressOf(context);
  let good = true;
  for (const path of args) {
    if (isFile(path) && args.length > 1 && !path.endsWith('.vta')) continue;
    progress.show(path);
    try {
      const verdict = await judge(path, memory, (text) => progress.show(text));
      progress.clear();
      good &&= verdict.match;
      context.out(options.json === true ? jsonLine(verdict) : human(verdict));
    } catch (error) {
      progress.clear();
      if (!(error instanceof VtaError)) throw error;
      good = false;
      context.err(printError(error));
    }
  }
  return good ? 0 : 1;
};
