import type { TimingInsn } from './program.js';
import { bytesOf } from './stored.js';

/** Everything that decides about an instruction's time, but for where its data is: there it is the position in a burst. */
type Field = Exclude<keyof TimingInsn, 'index' | 'decoded' | 'address'>;
const fieldsOf = (t: TimingInsn): readonly Field[] =>
  (Object.keys(t) as (keyof TimingInsn)[]).filter((k) => k !== 'index' && k !== 'decoded' && k !== 'address') as Field[];

/** Does no store of the program write where micro-ops are loaded from? */
function microOpsStay(insns: readonly TimingInsn[]): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const t of insns) {
    if (!t.writesUop) continue;
    const [from, to] = bytesOf(t);
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return insns.every((t) => {
    if (t.columns === 0) return true;
    const [from, to] = bytesOf(t);
    return to <= low || high <= from;
  });
}

/**
 * Numbers for the instructions of a program, the same for two only if they take the same course wherever all else is the same. Loads of micro-ops
 * also load the same ones. Null where it cannot be told that they do.
 */
function classify(insns: readonly TimingInsn[], burstBytes: number): Int32Array | null {
  if (!microOpsStay(insns)) return null;
  const fields = fieldsOf(insns[0]);
  const row = new Float64Array(fields.length + 1);
  const rows: Float64Array[] = [];
  const byHash = new Map<number, number[]>();
  return Int32Array.from(insns, (t) => {
    let hash = (row[fields.length] = t.writesUop ? t.address : t.address % burstBytes);
    for (let n = 0; n < fields.length; n++) hash = Math.imul(hash, 31) + (row[n] = Number(t[fields[n]]));
    const known = byHash.get(hash);
    const found = known?.find((c) => rows[c].every((x, n) => x === row[n]));
    if (found !== undefined) return found;
    rows.push(row.slice());
    if (known === undefined) byHash.set(hash, [rows.length - 1]);
    else known.push(rows.length - 1);
    return rows.length - 1;
  });
}

const cache = new WeakMap<readonly TimingInsn[], Map<number, Int32Array | null>>();

/** {@link classify}, computed once per program and size of bursts. */
export function insnClasses(insns: readonly TimingInsn[], burstBytes: number): Int32Array | null {
  const known = cache.get(insns) ?? new Map<number, Int32Array | null>();
  cache.set(insns, known);
  let classes = known.get(burstBytes);
  if (classes === undefined) {
    classes = classify(insns, burstBytes);
    known.set(burstBytes, classes);
  }
  return classes;
}
