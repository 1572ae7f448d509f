import { createInterface } from 'node:readline';
import { INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import { execute } from '#analysis/debug/commands';
import { Debugger } from '#analysis/debug/debugger';
import type { DebugProgram } from '#analysis/debug/program';
import { lintProgram } from '#analysis/lint/lint';
import type { Context, ExitStatus, Run } from '../context.js';
import { debugProgram } from '../debug/program.js';
import { readText } from '../io/files.js';
import { printError } from '../report/diagnostics.js';

const PROMPT = '(vta) ';

/** Executes lines one after the other, each printed after the prompt; the first mistake ends it. */
function runScript(context: Context, d: Debugger, lines: readonly string[]): ExitStatus {
  for (const line of lines.filter((l) => l.trim() !== '')) {
    context.out(`${PROMPT}${line}\n`);
    const { text, leave } = execute(d, line);
    context.out(text);
    if (leave === true) break;
  }
  return 0;
}

/** A conversation: mistakes are explained, and it goes on. An empty line repeats the last command. */
async function converse(context: Context, d: Debugger): Promise<ExitStatus> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: PROMPT });
  let last = '';
  terminal.prompt();
  for await (const line of terminal) {
    if (line.trim() !== '') last = line;
    try {
      const { text, leave } = execute(d, last);
      context.out(text);
      if (leave === true) break;
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      context.out(printError(error));
    }
    terminal.prompt();
  }
  terminal.close();
  return 0;
}

/** Two instructions of the launch that race: what is shown is then what happens at these memory settings, and may not happen at others. */
function raceNote({ name, config, dram, insnAddr, insnCount }: DebugProgram): string {
  const code = dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const { findings } = lintProgram({ name, config, memory: dram, launches: [{ name, code, insnAddr, hostWrites: [] }] });
  const race = findings.find((f) => f.rule === 'race');
  return race === undefined ? '' : `note: values depend on time: ${race.what} (see vta lint)\n`;
}

async function readInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

/** `vta debug PROGRAM`: commands from `--command`, `--script`, a terminal or standard input. */
export const run: Run = async (context, [path], options) => {
  const given = (options.command as string[] | undefined) ?? [];
  const script = typeof options.script === 'string' ? readText(options.script).split(/\r?\n/) : [];
  const d = new Debugger(await debugProgram(path, options));
  context.out(
    `${d.program.name}: ${d.insns.length} instructions, ${d.program.trace.cycles} cycles; help lists the commands\n${raceNote(d.program)}`,
  );
  if (given.length + script.length > 0) return runScript(context, d, [...given, ...script]);
  if (process.stdin.isTTY === true) return converse(context, d);
  return runScript(context, d, (await readInput()).split(/\r?\n/));
};
