import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt, root, vtaCommand } from '../../tests/support/cli.js';

/** Runs `vta debug` on a litmus test of the suite, with commands on standard input. */
function debug(test: string, input: string, ...args: readonly string[]): { status: number | null; out: string; err: string } {
  const file = `${root}/tests/litmus/${test}.litmus`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [vtaCommand, 'debug', file, ...args], { encoding: 'utf8', input });
  return { status, out: stdout, err: stderr };
}

beforeAll(ensureBuilt, 120_000);

test('commands from a pipe are shown with their answers, and what is never reached is said', () => {
  const { status, out, err } = debug('load-then-gemm', 'break insn 4\nbreak addr 0x2fff\ncontinue\n\nprint inp 0\ncontinue\n');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(
    /^load-then-gemm: 7 instructions, \d+ cycles; help lists the commands\n\(vta\) break insn 4\nbreakpoint 1 \(insn 4\)\n/,
  );
  expect(out).toMatch(
    /cycle \d+, breakpoint 1 \(insn 4\): instruction 4 \(compute\) gemm .* starts\n\(vta\) print inp 0\ninp\[0\] {2}3 {3}\(instruction 2\)\n/,
  );
  expect(out).toMatch(/the program has ended: FINISH retired in cycle \d+\nbreakpoint 2 \(addr 0x2fff\) was never reached\n$/);
});

test('a mistake in a script ends it; quit does, too', () => {
  expect(debug('load-then-gemm', 'step\nstpe\nstep\n')).toMatchObject({
    status: 1,
    err: expect.stringMatching(/^error VTA4111: .*did you mean step\?/),
  });
  expect(debug('load-then-gemm', 'quit\nnonsense\n').status).toBe(0);
});

test('a program whose instructions race is said to depend on time', () => {
  expect(debug('overwrite-input', 'quit\n').out).toContain(
    'note: values depend on time: instruction 4 (compute) reads inp[0], which instruction 5 (load) writes',
  );
  expect(debug('overwrite-input-token', 'quit\n').out).not.toContain('note:');
});

test('a program that deadlocks is refused with the reason', () => {
  expect(debug('deadlock-load-compute', 'step\n')).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringContaining('error VTA1201: deadlock: '),
  });
});

test('the second launch begins with what the first one left', () => {
  const { out } = debug('two-launches', 'print inp 0\nprint wgt 0\ncontinue\ndram 0x3000 1\n', '--launch', 'two-launches.1');
  expect(out).toContain('inp[0]  3   (not written in this launch)\n');
  expect(out).toContain('wgt[0]  5   (not written in this launch)\n');
  expect(out).toMatch(/0x003000 {2}0f\n$/);
});
