import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { diagnostic, type Diagnostic } from '#isa/diag/diagnostic';
import { isaMessages as M } from '#isa/messages';
import { UNITS, type Unit } from '#isa/spec/tables';
import { type Footprint, footprintOf, type Rows, uopsOf } from '#simulator/values/footprint';
import { AccessHistory, type Conflict } from '../program/history.js';
import { playTokens, type TokenPlay } from '../program/token-play.js';
import type { Decoded } from '#simulator/values/decode';
import { checkUopRanges } from '#simulator/values/ranges';
import { noTokens, type Tokens } from '#simulator/values/tokens';
import { complaints, decodeSlots, type Slot } from './decode.js';
import { lintEncoding } from './encodings.js';
import { describeRanges, type Finding, Findings, type Scene, type Total } from './finding.js';
import { Effort, hasOtherSource, usesPrevious } from '#simulator/values/alu-loops';
import { raceAdvice } from './race-advice.js';
import { isPublished, RULE_NAMES, type RuleName, SEVERITIES, type Severity } from './rules.js';
import { Scratchpads } from './scratchpads.js';
import { lintTokens } from './token-rules.js';

/** One launch of a program to be looked at. */
export interface LintLaunch {
  readonly name: string;
  /** The instructions, 16 bytes each. */
  readonly code: Uint8Array;
  /** Where they are in memory; null where that is not known. */
  readonly insnAddr: number | null;
  /** Memory that the host writes between the launch before and this one. */
  readonly hostWrites: readonly Rows[];
}

/** A program to be looked at. */
export interface LintInput {
  readonly name: string;
  readonly config: VtaConfig;
  /** Memory before the first launch, byte 0 is address 0; null where it is not known. */
  readonly memory: Uint8Array | null;
  /** One after the other, without a reset. */
  readonly launches: readonly LintLaunch[];
}

export interface LintReport {
  readonly program: string;
  readonly config: string;
  readonly launches: readonly { readonly name: string; readonly instructions: number }[];
  readonly findings: readonly Finding[];
  /** Every finding is counted; of each rule and launch the first {@link KEPT} are kept. */
  readonly totals: readonly Total[];
  /** Sums of the totals. */
  readonly counts: Readonly<Record<Severity, number>>;
}

/** What goes on from launch to launch. */
interface Session {
  readonly config: VtaConfig;
  readonly pads: Scratchpads;
  readonly history: AccessHistory;
  readonly effort: Effort;
  readonly out: Findings;
  readonly published: boolean;
  tokens: Tokens;
}

const refuse = (d: Diagnostic, insns: readonly number[], scene: Scene, out: Findings): void =>
  out.add('illegal', scene, insns, d.what, { code: d.code, why: d.why, do: d.do });

/** FINISH must be there, be the last instruction, and come after everything by tokens. */
function lintFinish(slots: readonly Slot[], play: TokenPlay, scene: Scene, out: Findings): void {
  const finish = slots.findIndex((s) => s.decoded?.kind === 'finish');
  if (finish < 0) {
    refuse(diagnostic(M.VTA1202, { count: slots.length }), [], scene, out);
    return;
  }
  const behind = (insn: number) => refuse(diagnostic(M.VTA1208, { index: insn }), [insn], scene, out);
  if (finish < slots.length - 1) behind(finish + 1);
  const clock = play.clocks[finish];
  if (clock === undefined || play.waiting.length > 0) return;
  for (const unit of ['load', 'store'] as const) {
    const late = play.queues[UNITS.indexOf(unit)][clock[UNITS.indexOf(unit)]];
    if (late !== undefined && late < finish) behind(late);
  }
}

function lintConflict(c: Conflict, insn: number, play: TokenPlay, scene: Scene, out: Findings): void {
  const other = play.queues[UNITS.indexOf(c.unit)][c.position];
  const unit = scene.unitOf(insn);
  const [first, second] = c.earlierWrites ? ['writes', 'reads'] : ['reads', 'writes'];
  const what = () =>
    `instruction ${other} (${c.unit}) ${first} ${describeRanges(c.memory, c.ranges)}, which instruction ${insn} (${unit}) ${second}, and no token orders them`;
  out.add('race', scene, [other, insn], what, {
    memory: c.memory,
    ranges: c.ranges,
    do: raceAdvice({ insn: other, unit: c.unit }, { insn, unit }),
  });
}

