/**
 * `npm run bench [-- --json] [--repeat N] [--only TEXT] [--skip-rtl]`: how fast the machines are, on this computer and in this
 * run. Ratios between machines of one run mean more than absolute rates.
 */
import { parseArgs } from 'node:util';
import { createDevice, type Machine } from '#cli/devices';
import type { Device } from '#isa/arch/device';
import { preset } from '#isa/config/presets';
import { type Measurement, measure, missing } from './measure.js';
import { longWorkloads, shortWorkloads, type Workload } from './programs.js';
import { type Row, rates, table } from './report.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    repeat: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    'skip-rtl': { type: 'boolean', default: false },
  },
});
const repeat = Math.max(1, Number.parseInt(values.repeat, 10) || 1);

const devices = new Map<string, Promise<Device>>();
function device(machine: Machine, w: Workload): Promise<Device> {
  const key = `${machine} ${w.config.fingerprint}`;
  const made = devices.get(key) ?? createDevice(machine, w.config);
  devices.set(key, made);
  return made;
}

/** Machines and how often each runs for the record. */
async function row(w: Workload, machines: Readonly<Partial<Record<Machine, number>>>): Promise<Row> {
  process.stderr.write(`${w.name}\n`);
  const on = async (machine: Machine): Promise<Measurement | null> => {
    const times = machines[machine];
    return times === undefined ? null : measure(await device(machine, w), w, times);
  };
  const functional = await measure(await device('functional', w), w, repeat);
  return { workload: w, functional, cycle: await on('cycle'), rtl: await on('rtl') };
}

const noRtl = values['skip-rtl'] ? 'left out by --skip-rtl' : await missing(() => createDevice('rtl', preset('default')));
const chosen = (list: readonly Workload[]) => list.filter((w) => w.name.includes(values.only));
const long: Row[] = [];
for (const w of chosen(longWorkloads())) long.push(await row(w, { cycle: 1 }));
const short: Row[] = [];
for (const w of chosen(shortWorkloads())) short.push(await row(w, noRtl === null ? { cycle: repeat, rtl: 1 } : { cycle: repeat }));

if (values.json) {
  const plain = (r: Row) => ({ name: r.workload.name, config: r.workload.config.name, ...rates(r) });
  process.stdout.write(
    `${JSON.stringify({ schema: 'vta-bench-1', repeat, rtl: noRtl ?? 'yes', long: long.map(plain), short: short.map(plain) })}\n`,
  );
} else {
  if (long.length > 0) process.stdout.write(`Long programs (best of ${repeat} runs)\n\n${table(long)}\n`);
  if (short.length > 0) process.stdout.write(`Short programs, also on RTL\n\n${table(short)}\n`);
  if (noRtl !== null) process.stdout.write(`No RTL: ${noRtl}\n`);
}
