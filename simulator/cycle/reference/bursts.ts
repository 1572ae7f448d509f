/** timing.md, Fetch and Loader: where the burst ends that starts at byte `from` of a row or program that ends at `to` and never crosses a multiple of `unit`. */
export function endOfBurst(from: number, to: number, unit: number): number {
  const boundary = from - (from % unit) + unit;
  return boundary < to ? boundary : to;
}

/** Beats of `beatBytes` bytes that hold a byte of `[from, to)`, counted one by one. */
export function countBeats(from: number, to: number, beatBytes: number): number {
  let beats = 0;
  for (let beat = from - (from % beatBytes); beat < to; beat += beatBytes) beats++;
  return beats;
}
