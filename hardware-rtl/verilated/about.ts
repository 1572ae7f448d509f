import type { ConfigKeys } from '#isa/config/config';
import type { ModelKind } from './sources.js';

/** Beside every model: what it is. */
export const ABOUT = 'model.json';

/** The contents of {@link ABOUT}. */
export interface About {
  readonly schema: 1;
  /** What it is, for people. */
  readonly what: string;
  readonly verilator: string;
  /** Hash of sources, configuration and flags. */
  readonly key: string;
  /** From what the key can be computed again; null for programs that are not models of the design. */
  readonly model: { readonly config: ConfigKeys; readonly width: number; readonly kind: ModelKind } | null;
}
