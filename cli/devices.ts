import type { Device } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';

/** The machines by name, in the order of `--on`. */
export const MACHINES = ['functional', 'cycle', 'rtl'] as const;
export type Machine = (typeof MACHINES)[number];

/** The timings of the cycle simulator: our machine's, and that of the original Chisel core. */
export const TIMINGS = ['vta-stack', 'vta-chisel'] as const;
export type Timing = (typeof TIMINGS)[number];

/** A machine, with the timing of the cycle simulator (others have none to choose). */
export interface MachineChoice {
  readonly machine: Machine;
  readonly timing: Timing;
  /** The cycle simulator without values: memory stays as it is, apart from micro-ops nothing is computed. */
  readonly timingOnly?: boolean;
}

const FACTORIES: Readonly<Record<Machine, (config: VtaConfig) => Promise<Device>>> = {
  functional: async (config) => (await import('#simulator/functional/device')).createFunctional(config),
  cycle: async (config) => (await import('#simulator/cycle/device')).createCycle(config),
  rtl: async (config) => (await import('#hardware-rtl/verilated/device')).createRtl(config),
};

/**
 * A machine of this configuration. Nothing of the others is loaded.
 * @throws VtaError VTA5xxx where the RTL cannot be built (no Verilator)
 */
export const createDevice = (machine: Machine, config: VtaConfig): Promise<Device> => FACTORIES[machine](config);

/**
 * {@link createDevice}, or the cycle simulator with another timing.
 * @throws VtaError VTA4060 where the original core does not exist in this configuration
 */
export async function createTimedDevice({ machine, timing, timingOnly }: MachineChoice, config: VtaConfig): Promise<Device> {
  if (timingOnly === true) return (await import('#simulator/cycle/device')).createCycle(config, { timingOnly });
  return timing === 'vta-chisel' ? (await import('#simulator/chisel/device')).createChisel(config) : createDevice(machine, config);
}

/** Machines by configuration, made once: building the RTL or a WebAssembly core takes time. `reset` between uses. */
export function deviceCache(choice: MachineChoice): (config: VtaConfig) => Promise<Device> {
  const made = new Map<string, Promise<Device>>();
  return (config) => {
    let device = made.get(config.fingerprint);
    if (device === undefined) {
      device = createTimedDevice(choice, config);
      made.set(config.fingerprint, device);
    }
    return device;
  };
}
