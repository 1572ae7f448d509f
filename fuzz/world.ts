import type { VtaConfig } from '#isa/config/config';
import type { Random } from './random.js';
import { POOL_UOPS } from './uop-pool.js';

/** Where the pool of micro-ops is: nothing stores there. */
export const POOL_ADDRESS = 0x1000;
export const POOL_BYTES = POOL_UOPS * 4;
/** Micro-ops that motifs put into memory for themselves, behind the pool; nothing stores there either. */
export const MOTIF_ADDRESS = POOL_ADDRESS + POOL_BYTES;
export const MOTIF_UOPS = 1536;
/** Data that is loaded and stored over; a multiple of every element size. */
export const DATA_ADDRESS = 0x3000;

/** How much one program may do. */
export interface Budget {
  /** GEMM micro-ops, ALU vectors and scratchpad elements moved: what a cycle simulator pays. */
  readonly steps: number;
  /** Multiplications and lanes: what plain execution pays. */
  readonly lanes: number;
  /** Iterations of a loop, apart from a few. */
  readonly iterations: number;
}

/** What the generator of instructions knows. */
export interface World {
  readonly config: VtaConfig;
  readonly r: Random;
  /** Memory before the first launch, up to the programs. */
  readonly dram: Uint8Array;
  /** The micro-op buffer as it stands at this point of the program. */
  readonly uop: Uint32Array;
  readonly dataBytes: number;
  /** Elements on which a program likes to work. */
  readonly spread: number;
  readonly iterations: number;
  /** What is left of the budget. */
  steps: number;
  lanes: number;
  /** Micro-ops that are in the memory area of motifs. */
  motifUops: number;
}
