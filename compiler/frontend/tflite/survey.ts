/** Collects what keeps a TensorFlow Lite model from being imported: operators, element types, subgraphs, and what conversion refuses. */
import { type Finding, Findings, type MissingItem, Refused } from '../findings.js';
import { operatorPlace } from './context.js';
import type { TfliteModel, TfliteOperator } from './model.js';
import { CONVERTERS } from './operators/table.js';
import { typeOf } from './tensors.js';

/** Operators that run another subgraph of the file. */
const CALLERS = /^(CALL_ONCE|CALL|IF|WHILE|STABLEHLO_(CASE|COMPOSITE|REDUCE|REDUCE_WINDOW|SCATTER|SORT|WHILE))$/;
/** Kinds of findings that belong to a tensor, which several operators may use. */
const OF_TENSORS: readonly Finding['kind'][] = ['type', 'shape', 'quantization'];

/** What a user may do about operators that have an equivalent elsewhere. */
function operatorRemedy(op: string): string {
  if (op.startsWith('custom "Flex')) return 'convert without tf.lite.OpsSet.SELECT_TF_OPS: Flex operators are TensorFlow itself';
  if (op.startsWith('custom')) return 'custom operators exist only in the program that registers them: end the network before them';
  return '';
}

export class Survey {
  private readonly findings = new Findings();
  private readonly tensors = new Set<string>();
  /** Operators that were refused, by number. */
  readonly refused = new Set<number>();

  constructor(private readonly model: TfliteModel) {
    if (model.subgraphCount > 1) this.subgraphs();
  }

  get missing(): readonly MissingItem[] {
    return this.findings.list;
  }

  private add(finding: Finding): void {
    if (OF_TENSORS.includes(finding.kind)) {
      const key = `${finding.kind} ${finding.place}`;
      if (this.tensors.has(key)) return;
      this.tensors.add(key);
    }
    this.findings.add(finding);
  }

  /** The result of `make`; null where that is refused, which is noted. */
  attempt<T>(make: () => T, operator?: TfliteOperator): T | null {
    try {
      return make();
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      if (operator !== undefined) this.refused.add(operator.index);
      this.add(e.finding);
      return null;
    }
  }

  /** Notes an operator without a converter, and element types that are not supported. */
  operator(o: TfliteOperator): void {
    if (!Object.hasOwn(CONVERTERS, o.op)) {
      this.refused.add(o.index);
      this.add({ kind: 'operator', subject: o.op, problem: '', place: operatorPlace(this.model, o), remedy: operatorRemedy(o.op) });
    }
    const { inputs, outputs } = this.model;
    const ends = [...inputs, ...outputs];
    // what is inside an operator that is not supported does not matter
    const seen = (t: number): boolean => t >= 0 && (Object.hasOwn(CONVERTERS, o.op) || ends.includes(t));
    for (const t of [...o.inputs, ...o.outputs].filter(seen)) this.attempt(() => typeOf(this.model, this.model.tensor(t)));
  }

  private subgraphs(): void {
    const { subgraphCount: count, signatures, operators } = this.model;
    const caller = operators.find((o) => CALLERS.test(o.op));
    const names = signatures.length > 1 ? ` (signatures ${signatures.join(', ')})` : '';
    this.add({
      kind: 'structure',
      subject: `${count} subgraphs`,
      problem: caller === undefined ? `a program is made from one${names}` : `${caller.op} runs another one`,
      place: caller === undefined ? 'the file' : operatorPlace(this.model, caller),
      remedy:
        caller === undefined
          ? 'export one function alone: give the converter one of the signature_keys'
          : 'export the network without control flow',
    });
  }
}
