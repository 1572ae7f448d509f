/**
 * The performance counters of the core, lowest offset first (docs/reference/rtl.md says what each counts): the fields of `events_t`
 * in vta_core_pkg.sv, from the last one up. Cycles of the launch, FINISH's included.
 */
export const COUNTERS = [
  'gemmBusy',
  'gemmWait',
  'aluBusy',
  'aluWait',
  'computeLoaderBusy',
  'computeLoaderWait',
  'loadLoaderBusy',
  'loadLoaderWait',
  'storeBusy',
  'storeWait',
  'readBeats',
  'readWait',
  'loadWaitsC2l',
  'computeWaitsL2c',
  'computeWaitsS2c',
  'storeWaitsC2s',
  'loadBlocked',
  'computeBlocked',
  'storeBlocked',
] as const;

/** Values of the performance counters after a launch. */
export type PerformanceCounters = Readonly<Record<(typeof COUNTERS)[number], number>>;

/** Offset of the first counter in the register map; the others follow, four bytes each. */
export const COUNTER_BASE = 0x80;
