import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { isaMessages as M } from '#isa/messages';
import { type Decoded, decodeAt } from './decode.js';
import { atInsn } from './describe.js';
import { checkStaticRanges } from './ranges.js';
import { checkFlags, orderByTokens, type Tokens } from './tokens.js';

/** Where a program is. */
export interface ProgramRequest {
  readonly dram: Uint8Array;
  /** Byte address, a multiple of 16. */
  readonly insnAddr: number;
  readonly insnCount: number;
}

/** A program ready to execute on any machine. */
export interface PreparedProgram {
  readonly insns: readonly Decoded[];
  /** Instruction indices in an order that respects units and tokens, see {@link orderByTokens}. */
  readonly order: Int32Array;
  readonly tokensAfter: Readonly<Tokens>;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly dramSize: number;
  readonly tokens: string;
  readonly program: PreparedProgram;
}

/** Remembers the last few programs of one machine by content, so that launching one again costs a comparison. */
export class ProgramCache {
  private readonly entries: Entry[] = [];

  constructor(
    readonly config: VtaConfig,
    private readonly capacity = 16,
  ) {}

  /**
   * Decodes and checks a program: everything that does not depend on data is found here, before any effect, in this order:
   * VTA1206 (count), VTA1209 (alignment), VTA1204 (program outside DRAM); then per instruction in program order VTA1205
   * (encoding), VTA1207 (flags), VTA1208 (behind FINISH), VTA1203 and VTA1204 (ranges); then VTA1202 (no FINISH); then tokens:
   * VTA1201 (deadlock), VTA1208 (not ordered before FINISH). What remains for execution is VTA1203 of GEMM and ALU indices.
   * @param tokens left over from earlier launches, unchanged
   */
  prepare(request: ProgramRequest, tokens: Readonly<Tokens>): PreparedProgram {
    checkRequest(request);
    const bytes = request.dram.subarray(request.insnAddr, request.insnAddr + request.insnCount * INSN_BYTES);
    const key = JSON.stringify(tokens);
    const at = this.entries.findIndex((e) => e.dramSize === request.dram.length && e.tokens === key && sameBytes(e.bytes, bytes));
    if (at >= 0) {
      const [entry] = this.entries.splice(at, 1);
      this.entries.push(entry);
      return entry.program;
    }
    const copy = bytes.slice();
    const program = prepareProgram(copy, request.dram.length, tokens, this.config);
    this.entries.push({ bytes: copy, dramSize: request.dram.length, tokens: key, program });
    if (this.entries.length > this.capacity) this.entries.shift();
    return program;
  }
}

function checkRequest({ dram, insnAddr, insnCount }: ProgramRequest): void {
  if (!Number.isInteger(insnCount) || insnCount < 1) fail(M.VTA1206, { count: insnCount });
  if (!Number.isInteger(insnAddr) || insnAddr < 0 || insnAddr % INSN_BYTES !== 0) fail(M.VTA1209, { address: insnAddr });
  if (insnAddr + insnCount * INSN_BYTES > dram.length) {
    fail(M.VTA1204, { address: insnAddr, bytes: insnCount * INSN_BYTES, size: dram.length }, { at: 'the instruction stream' });
  }
}

/** Of two programs, by words where memory is aligned to them. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const aligned = (a.byteOffset | b.byteOffset) % 4 === 0;
  const words = (x: Uint8Array) => (aligned ? new Int32Array(x.buffer, x.byteOffset, x.length / 4) : x);
  const [p, q] = [words(a), words(b)];
  for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return false;
  return true;
}

function prepareProgram(bytes: Uint8Array, dramSize: number, tokens: Readonly<Tokens>, config: VtaConfig): PreparedProgram {
  const insns: Decoded[] = [];
  let finished = false;
  for (let index = 0; index * INSN_BYTES < bytes.length; index++) {
    const d = decodeAt(bytes, index * INSN_BYTES, index, config);
    checkFlags(d, config);
    if (finished) fail(M.VTA1208, { index }, atInsn(index, d.insn, config));
    checkStaticRanges(d, dramSize, config);
    finished = d.kind === 'finish';
    insns.push(d);
  }
  if (!finished) fail(M.VTA1202, { count: insns.length });
  const after: Tokens = { ...tokens };
  const order = orderByTokens(insns, after, config);
  return { insns, order, tokensAfter: after };
}
