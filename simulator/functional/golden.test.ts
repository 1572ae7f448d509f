import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Device, zeroCounters } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import { parseVector, runVector } from '#simulator/vector/vector';
import { executePlain } from '../values/execute.js';
import { ProgramCache } from '../values/program.js';
import { createMachineState } from '../values/state.js';
import { noTokens } from '../values/tokens.js';
import { createFunctional } from './device.js';
import { some } from '../../tests/support/some.js';

/** Every golden vector of the official functional simulator, with kernels, with hashes, and with the plain executor. */
const root = resolve('../shared/conformance');
const SETS = ['public', 'standalone', 'official_testlib', 'perf', 'resnet18_official'];
const PLAIN = ['public', 'standalone', 'official_testlib'];

const vectorsOf = (set: string): string[] => {
  const dir = resolve(root, set);
  if (!existsSync(dir)) return ['(needs ../shared/conformance)'];
  return some(
    readdirSync(dir).filter((name) => existsSync(resolve(dir, name, 'vector.json'))),
    `vectors in ${set}`,
  );
};

function read(set: string, name: string) {
  const dir = resolve(root, set, name);
  const files = Object.fromEntries(
    ['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(resolve(dir, f)))]),
  );
  return parseVector(JSON.parse(readFileSync(resolve(dir, 'vector.json'), 'utf8')), files);
}

const devices = new Map<string, Device>();
function functional(config: VtaConfig): Device {
  const device = devices.get(config.fingerprint) ?? createFunctional(config);
  devices.set(config.fingerprint, device);
  return device;
}

/** A machine made of the plain executor alone. */
const plain = (config: VtaConfig): Device => ({
  name: 'functional',
  config,
  launch: async (request) => {
    const state = createMachineState(config);
    const { insns, order } = new ProgramCache(config).prepare(request, noTokens());
    for (const n of order) executePlain(state, request.dram, insns[n]);
    return { cycles: null, counters: zeroCounters() };
  },
  reset: () => {},
});

/** The same machine, always asked for hashes. */
const hashing = (device: Device): Device => ({ ...device, launch: (request) => device.launch({ ...request, hashes: true }) });

for (const set of SETS) {
  describe.skipIf(!existsSync(root))(`golden vectors: ${set}`, () => {
    test.each(vectorsOf(set))('%s', async (name) => {
      const vector = read(set, name);
      const device = functional(vector.config);
      const pass = { on: 'functional', match: true, cycles: null, error: null, firstDifference: null };
      expect(await runVector(device, vector)).toEqual({ name: vector.name, ...pass });
      if (set !== 'perf') expect(await runVector(hashing(device), vector)).toEqual({ name: vector.name, ...pass });
      if (PLAIN.includes(set)) expect(await runVector(plain(vector.config), vector)).toEqual({ name: vector.name, ...pass });
    });
  });
}
