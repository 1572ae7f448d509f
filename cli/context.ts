/** Where a command writes: results to `out`, progress and diagnostics to `err`. Tests give their own. */
export interface Context {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `err` is a terminal, so a progress line may be drawn and erased. */
  readonly interactive: boolean;
}

/** 0 good; 1 the user's error or a failed comparison; 2 an internal error. */
export type ExitStatus = 0 | 1 | 2;

/** What a command module exports as `run`: positional arguments and options as commander gives them. */
export type Run = (context: Context, args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<ExitStatus>;
