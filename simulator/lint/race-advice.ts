import { UNITS, type Unit } from '#isa/spec/tables';

/** The flags with which a token goes from one unit to its neighbour. */
const flags = (from: Unit, to: Unit): readonly [push: string, pop: string] =>
  UNITS.indexOf(from) < UNITS.indexOf(to) ? ['push_next', 'pop_prev'] : ['push_prev', 'pop_next'];

/** How to make instruction `later` wait for instruction `earlier` of another unit. */
export function raceAdvice(earlier: number, from: Unit, later: number, to: Unit): string {
  if (from === 'compute' || to === 'compute') {
    const [push, pop] = flags(from, to);
    return `let instruction ${later} pop a token (${pop}) that instruction ${earlier}, or a later one of ${from}, pushes (${push})`;
  }
  const [push, pop] = flags(from, 'compute');
  const [pushOn, popOn] = flags('compute', to);
  return (
    `${from} and ${to} have no channel between them: let instruction ${earlier}, or a later one of ${from}, push a token to compute (${push}), ` +
    `an instruction of compute pop it (${pop}) and push one to ${to} (${pushOn}), and instruction ${later} pop that (${popOn})`
  );
}
