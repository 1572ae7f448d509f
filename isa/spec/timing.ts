import { INSN_BYTES } from './instructions.js';

/**
 * The numbers of the timing contract (docs/reference/timing.md), one row each. The page's tables, the SystemVerilog constants and the cycle
 * simulator's parameters are made from these rows; everything else that speaks of time imports them by name. Source: this project's own design.
 */

/**
 * - `depth`: how much a queue or buffer holds, or how long a burst is. The hardware has the constant.
 * - `latency`: stages of a pipeline. The hardware has the constant.
 * - `delay`: the least number of cycles between two points of a trace, which follows from the rules of the page. The hardware has no such constant.
 */
export type TimingKind = 'depth' | 'latency' | 'delay';

interface TimingRow {
  readonly kind: TimingKind;
  readonly value: number;
  readonly unit: 'instructions' | 'bytes' | 'beats' | 'bursts' | 'cycles' | 'micro-ops' | 'groups';
  readonly meaning: string;
}

const depth = (value: number, unit: TimingRow['unit'], meaning: string) => ({ kind: 'depth', value, unit, meaning }) as const;
const latency = (value: number, meaning: string) => ({ kind: 'latency', value, unit: 'cycles', meaning }) as const;
const delay = (value: number, meaning: string) => ({ kind: 'delay', value, unit: 'cycles', meaning }) as const;

export const TIMING_TABLE = {
  CommandQueueDepth: depth(512, 'instructions', 'per unit queue (load, compute, store)'),
  FetchBytes: depth(512, 'bytes', 'of the fetch buffer, which is `FetchBytes / D` beats'),
  FetchChunk: depth(256, 'bytes', 'a fetch burst never crosses a multiple of this'),
  LoadBurstBeats: depth(
    32,
    'beats',
    'of a load burst: `BurstBytes` = min(`LoadBurstBeats` D, `BurstLimit`), of which it never crosses a multiple',
  ),
  StoreBurstBeats: depth(
    16,
    'beats',
    'of a store burst: `StoreBurstBytes` = min(`StoreBurstBeats` D, `BurstLimit`), of which it never crosses a multiple',
  ),
  BurstLimit: depth(4096, 'bytes', 'the page of the bus protocol, which no burst crosses'),
  LoaderBeats: depth(128, 'beats', 'requested but not yet consumed, per loader'),
  LoaderInsns: depth(8, 'instructions', 'accepted but not finished, per loader'),
  ReadBursts: depth(32, 'bursts', 'granted read bursts whose last beat has not arrived'),
  RobDepth: depth(32, 'instructions', 'of compute, issued but not retired'),
  StoreBeats: depth(4, 'beats', 'entries of the W buffer'),
  StoreBursts: depth(4, 'bursts', 'between AW register and data engine of the store unit'),
  StoreInsns: depth(8, 'instructions', 'entries of the store completion queue'),
  SimpleUops: depth(16, 'micro-ops', 'a GEMM or ALU instruction of at most so many is *simple*'),
  ChainDepth: depth(4, 'instructions', 'of the ALU in a chain'),
  MaxAccGroups: depth(4, 'groups', 'of ACC banks, G, where the depth allows it'),

  GemmWrite: latency(6, 'from the issue of a GEMM step to its ACC write'),
  AluIssue: latency(2, 'from the issue of an ALU vector to the interlock'),
  AluWrite: latency(6, 'from an ALU vector passing the interlock to its ACC write'),
  AluRaw: latency(7, 'least distance of dependent ALU vectors at the interlock'),
  ScanDelay: latency(3, 'an entry of n micro-ops whose scan begins in t is scanned from t + n + this on'),

  LaunchToAddress: delay(2, 'launch to the address handshake of the first fetch burst'),
  BeatToQueued: delay(3, 'transfer of the beat with the last byte of an instruction to *queued*'),
  QueuedToAddress: delay(1, '*queued* to the address handshake of a fetch burst that needed its room'),
  AcceptToQueued: delay(2, '*accepted* to *queued* of the instruction that needed the place in the queue'),
  EventToFetchAddress: delay(3, 'an event that ends a rest of fetch to the address handshake of its next burst'),
  EngineTurn: delay(2, '*accepted* to *accepted* of the next instruction, load and store unit'),
  IssueTurn: delay(1, '*accepted* to *accepted* of the next instruction, compute'),
  TokenVisible: delay(1, 'the push of a token to the acceptance of an instruction that pops it'),
  PlaceFree: delay(1, 'an instruction leaving a full buffer of instructions to the next one entering it'),
  AcceptToAddress: delay(3, '*accepted* to the address handshake of the first burst, load unit'),
  EntryVisible: delay(1, '*accepted* (issue) to the entry being visible, compute'),
  StoreToAddress: delay(2, '*accepted* to the address handshake of the first burst, store unit'),
  AddressTurn: delay(1, 'an address handshake to the next one'),
  BeatToAddress: delay(
    4,
    'transfer of the beat whose consumption makes room in a loader to the address handshake of the burst that needed it',
  ),
  BeatToEngine: delay(3, 'the same beat to the engine taking the next instruction, where that burst was the last one'),
  LastBeatToAddress: delay(2, 'the last beat of a burst to the address handshake of the one that needed its place among `ReadBursts`'),
  BeatToStep: delay(1, 'transfer of a beat to the step of the walker that consumes it'),
  AcceptToStep: delay(1, '*accepted* to the first step of the walker, load unit'),
  StepTurn: delay(1, 'last step of an instruction to the first one of the next, all engines'),
  StepToRetire: delay(1, 'last step of the walker to *retired* (load unit) or done (compute)'),
  StartDelay: delay(1, 'the cycle in which GEMM or ALU start an entry to its first step'),
  WriteToDone: delay(1, 'last write of GEMM or ALU to done'),
  AddressToData: delay(3, 'address handshake of a store burst to its first W beat'),
  LastWriteToRetire: delay(2, 'last W beat to *retired*, store unit'),
} as const satisfies Readonly<Record<string, TimingRow>>;

export type TimingName = keyof typeof TIMING_TABLE;

/** The value of every row, by name. */
export const TIMING = Object.fromEntries(Object.entries(TIMING_TABLE).map(([name, row]) => [name, row.value])) as {
  readonly [N in TimingName]: (typeof TIMING_TABLE)[N]['value'];
};

/** Rows of some kinds, in the order of the table. */
export const timingRows = (...kinds: readonly TimingKind[]): readonly (TimingRow & { readonly name: string })[] =>
  Object.entries(TIMING_TABLE).flatMap(([name, row]) => (kinds.includes(row.kind) ? [{ name, ...row }] : []));

/** Cycles from one instruction that fetch hands out to the next: the beats of an instruction, at least one. @param beatBytes D, 8 to 64 */
export const fetchPace = (beatBytes: number): number => Math.max(1, INSN_BYTES / beatBytes);

/** Bytes of which a load burst, a store burst never crosses a multiple. @param beatBytes D, 8 to 64 */
export const burstBytes = (beatBytes: number): number => Math.min(TIMING.LoadBurstBeats * beatBytes, TIMING.BurstLimit);
export const storeBurstBytes = (beatBytes: number): number => Math.min(TIMING.StoreBurstBeats * beatBytes, TIMING.BurstLimit);
