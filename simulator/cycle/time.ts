/** A cycle that does not come: later than every other. */
export const NEVER = Infinity;
