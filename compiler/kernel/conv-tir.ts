import type { VtaConfig } from '#isa/config/config';
import { add, int, scale, v } from '../tir/index-expr.js';
import { type Access, type Block, type Buffer, type Func, nest, type Stmt, seq, type Value } from '../tir/node.js';
import { type Epilogue, pixel, pixelLoops, stepBlock } from './epilogue.js';
import { funcName } from './plan.js';
import { type ConvSpec, physicalShape } from './spec.js';

/** Sizes of a convolution in blocks and pixels. */
export interface ConvShape {
  /** Blocks of output and input channels. */
  readonly co: number;
  readonly ko: number;
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  /** Output pixels. */
  readonly oh: number;
  readonly ow: number;
  /** Physical rows and columns of the input. */
  readonly ih: number;
  readonly iw: number;
}

export function convShape(spec: ConvSpec, config: VtaConfig): ConvShape {
  const input = physicalShape(spec.input, config.blockIn);
  return {
    co: Math.ceil(spec.output.channels / config.blockOut),
    ko: input.blocks,
    kh: spec.kernel[0],
    kw: spec.kernel[1],
    sh: spec.stride[0],
    sw: spec.stride[1],
    oh: spec.output.height,
    ow: spec.output.width,
    ih: input.rows,
    iw: input.columns,
  };
}

/** The DRAM buffers, in the order of the kernel's `buffers`. */
export function convParams(spec: ConvSpec, epilogue: Epilogue, config: VtaConfig): Buffer[] {
  const s = convShape(spec, config);
  const out = physicalShape(spec.output, config.blockOut);
  const { batch, blockIn, blockOut } = config;
  const dram = (name: string, dtype: Buffer['dtype'], shape: readonly number[]): Buffer => ({ name, dtype, shape, scope: 'dram' });
  return [
    dram('input', 'i8', [s.ko, s.ih, s.iw, batch, blockIn]),
    dram('weights', 'i8', [s.co, s.ko, s.kh, s.kw, blockOut, blockIn]),
    dram('params', 'i32', [Math.max(1, epilogue.vectors.length), s.co, batch, blockOut]),
    dram('output', 'i8', [out.blocks, out.rows, out.columns, batch, blockOut]),
  ];
}

/** Name of the block that clears a buffer. */
export const initBlock = (name: string): string => (name === 'acc' ? 'init' : `init_${name}`);

/** The convolution and its epilogue as plain loops over whole buffers, before any schedule. */
export function convFunc(spec: ConvSpec, epilogue: Epilogue, config: VtaConfig): Func {
  const s = convShape(spec, config);
  const { batch, blockIn, blockOut } = config;
  const shape = [s.co, s.oh, s.ow, batch, blockOut];
  const block = (name: string, body: Stmt): Block => ({ kind: 'block', name, annot: {}, body });
  const accumulate = convBody(spec);
  const reduction = [
    ['ko', s.ko],
    ['dy', s.kh],
    ['dx', s.kw],
  ] as const;
  const loops = [
    ...pixelLoops(shape).slice(0, 3),
    ...reduction.map(([n, e]) => [n, int(e)] as const),
    ...pixelLoops(shape).slice(3),
    ['k', int(blockIn)] as const,
  ];
  const body = [
    ...['acc', ...epilogue.temporaries].map((name) =>
      block(initBlock(name), nest(pixelLoops(shape), { kind: 'store', dst: pixel(name), value: { kind: 'const', value: 0 } })),
    ),
    block('conv', nest(loops, accumulate)),
    ...epilogue.steps.map((e) => stepBlock(e, shape)),
    block('store', nest(pixelLoops(shape), { kind: 'store', dst: outputPixel(spec), value: { kind: 'load', from: pixel('acc') } })),
  ];
  const allocated = ['acc', ...epilogue.temporaries].reduceRight<Stmt>(
    (inner, name) => ({ kind: 'alloc', buffer: { name, dtype: 'i32', shape, scope: 'dram' }, copies: 1, body: inner }),
    seq(body),
  );
  return { name: funcName(spec.name), params: convParams(spec, epilogue, config), body: allocated };
}

function convBody(spec: ConvSpec): Stmt {
  const y = add(add(scale(v('y'), spec.stride[0]), v('dy')), int(spec.input.halo.top - spec.padding.top));
  const x = add(add(scale(v('x'), spec.stride[1]), v('dx')), int(spec.input.halo.left - spec.padding.left));
  const load = (name: string, index: Access['index']): Value => ({ kind: 'load', from: { buffer: name, index } });
  const product: Value = {
    kind: 'bin',
    op: 'mul',
    a: load('input', [v('ko'), y, x, v('b'), v('k')]),
    b: load('weights', [v('co'), v('ko'), v('dy'), v('dx'), v('c'), v('k')]),
  };
  return { kind: 'store', dst: pixel('acc'), value: { kind: 'bin', op: 'add', a: { kind: 'load', from: pixel('acc') }, b: product } };
}

/** The pixel in the output buffer, behind its halo. */
export function outputPixel(spec: { readonly output: ConvSpec['output'] }): Access {
  const { top, left } = spec.output.halo;
  return { buffer: 'output', index: [v('co'), add(v('y'), int(top)), add(v('x'), int(left)), v('b'), v('c')] };
}
