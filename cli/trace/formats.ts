import { fail } from '#isa/diag/diagnostic';
import type { Timeline } from '#analysis/trace/timeline';
import { cliMessages as M } from '../messages.js';
import type { Window } from './window.js';

/** One kind of trace file: its ending, what it is, and how it is made, in pieces. */
export interface TraceFormat {
  readonly ending: string;
  readonly what: string;
  /** Holds one launch, of which a window may be chosen. */
  readonly oneLaunch: boolean;
  readonly write: (t: Timeline, window: Window) => Promise<Iterable<string | Uint8Array>>;
}

export const TRACE_FORMATS: readonly TraceFormat[] = [
  {
    ending: '.pftrace',
    what: 'Perfetto track events',
    oneLaunch: false,
    write: async (t) => (await import('#analysis/trace/perfetto/trace-file')).perfettoFile(t),
  },
  {
    ending: '.html',
    what: 'a page with a timeline',
    oneLaunch: false,
    write: async (t) => (await import('#analysis/trace/page/page-file')).pageFile(t),
  },
  {
    ending: '.vcd',
    what: 'signals',
    oneLaunch: true,
    write: async (t, { from, to }) => (await import('#analysis/trace/vcd/vcd-file')).vcdFile(t.launches[0], from, to),
  },
];

/** The format that a file's ending names. @throws VtaError VTA6020 */
export function traceFormatOf(file: string): TraceFormat {
  const format = TRACE_FORMATS.find(({ ending }) => file.endsWith(ending));
  if (format !== undefined) return format;
  return fail(M.VTA6020, { file, endings: TRACE_FORMATS.map(({ ending, what }) => `${ending} (${what})`).join(', ') });
}
