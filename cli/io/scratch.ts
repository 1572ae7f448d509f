import { closeSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Signals that end a command, with their numbers: the exit status is 128 more. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Where nothing can be made in the folder of a file that can be written itself, the scratch file is somewhere else. */
const NO_NEW_FILES = ['EACCES', 'EPERM', 'EROFS'];

let made = 0;

/**
 * A file with the contents of another one until they are complete. It has a short name of its own, because the other one's may be as long as names can be.
 * `drop` removes it, and so does the end of the process, also by a signal.
 */
export class ScratchFile {
  readonly path: string;
  /** Is it in the folder that was asked for? */
  readonly beside: boolean;
  private readonly off: (() => void)[];

  /**
   * @param folder where it should be; the system's folder for such files if nothing can be made there and `elsewhere` allows it
   * @param ending of its name, for programs that go by that
   * @throws the error of the file system
   */
  constructor(folder: string, elsewhere: boolean, ending: string) {
    const name = `.vta-${process.pid}-${made++}.tmp${ending}`;
    [this.path, this.beside] = create(folder, name, elsewhere);
    const remove = () => rmSync(this.path, { force: true });
    process.once('exit', remove);
    this.off = Object.entries(SIGNALS).map(([signal, number]) => {
      const stop = () => process.exit(128 + number);
      process.once(signal, stop);
      return () => process.off(signal, stop);
    });
    this.off.push(() => process.off('exit', remove));
  }

  drop(): void {
    rmSync(this.path, { force: true });
    for (const off of this.off) off();
  }
}

function create(folder: string, name: string, elsewhere: boolean): [path: string, beside: boolean] {
  try {
    closeSync(openSync(join(folder, name), 'wx'));
    return [join(folder, name), true];
  } catch (error) {
    if (!elsewhere || !NO_NEW_FILES.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    closeSync(openSync(join(tmpdir(), name), 'wx', 0o600));
    return [join(tmpdir(), name), false];
  }
}
