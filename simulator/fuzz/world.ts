import type { VtaConfig } from '#isa/config/config';
import { POOL_UOPS } from './uop-pool.js';
import type { Random } from './random.js';

/** Where the pool of micro-ops is: nothing stores there. */
export const POOL_ADDRESS = 0x1000;
/** Data that is loaded and stored over; a multiple of every element size. */
export const DATA_ADDRESS = 0x2000;
export const POOL_BYTES = POOL_UOPS * 4;

/** How much one program may do. */
export interface Budget {
  /** GEMM micro-ops, ALU vectors and scratchpad elements moved: what a cycle simulator pays. */
  readonly steps: number;
  /** Multiplications and lanes: what plain execution pays. */
  readonly lanes: number;
}

/** What the generator of instructions knows. */
export interface World {
  readonly config: VtaConfig;
  readonly r: Random;
  /** The micro-op buffer as it stands at this point of the program. */
  readonly uop: Uint32Array;
  readonly dataBytes: number;
  /** Elements on which a program likes to work. */
  readonly spread: number;
  /** What is left of the budget. */
  steps: number;
  lanes: number;
}
