import { BURST_CLIENTS, NO_CYCLE, type Trace } from '#isa/arch/trace';
import type { Difference } from '#simulator/compare/compare';

/** What one machine recorded where its trace differs from another's. */
export function traceText({ column, at }: Difference, trace: Trace): string {
  if (column === undefined || column.startsWith('burst')) return burstText(trace, at);
  const cycle = trace.insns[column as keyof Trace['insns']][at] ?? NO_CYCLE;
  return cycle === NO_CYCLE ? `never ${column}` : `${column} in ${cycle}`;
}

function burstText({ bursts: t }: Trace, n: number): string {
  if (n >= t.count) return `no burst ${n}`;
  return `burst ${n}: ${BURST_CLIENTS[t.client[n]]}, ${t.beats[n]} beats, address in ${t.handshake[n]}, data ${t.first[n]} to ${t.last[n]}`;
}
