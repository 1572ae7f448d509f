import { PACKAGE_RULES, ROOMS } from '../checks/layers.js';

/** Names of the packages that one may import, without the folders inside them. */
const below = (may: readonly string[]): readonly string[] => [...new Set(may.map((folder) => folder.split('/')[0]))];

/** What each package holds, what it may import, and its rooms from the ground up. */
export function packageTable(): string {
  const rows = PACKAGE_RULES.map(({ name, holds, may, why }) => {
    const rooms = ROOMS[name].filter((room) => !room.includes('/') && room !== '' && room !== 'messages');
    return `| \`${name}/\` | ${holds} | ${may.map((m) => `\`${m}\``).join(', ')} | ${why} | ${rooms.join(' · ')} |`;
  });
  return ['| package | holds | may import | because | its rooms, from the ground up |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The packages as a Mermaid flow chart: an arrow leads from a package to what it imports. Arrows that follow from others are left out. */
export function packagePicture(): string {
  const direct = new Map(PACKAGE_RULES.map(({ name, may }) => [name, below(may)]));
  const reaches = (from: string, to: string): boolean => (direct.get(from) ?? []).some((next) => next === to || reaches(next, to));
  const arrows = [...direct].flatMap(([name, may]) =>
    may.filter((to) => !may.some((other) => other !== to && reaches(other, to))).map((to) => `  ${name} --> ${to}`),
  );
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');
}
