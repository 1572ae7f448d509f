/**
 * int8 fully connected layer. Operands: input int8 of any shape, read as rows of `in` elements; weights int8 [out,in];
 * bias int32 [out]. Result int8 [rows,out]. Arithmetic as conv2d.
 */
import type { Tensor } from '../tensor.js';
import { dot } from './conv2d.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer } from './requantize-rules.js';

function run(inputs: readonly Tensor[], attrs: Parameters<HostOperator['run']>[1]): Tensor {
  const o = new Operands('fully_connected', inputs, attrs);
  const x = o.tensor(0, 'int8').data;
  const weights = o.tensor(1, 'int8', 2);
  const bias = o.tensor(2, 'int32', 1).data;
  const [outs, ins] = weights.shape;
  o.check(ins > 0 && x.length % ins === 0, `${x.length} input elements are not rows of ${ins}`);
  o.check(bias.length === outs, `bias has ${bias.length} elements for ${outs} outputs`);
  const requantize = makeRequantizer(o.requant(outs), outs);
  const zero = o.int8('inputZeroPoint');
  const rows = x.length / ins;
  const row = new Int32Array(ins);
  const y = new Int8Array(rows * outs);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < ins; i++) row[i] = x[r * ins + i] - zero;
    for (let c = 0; c < outs; c++) y[r * outs + c] = requantize(dot(row, weights.data, c * ins, ins, bias[c]), c);
  }
  return int8Tensor([rows, outs], y);
}

export const fullyConnected: HostOperator = { run };
