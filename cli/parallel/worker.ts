import { type Diagnostic, VtaError } from '#isa/diag/diagnostic';
import type { Handler } from './handler.js';
import { startTask, type TaskName } from './tasks.js';

/** What a worker is told with every item; a worker serves one task. */
export interface Order {
  readonly task: TaskName;
  readonly shared: unknown;
  readonly item: unknown;
}

/** A user's error does not survive the way between threads as an object; its diagnostics do. */
export type Reply = { readonly result: unknown } | { readonly diagnostics: readonly Diagnostic[] };

let handler: Promise<Handler<unknown, unknown>> | undefined;

/** What the worker threads run. */
export async function work({ task, shared, item }: Order): Promise<Reply> {
  try {
    handler ??= startTask(task, shared as never) as Promise<Handler<unknown, unknown>>;
    return { result: await (await handler)(item, () => undefined) };
  } catch (error) {
    if (error instanceof VtaError) return { diagnostics: error.diagnostics };
    throw error;
  }
}
