/** Field numbers and enumerations of the TensorFlow Lite schema, version 3 (tensorflow/lite/schema/schema.fbs), as far as used. */

export const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, signatures: 7 } as const;
export const SIGNATURE = { key: 2 } as const;
export const OPERATOR_CODE = { deprecatedBuiltinCode: 0, customCode: 1, version: 2, builtinCode: 3 } as const;
export const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;
export const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4, sparsity: 6 } as const;
export const QUANTIZATION = { scale: 2, zeroPoint: 3, quantizedDimension: 6 } as const;
export const OPERATOR = { opcodeIndex: 0, inputs: 1, outputs: 2, builtinOptionsType: 3, builtinOptions: 4 } as const;
/** `offset` and `size` place the contents behind the flatbuffer, counted from the begin of the file; an offset of 0 or 1 says nothing. */
export const BUFFER = { data: 0, offset: 1, size: 2 } as const;

export const CONV_OPTIONS = { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 } as const;
export const DEPTHWISE_OPTIONS = {
  padding: 0,
  strideW: 1,
  strideH: 2,
  depthMultiplier: 3,
  activation: 4,
  dilationW: 5,
  dilationH: 6,
} as const;
export const FULLY_CONNECTED_OPTIONS = { activation: 0, weightsFormat: 1, keepDims: 2 } as const;
export const POOL_OPTIONS = { padding: 0, strideW: 1, strideH: 2, filterW: 3, filterH: 4, activation: 5 } as const;
export const ADD_OPTIONS = { activation: 0 } as const;
export const SOFTMAX_OPTIONS = { beta: 0 } as const;
export const REDUCER_OPTIONS = { keepDims: 0 } as const;
export const CONCATENATION_OPTIONS = { axis: 0, activation: 1 } as const;

export const PADDING_NAMES = ['SAME', 'VALID'] as const;
export const ACTIVATION_NAMES = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;
export const TENSOR_TYPE_NAMES = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
  'BFLOAT16',
  'INT2',
  'UINT4',
  'FLOAT8_E4M3FN',
  'FLOAT8_E5M2',
] as const;
