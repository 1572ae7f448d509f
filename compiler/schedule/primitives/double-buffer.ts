import { findAlloc, replace } from '../find.js';
import { countArg, type Primitive, textArg } from '../primitive.js';

/** Sets how many places an allocation uses in turn (2: one is filled while the other is used; 1 undoes vthread's doubling). */
export const doubleBuffer: Primitive = {
  name: 'double_buffer',
  args: 'buffer, places',
  doc: 'successive entries of the allocation use that many places in turn',
  apply(func, args) {
    const { node } = findAlloc('double_buffer', func, textArg(args, 0));
    return replace(func, node, { ...node, copies: countArg('double_buffer', args, 1, 'copies') });
  },
};
