/** How fast the machines are, on this computer and in this run, beside what the project promises. Ratios of one run mean more than absolute rates. */
import { createDevice, type Machine } from '#cli/devices';
import type { Device } from '#isa/arch/device';
import { preset } from '#isa/config/presets';
import { createCycle } from '#simulator/cycle/device';
import { scriptOptions } from '../tools/lib/options.js';
import { measure, missing } from './measure.js';
import { parallel, startUp } from './processes.js';
import { layerWorkloads, longWorkloads, shortWorkloads, streamWorkloads, type Workload } from './programs.js';
import { type Row, rates, table } from './report.js';
import { figures, isMet, type Results, targetsTable } from './targets.js';

const USAGE = `npm run bench -- [--json] [--repeat N] [--only TEXT] [--skip-rtl] [--skip-processes]
  --repeat          turns of each program (default 5)
  --only            programs whose name contains a text
  --skip-rtl        leave out the RTL, whose models take minutes to build
  --skip-processes  leave out what starts processes`;

const { values } = scriptOptions(USAGE, {
  json: { type: 'boolean', default: false },
  repeat: { type: 'string', default: '5' },
  only: { type: 'string', default: '' },
  'skip-rtl': { type: 'boolean', default: false },
  'skip-processes': { type: 'boolean', default: false },
});
/** Seconds in which a program is run again and again, so that what is measured is compiled code. */
const WARM = 1;
const repeat = Math.max(1, Number.parseInt(values.repeat, 10) || 1);

const devices = new Map<string, Promise<Device>>();
function device(machine: Machine, w: Workload): Promise<Device> {
  const key = `${machine} ${w.config.fingerprint}`;
  const made = devices.get(key) ?? createDevice(machine, w.config);
  devices.set(key, made);
  return made;
}

const progress = (text: string) => void process.stderr.write(`${text}\n`);

async function row(w: Workload, rtl: boolean): Promise<Row> {
  progress(w.name);
  const [functional, cycle] = await measure([await device('functional', w), await device('cycle', w)], w, repeat, WARM);
  return { workload: w, functional, cycle, rtl: rtl ? (await measure([await device('rtl', w)], w, 1))[0] : null };
}

/** Instructions per second of all programs together: those of all over the time of all. */
async function timingOnly(list: readonly Workload[]): Promise<number | null> {
  let [insns, time] = [0, 0];
  for (const w of list) {
    progress(`${w.name} without values`);
    const [{ best }] = await measure([createCycle(w.config, { timingOnly: true })], w, repeat, WARM);
    insns += w.insnCount;
    time += best;
  }
  return time === 0 ? null : insns / time;
}

const noRtl = values['skip-rtl'] ? 'left out by --skip-rtl' : await missing(() => createDevice('rtl', preset('default')));
const chosen = (list: readonly Workload[]) => list.filter((w) => w.name.includes(values.only));
const long: Row[] = [];
for (const w of chosen(longWorkloads())) long.push(await row(w, false));
const short: Row[] = [];
for (const w of chosen(shortWorkloads())) short.push(await row(w, noRtl === null));
const sustained = await timingOnly(chosen(streamWorkloads()));
const layers = await timingOnly(chosen(layerWorkloads()));
if (!values['skip-processes']) progress('whole processes');
const results: Results = {
  long,
  short,
  timingOnly: { sustained, layers },
  startUp: values['skip-processes'] ? null : startUp(2 * repeat),
  parallel: values['skip-processes'] ? null : parallel(repeat),
};
const promised = figures(results);

if (values.json) {
  const plain = (r: Row) => ({ name: r.workload.name, config: r.workload.config.name, ...rates(r) });
  const document = {
    schema: 'vta-bench-5',
    repeat,
    rtl: noRtl ?? 'yes',
    figures: promised.map((f) => ({ ...f, met: isMet(f) })),
    ...results,
    long: long.map(plain),
    short: short.map(plain),
  };
  process.stdout.write(`${JSON.stringify(document)}\n`);
} else {
  if (long.length > 0) process.stdout.write(`Long programs (best of ${repeat} runs)\n\n${table(long)}\n`);
  if (short.length > 0) process.stdout.write(`Short programs, also on RTL\n\n${table(short)}\n`);
  process.stdout.write(`What is promised\n\n${targetsTable(promised)}\n`);
  if (noRtl !== null) process.stdout.write(`No RTL: ${noRtl}\n`);
}
