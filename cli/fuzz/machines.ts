import type { VtaConfig } from '#isa/config/config';
import type { Contestant } from '#fuzz/compare';
import { createReference } from '#fuzz/reference-device';
import { Random } from '#fuzz/random';
import { createCycleStepped } from '#simulator/cycle/reference/device';
import { createDevice, type Machine } from '../devices.js';
import { BareRtl } from './bare-rtl.js';
import type { Arena } from './judge.js';

/** Sets of machines that are kept: a random configuration is used once, those of the RTL again and again. */
const KEPT = 16;

/**
 * The machines of a configuration that are compared: always the plain one, in a random order of execution; then those that
 * are asked for. The functional machine runs its fastest kernels, which write no hashes; the plain one has them. Where the cycle
 * simulator runs without the RTL, the cycle-stepped reference checks it.
 */
export function arenas(on: readonly Machine[], seed: number): (config: VtaConfig) => Promise<Arena> {
  const bare = on.includes('rtl') ? new BareRtl() : null;
  const made = new Map<string, Promise<readonly Contestant[]>>();
  const make = async (config: VtaConfig): Promise<readonly Contestant[]> => [
    { name: 'plain', device: createReference(config, new Random(seed)), hashes: true, timed: false },
    ...(await Promise.all(
      on.map(async (name) => ({
        name,
        device: await createDevice(name, config),
        hashes: name !== 'functional',
        timed: name !== 'functional',
      })),
    )),
    ...(on.includes('cycle') && !on.includes('rtl')
      ? [{ name: 'cycle-stepped', device: createCycleStepped(config), hashes: false, timed: true }]
      : []),
  ];
  return async (config) => {
    let machines = made.get(config.fingerprint);
    if (machines === undefined) {
      if (made.size >= KEPT && !on.includes('rtl')) made.clear();
      machines = make(config);
      made.set(config.fingerprint, machines);
    }
    return { machines: await machines, bare };
  };
}
