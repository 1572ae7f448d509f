import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { fail } from '#isa/diag/diagnostic';
import { toolMessages as M } from '../messages.js';
import { AREAS, type Area } from './areas.js';

export interface Options {
  readonly seed: number;
  readonly count: number;
  readonly jobs: number;
  readonly only: readonly Area[];
  readonly log: string;
  readonly resume: boolean;
  readonly retry: boolean;
  readonly near: boolean;
  /** The longest time for the tests of one fault, in s; infinite where none is given. */
  readonly limit: number;
  readonly known: boolean;
  readonly list: boolean;
  readonly json: boolean;
}

const whole =
  (least: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || n < least) throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    return n;
  };

const HELP = `
A mutant is the project with one small fault: "<" becomes "<=", a reset is missing, a constant is one too large. The tests should notice: then the
mutant is killed. One that survives shows a place where a real mistake would stay unseen: write a test that fails with it, or show that it is
harmless and add it to tools/mutants/explained.json with the reason.

Areas: ${AREAS.map((a) => `${a.name} (${a.about})`).join(', ')}.

The sources on disk are never changed. A fault that does not compile, or of which the compiler makes the same program, does not count. Tests of the
fault's folder run first, then those of its package, then all others that load the file; the first one that fails ends the run. A test that
is silent for much longer than it ever was has hung, and so noticed. A test that fails without the fault is left out and named.

Examples:
  npm run mutants                                 20 faults, 5 in each area
  npm run mutants -- --seed 7 --count 200         200 others; takes hours, and can be stopped and continued:
  npm run mutants -- --seed 7 --count 200 --resume
  npm run mutants -- --seed 7 --count 200 --near  the same with tests of the own package only; then the survivors with all tests:
  npm run mutants -- --seed 7 --count 200 --retry
  npm run mutants -- --count 200 --limit 120      no fault takes much longer than two minutes; what was not noticed by then survived
  npm run mutants -- --only cycle,values          two of the areas
  npm run mutants -- --known                      the faults that once survived (tools/mutants/known.json)
  npm run mutants -- --list --seed 7 --count 200  only says which faults it would make

The status is 0 if every fault was noticed or is explained, and 1 otherwise. See docs/reference/mutants.md.`;

/** @throws VtaError VTA7002 for an area that does not exist */
export function parseOptions(argv: readonly string[]): Options {
  const command = new Command('npm run mutants --')
    .description('Makes small faults, one at a time, and reports those that no test notices.')
    .option('--seed <n>', 'which faults; the same seed makes the same faults', whole(0), 1)
    .option('--count <n>', 'how many, spread evenly over the areas', whole(1), 20)
    .option('--jobs <n>', 'faults tried at the same time', whole(1), availableParallelism())
    .option('--only <areas>', 'areas, separated by commas', AREAS.map((a) => a.name).join(','))
    .option('--log <file>', 'where each verdict is written as soon as it is known, as JSON lines', 'build/mutants/log.jsonl')
    .option('--resume', 'go on where the log of the same run ends', false)
    .option('--retry', 'run those of the log again that no test noticed', false)
    .option('--near', "only tests of the fault's own package, which is quick", false)
    .option('--limit <s>', 'start no more tests of a fault after so many seconds, and end the one that runs', whole(1), Infinity)
    .option('--known', 'run the faults that once survived instead of random ones', false)
    .option('--list', 'print the faults and run nothing', false)
    .option('--json', 'print the result as JSON', false)
    .allowExcessArguments(false)
    .addHelpText('after', HELP)
    .parse(argv, { from: 'user' });
  const given = command.opts<Omit<Options, 'only'> & { only: string }>();
  const names = given.only.split(',').map((n) => n.trim());
  const only = names.map(
    (name) => AREAS.find((a) => a.name === name) ?? fail(M.VTA7002, { name, areas: AREAS.map((a) => a.name).join(', ') }),
  );
  return { ...given, only: [...new Set(only)] };
}
