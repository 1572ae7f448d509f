/** Hand-written tensor programs: a scheduled TIR function becomes one launch, its parameters become inputs and outputs. */
import { encodeProgram } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import type { Artifact, ArtifactValue, Step } from '#runtime/artifact/artifact';
import { sizeOf } from '#runtime/tensor';
import { type DramMemory, lowerFunc } from '../lower/lower.js';
import type { Schedule } from '../schedule/primitive.js';
import { applySchedule } from '../schedule/schedule.js';
import { accessesOf, type Buffer, type Func } from '../tir/node.js';
import { verifyTir } from '../tir/verify.js';
import { walk } from '../tir/visit.js';
import { checkShape } from './artifact-values.js';
import { DeviceMemory, elementBytes } from './device-memory.js';
import { pipelineMessages as M } from './messages.js';
import { relocate } from './relocate.js';
import { Stopwatch } from '../stopwatch.js';

/** Multiply-accumulates that a program's GEMM instructions do, resets aside. */
function gemmMacs(insns: readonly Insn[], c: VtaConfig): number {
  const perUop = c.batch * c.blockIn * c.blockOut;
  return insns.reduce((sum, i) => {
    if (i.op !== 'GEMM' || i.reset_reg === 1) return sum;
    return sum + (i.uop_end - i.uop_bgn) * i.iter_out * i.iter_in * perUop;
  }, 0);
}

/** Names of the buffers that the function reads and writes. */
function traffic(func: Func): { readonly reads: ReadonlySet<string>; readonly writes: ReadonlySet<string> } {
  const reads = new Set<string>();
  const writes = new Set<string>();
  walk(func.body, (s) => {
    if (s.kind === 'for' || s.kind === 'seq' || s.kind === 'alloc' || s.kind === 'block') return;
    const accesses = accessesOf(s);
    for (const a of accesses.reads) reads.add(a.buffer);
    for (const a of accesses.writes) writes.add(a.buffer);
  });
  return { reads, writes };
}

const BITS = { i8: 8, i32: 32 } as const;

/** @throws VtaError VTA2106 where the buffer's element is not the machine's */
function checkBuffer(func: Func, p: Buffer, memory: DramMemory, config: VtaConfig): void {
  const tile = sizeOf(p.shape.slice(-2));
  const bytes = (tile * BITS[p.dtype]) / 8;
  const must = elementBytes(memory, config);
  if (bytes !== must)
    fail(M.VTA2106, { func: func.name, buffer: p.name, tile: p.shape.slice(-2).join('x'), bytes, memory, config: config.name, must });
}

const portOf = (p: Buffer): ArtifactValue => ({
  name: p.name,
  dtype: p.dtype === 'i8' ? 'int8' : 'int32',
  shape: p.shape,
  quantization: null,
});

/**
 * Compiles a tensor program. Parameters that it reads are inputs, those that it writes are outputs (one may be both), each in the
 * shape and order of its declaration.
 * @throws VtaError VTA22xx, VTA23xx, VTA24xx (rules, schedule, lowering), VTA2104, VTA2106, VTA2107 (sizes, tiles of another machine)
 */
export function compileTir(func: Func, schedule: Schedule, config: VtaConfig, stopwatch = new Stopwatch()): Artifact {
  const scheduled = stopwatch.time('schedule', '', () => applySchedule(func, schedule));
  stopwatch.time('check', '', () => verifyTir(scheduled));
  const lowered = stopwatch.time('lower', '', () => lowerFunc(scheduled, config));
  const memory = new DeviceMemory();
  const { reads, writes } = traffic(scheduled);
  const values: ArtifactValue[] = [];
  const [inputs, outputs]: number[][] = [[], []];
  const before: Step[] = [];
  const after: Step[] = [];
  const bases = scheduled.params.map((p, i) => {
    const type = lowered.memories[i];
    if (type === null) return 0;
    checkBuffer(scheduled, p, type, config);
    checkShape(p);
    const unit = elementBytes(type, config);
    const address = memory.reserve((sizeOf(p.shape) * BITS[p.dtype]) / 8, unit);
    if (reads.has(p.name)) {
      inputs.push(values.push(portOf(p)) - 1);
      before.push({ kind: 'write', value: values.length - 1, address });
    }
    if (writes.has(p.name)) {
      outputs.push(values.push(portOf(p)) - 1);
      after.push({ kind: 'read', value: values.length - 1, address });
    }
    return address / unit;
  });
  bases.push(memory.place('uops', lowered.uops) / config.uopBytes);
  const insns = relocate(lowered.insns, lowered.relocations, bases);
  const insnAddr = memory.place('instructions', encodeProgram(insns, config));
  const macs = gemmMacs(insns, config);
  const launch: Step = { kind: 'vta', name: func.name, op: 'tir', insnAddr, insnCount: insns.length, macs, notes: [], exact: true };
  const steps = [...before, launch, ...after];
  return { name: func.name, config, values, inputs, outputs, steps, dramBytes: memory.size, image: memory.image };
}
