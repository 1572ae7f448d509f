import { UNITS, type Unit } from '#isa/spec/tables';

/** An instruction and its unit. */
interface Party {
  readonly insn: number;
  readonly unit: Unit;
}

/** The flags with which a token goes from one unit to its neighbour. */
const flags = (from: Unit, to: Unit): readonly [push: string, pop: string] =>
  UNITS.indexOf(from) < UNITS.indexOf(to) ? ['push_next', 'pop_prev'] : ['push_prev', 'pop_next'];

/** How to make `second` wait for `first`, where both units are neighbours. */
function wait(first: Party, second: Party): string {
  const [push, pop] = flags(first.unit, second.unit);
  return `instruction ${second.insn} must pop a token (${pop}) that instruction ${first.insn}, or a later one of ${first.unit}, pushes (${push})`;
}

/** How to order two instructions that race; which of them is meant to come first only the program's author knows. */
export function raceAdvice(a: Party, b: Party): string {
  if (a.unit === 'compute' || b.unit === 'compute')
    return `order them: if ${a.insn} is to come first, ${wait(a, b)}; if ${b.insn} is, ${wait(b, a)}`;
  const [push, pop] = flags(a.unit, 'compute');
  const [pushOn, popOn] = flags('compute', b.unit);
  return (
    `order them; ${a.unit} and ${b.unit} have no channel between them, so it goes through compute: if ${a.insn} is to come first, it (or a later one of ${a.unit}) must push a ` +
    `token to compute (${push}), an instruction of compute pop it (${pop}) and push one to ${b.unit} (${pushOn}), and instruction ${b.insn} pop that (${popOn})`
  );
}
