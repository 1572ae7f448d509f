import type { Handler } from './handler.js';

/** What can be spread over processes, by name. A module's `start` gets what all items share, and may throw VtaErrors. */
export const TASKS = {
  cosim: () => import('../tasks/cosim.js'),
  fuzz: () => import('../fuzz/task.js'),
  'run-vector': () => import('../tasks/run-vector.js'),
};
export type TaskName = keyof typeof TASKS;

type Start<N extends TaskName> = Awaited<ReturnType<(typeof TASKS)[N]>>['start'];
export type SharedOf<N extends TaskName> = Parameters<Start<N>>[0];
export type ItemOf<N extends TaskName> = Parameters<Awaited<ReturnType<Start<N>>>>[0];
export type ResultOf<N extends TaskName> = Awaited<ReturnType<Awaited<ReturnType<Start<N>>>>>;

/** The handler of a task. */
export async function startTask<N extends TaskName>(name: N, shared: SharedOf<N>): Promise<Handler<ItemOf<N>, ResultOf<N>>> {
  const { start } = (await TASKS[name]()) as unknown as { start(shared: SharedOf<N>): Promise<Handler<ItemOf<N>, ResultOf<N>>> };
  return start(shared);
}
