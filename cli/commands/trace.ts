import type { Run } from '../context.js';
import { Output } from '../io/output.js';
import { accountsJson, accountsText } from '../report/accounts.js';
import { jsonDocument } from '../report/json.js';
import { traceFormatOf } from '../trace/formats.js';
import { tracedProgram } from '../trace/program.js';
import { oneLaunch, windowOf } from '../trace/window.js';

/** `vta trace PROGRAM [-o FILE]...` */
export const run: Run = async (context, [path], options) => {
  const files = ((options.output as string[] | undefined) ?? []).map((file) => ({
    file,
    format: traceFormatOf(file),
    output: new Output(file),
  }));
  const t = await tracedProgram(context, path, options);
  const window = windowOf(options, 'vta trace', t.launches[0].accounts.cycles);
  if (files.some(({ format }) => format.oneLaunch)) oneLaunch(t);
  for (const { format, output } of files) await output.writePieces(await format.write(t, window));
  const names = files.map(({ file }) => file);
  if (options.json === true) context.out(jsonDocument(accountsJson(t, names)));
  else
    context.out(
      accountsText(t, options.layers === true) + names.map((name) => `\nwrote ${name}`).join('') + (names.length > 0 ? '\n' : ''),
    );
  return 0;
};
