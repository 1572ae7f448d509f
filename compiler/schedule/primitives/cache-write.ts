import { type Access, type Alloc, type For, loadsOf, type Stmt, seq } from '../../tir/node.js';
import { mapAccesses } from '../../tir/visit.js';
import { findBlock, findBuffer, replace } from '../find.js';
import { freshBlock, freshBuffer } from '../names.js';
import { type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Lets a block write an int32 buffer of its own, which a new block copies to the original one.
 *
 *   block add { for i.. { out[i, b, c] = x[i, b, c] + 1 } }
 *   =>
 *   alloc out_acc: i32[..]
 *   block add { for i.. { out_acc[i, b, c] = x[i, b, c] + 1 } }
 *   block store_out { for i.. { out[i, b, c] = out_acc[i, b, c] } }
 *
 * Needs: a block that is one perfect nest, writing an element per iteration without reading the buffer.
 */
export const cacheWrite: Primitive = {
  name: 'cache_write',
  args: 'block',
  doc: 'the block writes a new buffer BUFFER_acc, and a new block store_BUFFER copies that to the original',
  apply(func, args) {
    const block = findBlock('cache_write', func, textArg(args, 0)).node;
    const loops: For[] = [];
    let s: Stmt = block.body;
    for (; s.kind === 'for'; s = s.body) loops.push(s);
    if (s.kind !== 'store')
      refuse('cache_write', args, block.name, 'it is not one perfect nest around one assignment', 'cache_write before other primitives');
    const { dst, value } = s;
    if (loadsOf(value).some((l) => l.buffer === dst.buffer)) {
      refuse('cache_write', args, block.name, `it reads ${dst.buffer}, which it writes`, 'give the accumulation its own buffer');
    }
    const original = findBuffer('cache_write', func, dst.buffer);
    const name = freshBuffer(func, `${original.name}_acc`);
    const moved = (a: Access): Access => (a.buffer === original.name ? { ...a, buffer: name } : a);
    const copy: Stmt = { kind: 'store', dst, value: { kind: 'load', from: { buffer: name, index: dst.index } } };
    const store = loops.reduceRight<Stmt>((inner, l) => ({ ...l, body: inner }), copy);
    const alloc: Alloc = {
      kind: 'alloc',
      buffer: { ...original, name, dtype: 'i32', scope: 'dram' },
      copies: 1,
      body: seq([
        { ...block, body: mapAccesses(block.body, moved) },
        { kind: 'block', name: freshBlock(func, `store_${original.name}`), annot: {}, body: store },
      ]),
    };
    return replace(func, block, alloc);
  },
};
