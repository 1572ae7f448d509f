import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Signals that end a command, with their numbers: the exit status is 128 more. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * A file that appears whole or not at all. It is written under another name in the same folder; `keep` gives it its own, `drop` removes it, and so does a signal
 * that ends the process in between.
 */
export class TemporaryFile {
  readonly path: string;
  private readonly off: readonly (() => void)[];

  constructor(readonly file: string) {
    this.path = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
    this.off = Object.entries(SIGNALS).map(([signal, number]) => {
      const stop = () => {
        rmSync(this.path, { force: true });
        process.exit(128 + number);
      };
      process.once(signal, stop);
      return () => process.off(signal, stop);
    });
  }

  /** @throws the error of the file system; the temporary file is removed then */
  keep(): void {
    try {
      renameSync(this.path, this.file);
    } finally {
      this.drop();
    }
  }

  drop(): void {
    rmSync(this.path, { force: true });
    for (const off of this.off) off();
  }
}
