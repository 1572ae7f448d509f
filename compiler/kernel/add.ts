import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import type { Schedule } from '../schedule/primitive.js';
import { step } from '../schedule/schedule.js';
import { add, int, v } from '../tir/index-expr.js';
import { type Access, type Block, type Buffer, type Func, nest, type Stmt, seq } from '../tir/node.js';
import { addEpilogue } from './add-epilogue.js';
import { outputPixel } from './conv-tir.js';
import { PER_INSTRUCTION, PIPELINE } from './cost-model.js';
import { isExact } from './exactness.js';
import { type Epilogue, packVectors, pixel, pixelLoops, stepBlock } from './epilogue.js';
import { kernelMessages as M } from './messages.js';
import { funcName, type PlannedKernel } from './plan.js';
import { type ActivationLayout, type AddSpec, physicalShape } from './spec.js';

/** Residual addition: both inputs are widened into accumulators, the vector unit does the arithmetic. */
export function planAdd(spec: AddSpec, config: VtaConfig): PlannedKernel {
  const epilogue = addEpilogue(spec, config);
  const tile = chooseAddTile(spec, epilogue, config);
  if (tile === null) fail(M.VTA2404, { name: spec.name, config: config.name, needs: `${2 + epilogue.vectors.length} ACC elements` });
  return {
    func: addFunc(spec, epilogue, config),
    schedule: addSchedule(tile, epilogue),
    constants: { params: packVectors(epilogue.vectors, config) },
    macs: 0,
    notes: [],
    exact: isExact(epilogue.exactness),
    remarks: [],
  };
}

export interface AddTile {
  readonly co: number;
  readonly h: number;
  readonly w: number;
  readonly threads: 1 | 2 | 3;
}

/**
 * The tile with the lowest estimate among those that fit: short ones begin and end quickly, long ones need few instructions
 * (which are fetched ahead of all loads). Null when not even one vector fits.
 */
export function chooseAddTile(spec: AddSpec, e: Epilogue, config: VtaConfig): AddTile | null {
  const { blocks } = physicalShape(spec.output, config.blockOut);
  const { height, width } = spec.output;
  let best: AddTile | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const threads of [3, 2, 1] as const) {
    const room = Math.floor((config.accDepth - e.vectors.length) / (2 * threads));
    for (const [co, h, w] of boxes(blocks, height, width)) {
      if (co * h * w > room) continue;
      const cost = estimateAdd({ co, h, w, threads }, spec, e, config);
      if (cost >= bestCost) continue;
      best = { co, h, w, threads };
      bestCost = cost;
    }
  }
  return best;
}

/** Tiles that are runs of whole rows, or of parts of a row. */
function* boxes(blocks: number, height: number, width: number): Generator<readonly [number, number, number]> {
  for (let n = 1; n <= width; n++) yield [1, 1, Math.ceil(width / n)];
  for (let n = 1; n < height; n++) yield [1, Math.ceil(height / n), width];
  for (let n = 1; n < blocks; n++) yield [Math.ceil(blocks / n), height, width];
}

function estimateAdd(t: AddTile, spec: AddSpec, e: Epilogue, c: VtaConfig): number {
  const { blocks } = physicalShape(spec.output, c.blockOut);
  const tiles = Math.ceil(blocks / t.co) * Math.ceil(spec.output.height / t.h) * Math.ceil(spec.output.width / t.w);
  const vectors = t.co * t.h * t.w;
  const fetch = PER_INSTRUCTION * tiles * (e.steps.length + 3 * t.co);
  const load = (2 * vectors * c.outBytes) / 8;
  const store = (vectors * c.outBytes) / 8;
  const alu = e.steps.length * Math.max(vectors, PIPELINE);
  const round = t.threads === 1 ? load + alu + store + 60 : Math.max(alu, load) + (t.threads === 2 ? 20 : 0);
  return fetch + load + tiles * round + store;
}

const layoutBuffer = (name: string, a: ActivationLayout, c: VtaConfig): Buffer => {
  const p = physicalShape(a, c.blockOut);
  return { name, dtype: 'i8', shape: [p.blocks, p.rows, p.columns, c.batch, c.blockOut], scope: 'dram' };
};

function inputPixel(name: string, a: ActivationLayout): Access {
  return { buffer: name, index: [v('co'), add(v('y'), int(a.halo.top)), add(v('x'), int(a.halo.left)), v('b'), v('c')] };
}

/** The addition as plain loops over whole buffers. */
export function addFunc(spec: AddSpec, epilogue: Epilogue, config: VtaConfig): Func {
  const { blocks } = physicalShape(spec.output, config.blockOut);
  const shape = [blocks, spec.output.height, spec.output.width, config.batch, config.blockOut];
  const block = (name: string, body: Stmt): Block => ({ kind: 'block', name, annot: {}, body: nest(pixelLoops(shape), body) });
  const load = (name: string, to: string, from: Access) => block(name, { kind: 'store', dst: pixel(to), value: { kind: 'load', from } });
  const body = seq([
    load('load', 'acc', inputPixel('input', spec.inputs[0])),
    load('load_other', 'other', inputPixel('input2', spec.inputs[1])),
    ...epilogue.steps.map((s) => stepBlock(s, shape, true)),
    block('store', { kind: 'store', dst: outputPixel(spec), value: { kind: 'load', from: pixel('acc') } }),
  ]);
  const params: Buffer = {
    name: 'params',
    dtype: 'i32',
    shape: [Math.max(1, epilogue.vectors.length), 1, config.batch, config.blockOut],
    scope: 'dram',
  };
  return {
    name: funcName(spec.name),
    params: [
      layoutBuffer('input', spec.inputs[0], config),
      layoutBuffer('input2', spec.inputs[1], config),
      params,
      layoutBuffer('output', spec.output, config),
    ],
    body: ['acc', 'other'].reduceRight<Stmt>(
      (inner, name) => ({ kind: 'alloc', buffer: { name, dtype: 'i32', shape, scope: 'dram' }, copies: 1, body: inner }),
      body,
    ),
  };
}

/** Tiles over the output; the loads of the next tile come before the arithmetic of this one. */
export function addSchedule(t: AddTile, e: Epilogue): Schedule {
  const loops = ['store.co0', 'store.y0', 'store.x0'];
  const loads = ['load_other', 'load'];
  const blocks = e.steps.map((s) => s.block);
  return [
    step('split', 'store.co', t.co),
    step('split', 'store.y', t.h),
    step('split', 'store.x', t.w),
    step('reorder', ...loops, 'store.co1', 'store.y1', 'store.x1'),
    ...[...blocks].reverse().map((b) => step('compute_at', b, 'store.x0')),
    ...loads.map((b) => step('compute_at', b, 'store.x0')),
    step('set_scope', 'acc', 'acc'),
    step('set_scope', 'other', 'acc'),
    ...(e.vectors.length > 0 ? [step('cache_read', 'params', 'acc', 'root')] : []),
    ...(t.threads > 1 ? loops.map((l) => step('vthread', l, t.threads)) : []),
    ...(t.threads === 3 ? loads.map((b) => step('annotate', b, 'stage', -1)) : []),
    ...blocks.map((b) => step('tensorize', b, 'alu')),
    ...(e.vectors.length > 0 ? [step('tensorize', 'load_params', 'dma')] : []),
    ...loads.map((b) => step('tensorize', b, 'dma')),
    step('tensorize', 'store', 'dma'),
  ];
}
