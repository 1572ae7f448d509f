import type { HostStep } from '../artifact/artifact.js';
import { hostOperator } from '../host/operators.js';
import type { Tensor } from '../tensor.js';

/** Runs one host operator. @throws VtaError VTA3010 (unknown operator), VTA3011 (operands do not fit) */
export const runHostStep = (step: HostStep, inputs: readonly Tensor[]): Tensor => hostOperator(step.op).run(inputs, step.attrs);
