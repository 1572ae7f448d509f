/** The binary jobs and results of the Verilated executable; the other side is `tb/main.cpp`. All words are 32-bit little-endian. */
import type { Retire } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import type { Trace } from '#isa/arch/trace';
import { type Unit, UNITS } from '#isa/spec/tables';
import type { Tokens } from '#simulator/values/tokens';
import { COUNTERS, type PerformanceCounters } from './counters.js';
import { decodeTrace, traceBytes } from './trace.js';

export const MAGIC = 0x31415456;
const JOB_WORDS = 16;

/** The words that a result begins with. Records, the broken rule, the trace and the memory follow. */
export const RESULT_HEAD = [
  'magic',
  'status',
  'cycles',
  'clocks',
  'ticks',
  'accWrites',
  'error',
  'errorInsn',
  'errorValue',
  'failed',
  'failedAddress',
  'records',
  'ruleCycle',
  'ruleBytes',
  'l2c',
  'c2l',
  'c2s',
  's2c',
  'insns',
  'reads',
  'writes',
  'watched',
  ...COUNTERS,
] as const;
type ResultHead = Readonly<Record<(typeof RESULT_HEAD)[number], number>>;
const RECORD_WORDS = 4;
const NEVER = 0xffffffff;
const FLAGS = { hashes: 1, lateReady: 2, traced: 4 };

/** An instruction by its unit, and how many of that unit stand before it. */
export interface Watch {
  readonly unit: Unit;
  readonly ordinal: number;
}

/** One write that a write hash counts (isa/arch/write-hash.ts): places and values are unsigned 32-bit numbers. */
export type Write = readonly [place: number, value: number];

/** One launch as the executable understands it. */
export interface Job {
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
  readonly memory: MemorySettings;
  readonly hashes: boolean;
  /** The instruction whose writes are wanted ({@link JobResult.watched}): the `ordinal`th of its unit. */
  readonly watch?: Watch;
  /** Record {@link JobResult.trace}. */
  readonly traced?: boolean;
  /** Cycles to write to the waveform, both inclusive (traced builds only). */
  readonly window?: readonly [from: number, to: number];
  /**
   * Memory that raises no READY before it has seen VALID, and a check in every cycle that no VALID follows a READY. Its cycles are not those of
   * the timing contract.
   */
  readonly lateReady?: boolean;
  /** Pull the reset pin this many clock ticks after the first register write of the launch, for `cycles` ticks. The launch ends with it. */
  readonly reset?: { readonly at: number; readonly cycles: number };
}

/** What the RTL reports (docs/reference/rtl.md, register map). */
export interface JobResult {
  /** FINISH retired or an error was recorded; false if nothing moved any more before that, or a reset came first. */
  readonly finished: boolean;
  /** The reset that the job asked for ended the launch: registers are those after it. */
  readonly wasReset: boolean;
  readonly cycles: number;
  /** Cycles until all units were idle. */
  readonly clocks: number;
  /** Clock ticks from the first register write until all units were idle. */
  readonly ticks: number;
  /** Cycles in which GEMM or ALU wrote accumulators, until FINISH. */
  readonly accWrites: number;
  /** Error code of the status register, 0 for none; with its instruction and highest index. */
  readonly error: number;
  readonly errorInsn: number;
  readonly errorValue: number;
  /** First byte address outside memory that was accessed, or null. */
  readonly failedAddress: number | null;
  readonly counters: PerformanceCounters;
  /** The token counters in the end. */
  readonly tokens: Tokens;
  readonly trace: Trace | null;
  /** The first rule of the bus protocols that was broken, with its cycle, or null. */
  readonly violation: { readonly rule: string; readonly cycle: number } | null;
  readonly retired: readonly Retire[];
  /** What the instruction that the job watches wrote, if it retired. */
  readonly watched: readonly Write[];
  readonly dram: Uint8Array;
}

