/** What a whole model is, where that explains why it cannot be imported: the number formats and devices of its export. */
import type { Nature } from '../findings.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.js';

/** Operators that multiply activations with weights: their operand types say how a model is quantized. */
const WEIGHTED = [
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'TRANSPOSE_CONV',
  'CONV_3D',
  'BATCH_MATMUL',
  'SVDF',
  'LSTM',
  'UNIDIRECTIONAL_SEQUENCE_LSTM',
];
const STATE = ['CALL_ONCE', 'VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE'];

const FULL_INT8 =
  'quantize the model to int8 when you export it: give the TensorFlow Lite converter optimizations = [tf.lite.Optimize.DEFAULT], ' +
  'a representative_dataset, and target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]';

interface Facts {
  /** Types of activation and weights of the weighted operators, such as `FLOAT32xINT8`. */
  readonly products: ReadonlySet<string>;
  /** Element types of all operands and results. */
  readonly types: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  /** Whether an operator that is not a change of format reads or writes float32. */
  readonly floatWork: boolean;
  readonly float16Weights: boolean;
  readonly sparse: boolean;
}

const FORMAT_CHANGES = ['QUANTIZE', 'DEQUANTIZE', 'CAST'];

function factsOf(model: TfliteModel): Facts {
  const tensorsOf = (o: TfliteOperator): TfliteTensor[] => [...o.inputs, ...o.outputs].filter((t) => t >= 0).map(model.tensor);
  const isConstant = (t: TfliteTensor): boolean => t.data.length > 0;
  const products = model.operators
    .filter((o) => WEIGHTED.includes(o.op))
    .flatMap((o) => {
      const operands = o.inputs.filter((t) => t >= 0).map(model.tensor);
      // INT32 operands are shapes and biases; a product of two activations has no weights
      const [x, other] = operands.filter((t) => !isConstant(t) && t.type !== 'INT32');
      const weights = operands.find((t) => isConstant(t) && t.shape.length > 1) ?? other;
      return x === undefined || weights === undefined ? [] : [`${x.type}x${weights.type}`];
    });
  const all = model.operators.flatMap(tensorsOf);
  return {
    products: new Set(products),
    types: new Set(all.map((t) => t.type)),
    operators: new Set(model.operators.map((o) => o.op)),
    floatWork: model.operators.some((o) => !FORMAT_CHANGES.includes(o.op) && tensorsOf(o).some((t) => t.type === 'FLOAT32')),
    float16Weights: all.some((t) => t.type === 'FLOAT16' && isConstant(t)),
    sparse: all.some((t) => t.sparse) || model.operators.some((o) => o.op === 'DENSIFY'),
  };
}

interface Rule extends Nature {
  readonly holds: (f: Facts) => boolean;
}

const RULES: readonly Rule[] = [
  {
    name: 'a streaming model: it keeps variables from one run to the next',
    holds: (f) => STATE.some((op) => f.operators.has(op)) || f.types.has('RESOURCE'),
    advice: 'export the network without its state: the states as inputs and outputs, or the model for a whole input',
  },
  {
    name: 'a model with float16 weights',
    holds: (f) => f.float16Weights,
    advice: `${FULL_INT8}, without target_spec.supported_types = [tf.float16]`,
  },
  {
    name: 'a hybrid model: int8 weights, but float32 activations',
    holds: (f) => f.products.has('FLOAT32xINT8'),
    advice: `${FULL_INT8}; without a representative_dataset the converter quantizes only the weights`,
  },
  {
    name: 'a float32 model',
    // float16 weights are made float32 before they are used; hybrid models have a few float32 weights
    holds: (f) =>
      !f.float16Weights &&
      !f.products.has('FLOAT32xINT8') &&
      (f.products.has('FLOAT32xFLOAT32') || (f.floatWork && !f.types.has('INT8') && !f.types.has('INT16'))),
    advice: FULL_INT8,
  },
  {
    name: 'a 16x8 model: int16 activations, int8 weights',
    holds: (f) => f.products.has('INT16xINT8'),
    advice:
      'export it with tf.lite.OpsSet.TFLITE_BUILTINS_INT8 instead of EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8, so that activations are int8 too',
  },
  {
    name: 'a model in the older uint8 form, whose weights have zero points',
    holds: (f) => f.products.has('UINT8xUINT8'),
    advice: `convert the float model again with TensorFlow 2, which makes int8 with symmetric weights; ${FULL_INT8}`,
  },
  {
    name: 'a model with 4-bit weights',
    holds: (f) => f.types.has('INT4') || f.types.has('UINT4') || f.types.has('INT2'),
    advice: 'export it with int8 weights',
  },
  {
    name: 'a model with sparse weights',
    holds: (f) => f.sparse,
    advice: 'export it with dense weights, without tf.lite.Optimize.EXPERIMENTAL_SPARSITY',
  },
];

/** All that holds of a model; none for an int8 network. */
export function naturesOf(model: TfliteModel): Nature[] {
  const facts = factsOf(model);
  return RULES.filter((r) => r.holds(facts)).map(({ name, advice }) => ({ name, advice }));
}
