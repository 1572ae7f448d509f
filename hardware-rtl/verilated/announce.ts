/** Says that a model is being built, because that takes as long as all the rest of a command together, and looks like hanging. */

const TICK_MS = 1000;

/** One build, as it is told of on standard error: a line when it begins and when it ends, and on a terminal the seconds between. */
export class BuildNotice {
  private readonly began = performance.now();
  private readonly ticking: NodeJS.Timeout | null;
  private step = 'verilator';

  constructor(what: string, verilator: string, folder: string) {
    const { stderr } = process;
    const terminal = stderr.isTTY === true;
    stderr.write(
      `${terminal ? '\r\u001b[K' : ''}building the RTL model of ${what} with Verilator ${verilator}, once; it is kept in ${folder}\n`,
    );
    this.ticking = terminal ? setInterval(() => stderr.write(`\r\u001b[K${this.step}, ${this.seconds()} s`), TICK_MS) : null;
    this.ticking?.unref();
  }

  /** The program that works now. */
  at(step: string): void {
    this.step = step;
  }

  end(built: boolean): void {
    if (this.ticking !== null) clearInterval(this.ticking);
    if (this.ticking !== null) process.stderr.write('\r\u001b[K');
    if (built) process.stderr.write(`built the RTL model in ${this.seconds()} s\n`);
  }

  private seconds(): number {
    return Math.round((performance.now() - this.began) / 1000);
  }
}

/** Another process builds it. */
export const announceWaiting = (what: string): void =>
  void process.stderr.write(`waiting for another process that builds the RTL model of ${what}\n`);
