import { VtaError } from '#isa/diag/diagnostic';
import { type ItemOf, type ResultOf, type SharedOf, startTask, type TaskName } from './tasks.js';
import type { Order, Reply } from './worker.js';

/** How far the workers may run ahead of the result that is used next, per worker. */
const AHEAD = 8;

export interface Work<N extends TaskName> {
  readonly task: N;
  readonly shared: SharedOf<N>;
  readonly items: readonly ItemOf<N>[];
  /** Threads; with 1 everything happens in this one. */
  readonly jobs: number;
  readonly show: (text: string) => void;
}

/**
 * Does all items, several at a time, and hands out the results in the order of the items.
 * @throws VtaError and others, what the task throws for the first item that fails; items behind it may have been done
 */
export async function forEachInOrder<N extends TaskName>(
  { task, shared, items, jobs, show }: Work<N>,
  use: (result: ResultOf<N>, item: ItemOf<N>, index: number) => void,
): Promise<void> {
  if (jobs > 1 && items.length > 1) return inWorkers({ task, shared, items, jobs, show }, use);
  const handle = await startTask(task, shared);
  for (const [index, item] of items.entries()) use(await handle(item, show), item, index);
}

async function inWorkers<N extends TaskName>(
  { task, shared, items, jobs, show }: Work<N>,
  use: (result: ResultOf<N>, item: ItemOf<N>, index: number) => void,
): Promise<void> {
  const { Tinypool } = await import('tinypool');
  const threads = Math.min(jobs, items.length);
  const filename = new URL('./worker.js', import.meta.url).href;
  const pool = new Tinypool({ filename, name: 'work', minThreads: threads, maxThreads: threads });
  const replies: Promise<Reply>[] = [];
  const order = (item: ItemOf<N>): Promise<Reply> => {
    const reply = pool.run({ task, shared, item } satisfies Order) as Promise<Reply>;
    // of several that fail, the first one is reported
    reply.catch(() => undefined);
    return reply;
  };
  try {
    for (const [index, item] of items.entries()) {
      while (replies.length < Math.min(items.length, index + AHEAD * threads)) replies.push(order(items[replies.length]));
      const reply = await replies[index];
      if ('diagnostics' in reply) throw new VtaError(reply.diagnostics);
      use(reply.result as ResultOf<N>, item, index);
      show(`${index + 1}/${items.length}`);
    }
  } finally {
    await pool.destroy();
  }
}
