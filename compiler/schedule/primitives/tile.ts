import { findLoop } from '../find.js';
import { type Primitive, textArg } from '../primitive.js';
import { reorder } from './reorder.js';
import { split } from './split.js';

/** Splits two nested loops and puts both inner ones inside: split, split, reorder. */
export const tile: Primitive = {
  name: 'tile',
  args: 'y, x, y factor, x factor',
  doc: 'y, x become y0, x0, y1, x1',
  apply(func, args) {
    const [y, x] = [textArg(args, 0), textArg(args, 1)];
    findLoop('tile', func, y);
    findLoop('tile', func, x);
    const halves = split.apply(split.apply(func, [y, args[2]]), [x, args[3]]);
    return reorder.apply(halves, [`${y}0`, `${x}0`, `${y}1`, `${x}1`]);
  },
};
