import type { TokenChannel } from '#isa/spec/tables';

/** What a cycle of the critical path is spent on (docs/reference/advice.md). */
export const RESOURCES = ['mac', 'alu', 'read', 'write', 'fetch', 'latency', 'padding', 'pipeline', 'hazard', 'limit', 'other'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Names for people. */
export const RESOURCE_NAMES: Readonly<Record<Resource, string>> = {
  mac: 'MAC array',
  alu: 'ALU',
  read: 'bus read',
  write: 'bus write',
  fetch: 'fetch',
  latency: 'memory latency',
  padding: 'padding',
  pipeline: 'pipeline',
  hazard: 'interlocks',
  limit: 'full queues',
  other: 'other',
};

/** Points in the life of an instruction, and of a burst, that the critical path goes through. */
export type Point =
  | 'queued'
  | 'accepted'
  | 'started'
  | 'finished'
  | 'done'
  | 'pushed c2l'
  | 'pushed c2s'
  | 'retired'
  | 'running'
  | 'address'
  | 'first beat'
  | 'beat'
  | 'last beat';

/** A point with its cycle. `id` is an instruction, or a burst for the last four points. */
export interface At {
  readonly point: Point;
  readonly id: number;
  readonly time: number;
}

/** A reason why something did not happen earlier: what had to happen before, and how many cycles that takes at the least. */
export interface Reason {
  /** null: the launch. */
  readonly from: At | null;
  readonly delay: number;
  /** What these cycles are spent on. */
  readonly resource: Resource;
  /** What cycles beyond `delay` are spent on. */
  readonly rest?: Resource;
  readonly token?: TokenChannel;
}