export function encodeJob(job: Job): readonly Uint8Array[] {
  const m = job.memory;
  const [from, to] = job.window ?? [1, 0];
  const words = [
    MAGIC,
    1,
    (job.hashes ? FLAGS.hashes : 0) | (job.lateReady ? FLAGS.lateReady : 0) | (job.traced ? FLAGS.traced : 0),
    job.dram.length,
    job.insnAddr,
    job.insnCount,
    m.latency,
    m.interval,
    m.stall,
    m.seed,
    from,
    to,
    job.reset?.at ?? NEVER,
    job.reset?.cycles ?? 0,
    job.watch === undefined ? NEVER : UNITS.indexOf(job.watch.unit),
    job.watch?.ordinal ?? 0,
  ];
  return [wordBytes(words), job.dram];
}

/** Power-up state again. */
export const encodeReset = (): Uint8Array => wordBytes([MAGIC, 2, ...new Array<number>(JOB_WORDS - 2).fill(0)]);

/** A read or a write of a register by the host. */
export type Access = { readonly read: number } | { readonly write: number; readonly data: number };

const ACCESS_WORDS = 3;

/** Register accesses between launches, in order. */
export function encodeAccesses(list: readonly Access[]): Uint8Array {
  const head = [MAGIC, 3, 0, 4 * ACCESS_WORDS * list.length, ...new Array<number>(JOB_WORDS - 4).fill(0)];
  return wordBytes([...head, ...list.flatMap((a) => ('read' in a ? [a.read, 0, 0] : [a.write, a.data, 1]))]);
}

/** @returns what the reads read */
export async function decodeAccesses(read: ReadBytes, list: readonly Access[]): Promise<readonly number[]> {
  const flat = words(await read(4 * ACCESS_WORDS * list.length));
  return list.flatMap((a, i) => ('read' in a ? [flat[ACCESS_WORDS * i + 1]] : []));
}

function wordBytes(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((w, i) => view.setUint32(4 * i, w >>> 0, true));
  return bytes;
}

/** Reads exactly that many bytes of the stream. */
export type ReadBytes = (count: number) => Promise<Uint8Array>;

export async function decodeResult(read: ReadBytes, dramBytes: number): Promise<JobResult> {
  const first = words(await read(RESULT_HEAD.length * 4));
  const head = Object.fromEntries(RESULT_HEAD.map((name, i) => [name, first[i]])) as ResultHead;
  const { magic, status, records, insns, reads, writes, l2c, c2l, c2s, s2c, cycles, clocks, ticks, accWrites } = head;
  if (magic !== MAGIC) throw new Error('internal error: the Verilated model answered out of step');
  const flat = words(await read(records * RECORD_WORDS * 4));
  const retired = Array.from({ length: records }, (_, i) => {
    const [unit, insn, cycle, hash] = flat.subarray(i * RECORD_WORDS, (i + 1) * RECORD_WORDS);
    return { unit: UNITS[unit], insn, cycle, hash };
  });
  const rule = new TextDecoder().decode(await read(head.ruleBytes));
  const pairs = words(await read(8 * head.watched));
  const watched = Array.from({ length: head.watched }, (_, i): Write => [pairs[2 * i], pairs[2 * i + 1]]);
  const size = { insns, reads, writes };
  const recorded = new Int32Array(words(await read(traceBytes(size))).buffer);
  const dram = await read(dramBytes);
  return {
    finished: status === 0,
    wasReset: status === 2,
    cycles,
    clocks,
    ticks,
    accWrites,
    error: head.error,
    errorInsn: head.errorInsn,
    errorValue: head.errorValue,
    failedAddress: head.failed ? head.failedAddress : null,
    counters: Object.fromEntries(COUNTERS.map((name) => [name, head[name]])) as PerformanceCounters,
    tokens: { l2c, c2l, c2s, s2c },
    trace: insns === 0 ? null : decodeTrace(recorded, size, retired, cycles),
    violation: rule === '' ? null : { rule, cycle: head.ruleCycle | 0 },
    retired,
    watched,
    dram,
  };
}

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
