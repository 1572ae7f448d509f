/**
 * The published core: apache/tvm-vta hardware/chisel at d4a15f6, De10 configuration (64-bit data, 16-beat bursts), behind the memory of its own
 * simulation (tsim). docs/reference/vta-chisel.md says what each number does.
 */
export const NEVER = Infinity;

/** Bytes of a beat. */
export const BEAT_BYTES = 8;
/** A burst never crosses a multiple of this: 16 beats. */
export const BURST_BYTES = 128;
/** Bursts granted whose last beat has not arrived. */
export const READ_BURSTS = 16;
/** Instructions that one fetch burst brings, and that are handed out before the next is asked for. */
export const FETCH_INSNS = 8;
export const QUEUE_DEPTH = 512;
/** Largest count of a token channel: one more is lost. */
export const MAX_TOKENS = 255;
/** Micro-ops that the scratchpad holds, whatever the configuration file says. */
export const UOP_ENTRIES = 2048;
/** Cycles of a GEMM or ALU instruction beside those in which its pipeline takes operands. */
export const PIPELINE_CYCLES = 7;

/** Beats that the bytes `[from, to)` touch. */
export const beatsOf = (from: number, to: number): number => Math.floor((to - 1) / BEAT_BYTES) - Math.floor(from / BEAT_BYTES) + 1;

/** End of the burst that starts at `from` and may reach to `to`. */
export const burstEnd = (from: number, to: number): number => Math.min(to, (Math.floor(from / BURST_BYTES) + 1) * BURST_BYTES);
