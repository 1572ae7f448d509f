import { insn } from '#isa/codec/codec';
import type { AluInsn, GemmInsn } from '#isa/spec/instructions';
import { ALU_OPS } from '#isa/spec/tables';
import { uopDst, uopSrc, uopWgt } from '#simulator/values/ranges';
import type { Random } from './random.js';
import type { World } from './world.js';

const MOST_ITERATIONS = 2 ** 14 - 1;
const MOST_STEPS = 60_000;

interface Loops {
  readonly uop_bgn: number;
  readonly uop_end: number;
  readonly iter_out: number;
  readonly iter_in: number;
}

/** Loops that execute nothing; everything else in the instruction may then be anything. */
function emptyLoops({ r, config }: World): Loops {
  const any = { uop_bgn: r.int(0, config.uopDepth - 1), uop_end: r.int(0, config.uopDepth), iter_out: r.int(0, 9), iter_in: r.int(0, 9) };
  const end = r.int(0, any.uop_bgn);
  return r.pick([
    { ...any, iter_out: 0 },
    { ...any, iter_in: 0 },
    { ...any, uop_end: end },
  ]);
}

/** Loops of at most `most` steps. */
function someLoops({ r, config, iterations: usual }: World, most: number): Loops {
  const uop_bgn = r.chance(0.5) ? 0 : r.int(0, config.uopDepth - 1);
  // where loops may be as long as the ISA allows, one of them often nearly is
  const long = usual === MOST_ITERATIONS && r.chance(0.3);
  const uop_end = uop_bgn + (long ? 1 : r.small(1, Math.min(config.uopDepth - uop_bgn, most, 64)));
  let left = Math.floor(most / (uop_end - uop_bgn));
  const iterations = (much: boolean) => {
    const cap = Math.min(left, r.chance(0.02) ? MOST_ITERATIONS : usual);
    const n = much ? r.int(Math.ceil(cap / 2), cap) : r.chance(0.2) ? r.int(1, cap) : r.small(1, cap);
    left = Math.max(1, Math.floor(left / n));
    return n;
  };
  const [a, b] = [iterations(long), iterations(false)];
  return r.chance(0.5) ? { uop_bgn, uop_end, iter_out: a, iter_in: b } : { uop_bgn, uop_end, iter_out: b, iter_in: a };
}

interface Factors {
  readonly out: number;
  readonly inner: number;
}

/** Loop factors with which an operand whose largest micro-op index is `highest` stays in `depth`; null where it already does not. */
function factorsFor(r: Random, l: Loops, depth: number, highest: number): Factors | null {
  let room = depth - 1 - highest;
  if (room < 0) return null;
  const factor = (extent: number) => {
    // a loop of one iteration never adds its factor
    if (extent === 1) return r.chance(0.5) ? 0 : r.int(0, depth - 1);
    const most = Math.min(depth - 1, Math.floor(room / (extent - 1)));
    const f = r.pick([0, Math.min(1, most), r.small(0, most), most]);
    room -= f * (extent - 1);
    return f;
  };
  if (r.chance(0.5)) {
    const out = factor(l.iter_out);
    return { out, inner: factor(l.iter_in) };
  }
  const inner = factor(l.iter_in);
  return { out: factor(l.iter_out), inner };
}

const anyFactors = (r: Random, depth: number): Factors => ({ out: r.int(0, depth - 1), inner: r.int(0, depth - 1) });

function highest({ uop }: World, l: Loops, index: (word: number) => number): number {
  let most = 0;
  for (let k = l.uop_bgn; k < l.uop_end; k++) most = Math.max(most, index(uop[k]));
  return most;
}

const isEmpty = (l: Loops): boolean => l.iter_out === 0 || l.iter_in === 0 || l.uop_end <= l.uop_bgn;

/** Loops within the budget, and factors of the destination; null where the micro-ops allow none. */
function destination(w: World, lanesPerStep: number): { readonly l: Loops; readonly dst: Factors } | null {
  const { r, config: c } = w;
  if (r.chance(0.06)) return { l: emptyLoops(w), dst: anyFactors(r, c.accDepth) };
  const most = Math.min(w.steps, Math.floor(w.lanes / lanesPerStep), r.pick([4, 40, 400, MOST_STEPS]));
  if (most < 1) return null;
  const l = someLoops(w, most);
  const dst = factorsFor(
    r,
    l,
    c.accDepth,
    highest(w, l, (word) => uopDst(word, c)),
  );
  if (dst === null) return null;
  const steps = l.iter_out * l.iter_in * (l.uop_end - l.uop_bgn);
  w.steps -= steps;
  w.lanes -= steps * lanesPerStep;
  return { l, dst };
}

/** A GEMM whose indices are all in range, or null. */
export function randomGemm(w: World): GemmInsn | null {
  const { r, config: c } = w;
  const at = destination(w, c.batch * c.blockIn * c.blockOut);
  if (at === null) return null;
  const { l, dst } = at;
  const reset = r.chance(0.25);
  const unused = reset || isEmpty(l);
  const src = unused
    ? anyFactors(r, c.inpDepth)
    : factorsFor(
        r,
        l,
        c.inpDepth,
        highest(w, l, (word) => uopSrc(word, c)),
      );
  const wgt = unused
    ? anyFactors(r, c.wgtDepth)
    : factorsFor(
        r,
        l,
        c.wgtDepth,
        highest(w, l, (word) => uopWgt(word, c)),
      );
  if (src === null || wgt === null) return null;
  return insn('GEMM', {
    ...l,
    reset_reg: reset ? 1 : 0,
    dst_factor_out: dst.out,
    dst_factor_in: dst.inner,
    src_factor_out: src.out,
    src_factor_in: src.inner,
    wgt_factor_out: wgt.out,
    wgt_factor_in: wgt.inner,
  });
}

const OPERATIONS = Object.values(ALU_OPS);

/** An ALU instruction whose indices are all in range, or null. Often in place: source and destination walk together. */
export function randomAlu(w: World): AluInsn | null {
  const { r, config: c } = w;
  const at = destination(w, c.batch * c.blockOut);
  if (at === null) return null;
  const { l, dst } = at;
  const operation = r.pick(OPERATIONS.filter((op) => c.extension || !op.extension));
  const use_imm = r.chance(0.5) ? 1 : 0;
  const unused = isEmpty(l) || (use_imm === 1 && operation !== ALU_OPS.RQ);
  const reach = highest(w, l, (word) => uopSrc(word, c));
  const along = reach + (l.iter_out - 1) * dst.out + (l.iter_in - 1) * dst.inner < c.accDepth;
  const src = unused ? anyFactors(r, c.accDepth) : along && r.chance(0.5) ? dst : factorsFor(r, l, c.accDepth, reach);
  if (src === null) return null;
  return insn('ALU', {
    ...l,
    reset_reg: r.chance(0.3) ? 1 : 0,
    dst_factor_out: dst.out,
    dst_factor_in: dst.inner,
    src_factor_out: src.out,
    src_factor_in: src.inner,
    alu_opcode: operation.code,
    use_imm,
    imm: r.pick([r.int(-3, 3), r.int(-40, 40), r.int(-32768, 32767), -32768, 32767]),
  });
}
