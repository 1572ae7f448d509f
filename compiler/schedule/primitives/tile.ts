import { findLoop } from '../find.js';
import { countArg, type Primitive, textArg } from '../primitive.js';
import { reorder } from './reorder.js';
import { splitLoop } from './split.js';

/** Splits two nested loops and puts both inner ones inside: split, split, reorder. */
export const tile: Primitive = {
  name: 'tile',
  args: 'y, x, y factor, x factor',
  doc: 'y, x become y0, x0, y1, x1',
  apply(func, args) {
    const [y, x] = [textArg(args, 0), textArg(args, 1)];
    findLoop('tile', func, y);
    findLoop('tile', func, x);
    const rows = splitLoop(func, y, countArg('tile', args, 2), args);
    const columns = splitLoop(rows.func, x, countArg('tile', args, 3), args);
    return reorder.apply(columns.func, [rows.outer, columns.outer, rows.inner, columns.inner]);
  },
};
