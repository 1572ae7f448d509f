import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type JobResult, MAGIC, RESULT_HEAD } from '#hardware-rtl/verilated/protocol';
import { withWaveform } from '#hardware-rtl/verilated/waveform';
import type { Files } from '../support/cli.js';
import { programFile } from './artifacts.js';
import type { CliCase, ErrorCase } from './cases.js';

const version = (text: string): string => `#!/bin/sh\necho "${text}"\n`;

/** A Verilator of the right version whose runs fail. */
const failing =
  '#!/bin/sh\n[ "$1" = --version ] && echo "Verilator 5.006 2023-01-22" && exit 0\necho "%Error: nothing works today"\nexit 1\n';

/** A Verilator that makes nothing, and a make that takes a ready model beside it. */
const willing = '#!/bin/sh\n[ "$1" = --version ] && echo "Verilator 5.006 2023-01-22"\nexit 0\n';
const copying = '#!/bin/sh\ncp "$(dirname "$0")/model" Vvta_top\n';

/** A model that answers every job by these words (0 for those left out), a broken rule, and the memory as it was. */
export function answering(words: Readonly<Partial<Record<(typeof RESULT_HEAD)[number], number>>>, rule = ''): string {
  const head = new DataView(new ArrayBuffer(4 * RESULT_HEAD.length));
  const answer = { magic: MAGIC, ruleBytes: rule.length, ...words };
  RESULT_HEAD.forEach((name, i) => head.setUint32(4 * i, (answer as Record<string, number>)[name] ?? 0, true));
  return `#!${process.execPath}
const chunks = [];
process.stdin.on('data', (chunk) => {
  chunks.push(chunk);
  const job = Buffer.concat(chunks);
  if (job.length < 56 || job.length < 56 + job.readUInt32LE(12)) return;
  const head = Buffer.from('${Buffer.from(head.buffer).toString('base64')}', 'base64');
  process.stdout.write(Buffer.concat([head, Buffer.from(${JSON.stringify(rule)}), job.subarray(56, 56 + job.readUInt32LE(12))]));
});
`;
}

/** A machine whose tools are those in \`files\`, before the system's own or instead of them. */
function tools(code: string, title: string, files: Files, alone = false): CliCase {
  const systems = alone ? [] : ['/usr/bin', '/bin'];
  return {
    code,
    title,
    files: { 'p.vta': programFile(['finish']), ...files },
    argv: ['run', 'p.vta', '--on', 'rtl'],
    env: (folder) => ({ PATH: [join(folder, 'bin'), ...systems].join(delimiter) }),
  };
}

const model = (code: string, title: string, text: string): CliCase =>
  tools(code, title, { 'bin/verilator': willing, 'bin/make': copying, 'bin/model': text });

export const rtlCases: readonly ErrorCase[] = [
  tools('VTA5001', 'a machine without Verilator', {}, true),
  tools('VTA5001', 'something else that is named verilator', { 'bin/verilator': version('hello') }),
  { ...tools('VTA5001', 'cosim without Verilator', {}, true), argv: ['cosim', 'p.vta'] },
  tools('VTA5002', 'a Verilator of 2018', { 'bin/verilator': version('Verilator 4.010 2019-01-27') }),
  tools('VTA5003', 'a Verilator that fails', { 'bin/verilator': failing }),
  {
    ...tools('VTA5010', 'RTL from a folder without a design', { 'bin/verilator': willing, 'rtl/other.sv': '' }),
    env: (folder) => ({ PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter), VTA_RTL_DIR: join(folder, 'rtl') }),
  },
  {
    ...tools('VTA5011', 'a cache that is a file', { 'bin/verilator': willing, 'bin/make': copying, cache: '' }),
    env: (folder) => ({ PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter), VTA_CACHE_DIR: join(folder, 'cache') }),
  },
  model('VTA5004', 'a model that dies', '#!/bin/sh\necho "no memory" >&2\nexit 3\n'),
  model('VTA5005', 'a model that stops', answering({ status: 1, cycles: 100 })),
  model('VTA5006', 'a model with an error that nobody knows', answering({ cycles: 100, error: 99 })),
  model('VTA5007', 'a model that breaks a rule of the bus', answering({ cycles: 25, ruleCycle: 12 }, 'AXI4 W: VALID fell before READY')),
  {
    code: 'VTA5008',
    title: 'a waveform in a folder that is not there',
    why: 'vta checks the folder before (VTA6102)',
    call: () => withWaveform({ file: join('no', 'w.fst'), from: 0, to: 1 }, async () => ({ cycles: 25 }) as JobResult),
  },
  {
    code: 'VTA5009',
    title: 'a waveform behind the end',
    why: 'it takes a run of the RTL that writes one',
    call: () =>
      withWaveform(
        { file: join(tmpdir(), `vta-empty-${process.pid}.vcd`), from: 5000, to: 6000 },
        async () => ({ cycles: 25 }) as JobResult,
      ),
  },
];
