import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Ends the script with its usage: asked for with `--help`, or after a mistake, which is said first. */
function end(usage: string, mistake: string | null): never {
  if (mistake === null) console.log(usage);
  else console.error(`${mistake}\n${usage}`);
  process.exit(mistake === null ? 0 : 1);
}

/** The options and arguments of a script of this repository. `--help` and mistakes print the usage and end it. */
export function scriptOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: T,
  allowPositionals = false,
) {
  const read = () => parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals });
  try {
    const { values, positionals } = read();
    return (values as { help?: boolean }).help === true ? end(usage, null) : { values, positionals };
  } catch (e) {
    return end(usage, e instanceof Error ? e.message : String(e));
  }
}
