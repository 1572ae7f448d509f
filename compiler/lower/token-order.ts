import type { Insn } from '#isa/spec/instructions';

/**
 * For tests: per instruction, those that are certainly complete before it begins, by the order within each unit and the
 * tokens alone. `units[i]` is 0 for Load, 1 for Compute, 2 for Store. Throws where tokens do not balance or point forward.
 */
export function happensBefore(insns: readonly Insn[], units: readonly number[]): Set<number>[] {
  const direct: number[][] = insns.map(() => []);
  const last = [-1, -1, -1];
  const channel = new Map<string, number[]>();
  const queue = (from: number, to: number) => {
    const key = `${from}>${to}`;
    if (!channel.has(key)) channel.set(key, []);
    return channel.get(key) as number[];
  };
  const pops: { readonly at: number; readonly from: number }[] = [];
  insns.forEach((i, n) => {
    const u = units[n];
    if (last[u] >= 0) direct[n].push(last[u]);
    last[u] = n;
    if (i.pop_prev_dep) pops.push({ at: n, from: u - 1 });
    if (i.pop_next_dep) pops.push({ at: n, from: u + 1 });
    if (i.push_prev_dep) queue(u, u - 1).push(n);
    if (i.push_next_dep) queue(u, u + 1).push(n);
  });
  for (const { at: n, from } of pops) {
    const producer = queue(from, units[n]).shift();
    if (producer === undefined) throw new Error(`instruction ${n} pops a token that nobody pushes`);
    direct[n].push(producer);
  }
  for (const [key, rest] of channel) if (rest.length > 0) throw new Error(`${rest.length} tokens are left on ${key}`);
  const out: Set<number>[] = [];
  direct.forEach((before, n) => {
    if (before.some((b) => b >= n)) throw new Error(`instruction ${n} waits for a later one`);
    out.push(new Set(before.flatMap((b) => [b, ...out[b]])));
  });
  return out;
}
