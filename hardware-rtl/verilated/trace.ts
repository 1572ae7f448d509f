import type { Retire } from '#isa/arch/device';
import type { Trace } from '#isa/arch/trace';
import { Recorder } from '#simulator/cycle/recorder';

/** Words per instruction (queued, accepted, started, finished) and per burst (client, beats, handshake, first, last): `tb/trace.h`. */
const INSN_WORDS = 4;
const BURST_WORDS = 5;

/** Numbers of records, as the head of a result says them. */
export interface TraceSize {
  readonly insns: number;
  readonly reads: number;
  readonly writes: number;
}

export const traceBytes = (s: TraceSize): number => 4 * (s.insns * INSN_WORDS + (s.reads + s.writes) * BURST_WORDS);

/** What the executable recorded, in the terms of {@link Trace}. */
export function decodeTrace(words: Int32Array, size: TraceSize, retired: readonly Retire[], cycles: number): Trace {
  const recorder = new Recorder(size.insns);
  const { insns } = recorder;
  for (let i = 0; i < size.insns; i++) {
    [insns.queued[i], insns.accepted[i], insns.started[i], insns.finished[i]] = words.subarray(i * INSN_WORDS, (i + 1) * INSN_WORDS);
  }
  for (const r of retired) insns.retired[r.insn] = r.cycle;
  const bursts = words.subarray(size.insns * INSN_WORDS);
  for (let n = 0; n < size.reads + size.writes; n++) {
    const [client, beats, handshake, first, last] = bursts.subarray(n * BURST_WORDS, (n + 1) * BURST_WORDS);
    if (n < size.reads) recorder.read(client, beats, handshake, first, last);
    else recorder.write(beats, handshake, first, last);
  }
  return recorder.trace(cycles);
}
