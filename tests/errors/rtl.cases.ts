import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { COUNTERS } from '#hardware-rtl/verilated/counters';
import type { JobResult } from '#hardware-rtl/verilated/protocol';
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

const COUNTER_WORDS = new Array<number>(COUNTERS.length).fill(0);

/** A model that answers every job by these words after the first (hardware-rtl/verilated/protocol.ts), a broken rule, and the memory as it was. */
const answering = (words: readonly number[], rule = ''): string => `#!${process.execPath}
const chunks = [];
process.stdin.on('data', (chunk) => {
  chunks.push(chunk);
  const job = Buffer.concat(chunks);
  if (job.length < 56 || job.length < 56 + job.readUInt32LE(12)) return;
  const words = [0x31415456, ${[...words, rule.length, ...COUNTER_WORDS].join(', ')}];
  const head = Buffer.alloc(4 * words.length);
  words.forEach((word, i) => head.writeUInt32LE(word, 4 * i));
  process.stdout.write(Buffer.concat([head, Buffer.from(${JSON.stringify(rule)}), job.subarray(56, 56 + job.readUInt32LE(12))]));
});
`;

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
  model('VTA5004', 'a model that dies', '#!/bin/sh\necho "no memory" >&2\nexit 3\n'),
  model('VTA5005', 'a model that stops', answering([1, 100, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
  model('VTA5006', 'a model with an error that nobody knows', answering([0, 100, 100, 0, 0, 99, 0, 0, 0, 0, 0, 0])),
  model(
    'VTA5007',
    'a model that breaks a rule of the bus',
    answering([0, 25, 30, 40, 0, 0, 0, 0, 0, 0, 0, 12], 'AXI4 W: VALID fell before READY'),
  ),
  {
    ...model('VTA5008', 'a waveform in a folder that is not there', answering([0, 25, 30, 40, 0, 0, 0, 0, 0, 0, 0, 12])),
    argv: ['cosim', 'p.vta', '--waveform', 'no/w.fst'],
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
