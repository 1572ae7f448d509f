import type { Context } from '../context.js';

/** One line on the terminal that is overwritten; nothing where there is no terminal. */
export interface Progress {
  show(text: string): void;
  /** Erases the line; call before printing anything else. */
  clear(): void;
}

const WIDTH = 78;

export function progressOf(context: Context): Progress {
  if (!context.interactive) return { show: () => {}, clear: () => {} };
  let shown = false;
  return {
    show: (text) => {
      shown = true;
      context.err(`\r${text.slice(0, WIDTH).padEnd(WIDTH)}`);
    },
    clear: () => {
      if (shown) context.err(`\r${' '.repeat(WIDTH)}\r`);
      shown = false;
    },
  };
}
