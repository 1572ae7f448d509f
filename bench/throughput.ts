/** One of the processes that {@link underWay} of processes.ts compares: runs a program again and again for some seconds and prints when each run began and ended. */
import { createCycle } from '#simulator/cycle/device';
import { pipelineWorkload } from './programs.js';

const seconds = Number(process.argv[2]);
const w = pipelineWorkload('default', 500);
const device = createCycle(w.config);
const runs: [begin: number, end: number][] = [];
const now = () => performance.timeOrigin + performance.now();
const until = now() + 1000 * seconds;
while (now() < until) {
  const dram = w.dram.slice();
  device.reset();
  const begin = now();
  await device.launch({ dram, insnAddr: w.insnAddr, insnCount: w.insnCount });
  runs.push([begin, now()]);
}
process.stdout.write(JSON.stringify(runs));