/** Reads of elements that nothing, or only an earlier launch, has written. */
function lintReads(f: Footprint, insn: number, s: Session, scene: Scene): void {
  for (const touched of f.reads) {
    const { memory } = touched;
    const unwritten = s.pads.unwritten(touched);
    if (!unwritten.isEmpty) {
      const ranges = unwritten.ranges();
      const what = () => `instruction ${insn} reads ${describeRanges(memory, ranges)}, which nothing has written`;
      s.out.add('never-written', scene, [insn], what, { memory, ranges });
    }
    const kept = s.published ? s.pads.kept(touched) : null;
    if (kept !== null && !kept.isEmpty) {
      const ranges = kept.ranges();
      const what = () => `instruction ${insn} reads ${describeRanges(memory, ranges)}, which an earlier launch has written`;
      s.out.add('kept-scratchpad', scene, [insn], what, { memory, ranges });
    }
  }
}

function lintAluLoop(d: Decoded, s: Session, scene: Scene): void {
  if (d.kind !== 'alu' || d.steps === 0 || !s.published) return;
  const { uop } = s.pads;
  if (hasOtherSource(d, uop, s.config)) {
    s.out.add(
      'immediate-source',
      scene,
      [d.index],
      `the source of instruction ${d.index} is not its destination, and its second operand is an immediate`,
    );
  }
  const close = usesPrevious(d, uop, s.config, s.effort);
  if (close === null) s.out.add('loop-not-checked', scene, [d.index], `instruction ${d.index} has too many elements`);
  if (close === true)
    s.out.add('alu-distance-1', scene, [d.index], `elements of instruction ${d.index} use what the element before them wrote`);
}

function lintStore(d: Decoded, f: Footprint, launch: LintLaunch, s: Session, scene: Scene): void {
  if (d.kind !== 'store') return;
  for (const { elements } of s.published ? f.reads : []) {
    const stale = s.pads.staleOut(elements);
    if (stale.isEmpty) continue;
    const ranges = stale.ranges();
    const what = () => `instruction ${d.index} stores ${describeRanges('acc', ranges)}, which LOAD or a reset wrote last`;
    s.out.add('stale-out', scene, [d.index], what, { memory: 'acc', ranges });
  }
  if (f.dramWrites === null || launch.insnAddr === null) return;
  const end = launch.insnAddr + launch.code.length;
  const { address, rowBytes, rowStride, rows } = f.dramWrites;
  for (let y = 0; y < rows; y++) {
    const low = Math.max(address + y * rowStride, launch.insnAddr);
    const high = Math.min(address + y * rowStride + rowBytes, end) - 1;
    if (low > high) continue;
    const what = `instruction ${d.index} stores to ${describeRanges('dram', [[low, high]])}, where the program itself is`;
    s.out.add('program-overwritten', scene, [d.index], what, { memory: 'dram', ranges: [[low, high]] });
    return;
  }
}

/** What an instruction touches, or null where that is not known; mistakes of its indices are reported. */
function footprint(d: Decoded, s: Session, scene: Scene): Footprint | null {
  if ((d.kind === 'gemm' || d.kind === 'alu') && d.steps > 0) {
    const uops = uopsOf(d, s.config);
    if (!s.pads.knows(uops.elements)) {
      s.out.add('unknown-micro-ops', scene, [d.index], `the micro-ops of instruction ${d.index} are not known`);
      return null;
    }
    const wrong = complaints(() => checkUopRanges(d, s.pads));
    for (const w of wrong) refuse(w, [d.index], scene, s.out);
    if (wrong.length > 0) return null;
  }
  return footprintOf(d, s.pads.uop, s.config);
}

