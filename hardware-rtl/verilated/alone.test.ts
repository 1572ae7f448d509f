import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { testProgram } from '../../tests/support/programs.js';
import { buildModel } from './build.js';
import { encodeJob } from './protocol.js';
import { BUILD_TIMEOUT, hasVerilator } from './testing.js';

const config = preset('mac64-x');
/** Hundreds of millions of cycles: minutes. */
const LONG = [
  insn('LOAD', { memory_type: 0, y_size: 1, x_size: 1, x_stride: 1 }),
  insn('GEMM', { uop_end: 1, iter_out: 16383, iter_in: 16383, reset_reg: 1 }),
  insn('FINISH', {}),
];

describe.skipIf(!hasVerilator)('a model (needs Verilator)', () => {
  test(
    'ends when the process that started it was killed',
    async () => {
      const executable = await buildModel({ config, width: 64 });
      const folder = mkdtempSync(join(tmpdir(), 'vta-alone-'));
      try {
        const job = join(folder, 'job');
        writeFileSync(job, Buffer.concat(encodeJob({ ...testProgram(config, LONG), memory: DEFAULT_MEMORY, hashes: false })));
        const parent = spawn('sh', ['-c', '"$0" < "$1" & echo started; wait', executable, job], { stdio: ['ignore', 'pipe', 'ignore'] });
        await new Promise((resolve) => parent.stdout.once('data', resolve));
        const ended = new Promise((resolve) => parent.once('close', () => resolve('ended')));
        const within = (ms: number) => Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve('at work'), ms))]);
        // The model has this pipe too: it is closed when both are gone.
        expect(await within(1000)).toBe('at work');
        parent.kill('SIGKILL');
        expect(await within(60_000)).toBe('ended');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    BUILD_TIMEOUT,
  );
});