function lintInsn(d: Decoded, launch: LintLaunch, play: TokenPlay, s: Session, scene: Scene): void {
  const f = footprint(d, s, scene);
  if (f === null) return;
  lintReads(f, d.index, s, scene);
  lintStore(d, f, launch, s, scene);
  lintAluLoop(d, s, scene);
  const conflicts = s.history.visit(d.unit, play.position[d.index], play.clocks[d.index]!, f);
  for (const c of conflicts) lintConflict(c, d.index, play, scene, s.out);
  const reachesOut = d.kind === 'alu' || (d.kind === 'gemm' && d.insn.reset_reg === 0);
  for (const touched of f.writes) s.pads.write(touched, reachesOut);
  if (d.kind === 'load' && d.memory === 'UOP') s.pads.loadUops(d);
  if (f.dramWrites !== null) s.pads.change(f.dramWrites);
}

function lintLaunch(launch: LintLaunch, slots: readonly Slot[], number: number, s: Session): void {
  const { code, name, insnAddr } = launch;
  const scene: Scene = { launch: number, name, code, unitOf: (insn): Unit => slots[insn].user.unit };
  for (const rows of launch.hostWrites) s.pads.change(rows);
  if (insnAddr !== null && code.length > 0 && s.pads.isChanged(insnAddr, insnAddr + code.length - 1)) {
    s.out.add('program-changed', scene, [], 'an earlier launch, or the host, writes to the instructions of this launch');
  }
  const play = playTokens(
    slots.map((slot) => slot.user),
    s.tokens,
  );
  const once = new Set<RuleName>();
  for (const [insn, { decoded, refusals }] of slots.entries()) {
    for (const r of refusals) refuse(r, [insn], scene, s.out);
    if (decoded === null || !s.published) continue;
    lintEncoding(decoded, s.config, (rule, what) => {
      // what follows from the configuration alone is said once
      if ((rule === 'batch-alu' || rule === 'uop-source-width') && once.size === once.add(rule).size) return;
      s.out.add(rule, scene, [insn], `instruction ${insn}: ${what}`);
    });
  }
  lintFinish(slots, play, scene, s.out);
  lintTokens(slots, play, s.tokens, s.published, scene, s.out);
  s.pads.beginLaunch();
  s.history.clear();
  for (const insn of play.order) {
    const { decoded, refusals } = slots[insn];
    if (decoded !== null && refusals.length === 0) lintInsn(decoded, launch, play, s, scene);
  }
  for (const [channel, left] of Object.entries(play.left)) s.tokens[channel as keyof Tokens] = left.length;
}

const usesExtension = (slots: readonly Slot[]): boolean =>
  slots.some(({ decoded: d }) => d?.kind === 'pad-value' || (d?.kind === 'alu' && d.operation === 'RQ'));

const NONE: ReadonlySet<RuleName> = new Set();
export const PUBLISHED: ReadonlySet<RuleName> = new Set(RULE_NAMES.filter(isPublished));

/**
 * Looks for mistakes in a program without running it: its launches one after the other, each in an order that its tokens allow. Takes time in
 * proportion to instructions and to the data they move, not to loop iterations, so it always comes to an end.
 * @param ignored rules that are left out
 */
export function lintProgram(input: LintInput, ignored: ReadonlySet<RuleName> = NONE): LintReport {
  const { config, memory } = input;
  const dramSize = memory?.length ?? Number.POSITIVE_INFINITY;
  const all = input.launches.map((l) => decodeSlots(l.code, config, dramSize));
  const extended = all.findIndex(usesExtension);
  const session: Session = {
    config,
    pads: new Scratchpads(config, memory),
    history: new AccessHistory(config),
    effort: new Effort(),
    out: new Findings(config, ignored),
    published: extended < 0,
    tokens: noTokens(),
  };
  for (const [n, launch] of input.launches.entries()) lintLaunch(launch, all[n], n, session);
  if (extended >= 0) {
    const { name, code } = input.launches[extended];
    const scene: Scene = { launch: extended, name, code, unitOf: (insn) => all[extended][insn].user.unit };
    session.out.add('extension', scene, [], 'the program uses the ISA extension; rules about published implementations were not applied');
  }
  const { list, totals } = session.out;
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, totals.filter((t) => t.severity === severity).reduce((n, t) => n + t.count, 0)]),
  ) as Record<Severity, number>;
  const launches = input.launches.map((l) => ({ name: l.name, instructions: l.code.length / INSN_BYTES }));
  return { program: input.name, config: config.name, launches, findings: list, totals, counts };
}
