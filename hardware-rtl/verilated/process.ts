import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fail } from '#isa/diag/diagnostic';
import { rtlMessages as M } from '../messages.js';
import { type Access, decodeAccesses, decodeResult, encodeAccesses, encodeJob, encodeReset, type Job, type JobResult } from './protocol.js';

/**
 * A running Verilated model. Jobs are answered in order; machine state survives from job to job until `reset`.
 * The child does not keep the Node process alive between jobs.
 */
export class RtlProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private chunks: Uint8Array[] = [];
  private available = 0;
  private wake: (() => void) | null = null;
  private closed: string | null = null;
  private errors = '';
  private last: Promise<unknown> = Promise.resolve();

  /** Has it ended? */
  get ended(): boolean {
    return this.closed !== null;
  }

  /** @param traceFile where a traced build writes its waveform */
  constructor(
    readonly executable: string,
    traceFile?: string,
  ) {
    this.child = spawn(executable, traceFile === undefined ? [] : [traceFile], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout.on('data', (chunk: Uint8Array) => this.received(chunk));
    this.child.stderr.on('data', (chunk: Uint8Array) => {
      this.errors = (this.errors + Buffer.from(chunk).toString()).slice(-2000);
    });
    this.child.stdin.on('error', () => undefined);
    this.child.on('error', (e) => this.end(e.message));
    this.child.on('close', (code, signal) => this.end(signal === null ? `exit status ${code}` : `signal ${signal}`));
    this.keepAlive(false);
  }

  /** Runs one launch, after those asked for before. @throws VtaError VTA5004 if the model dies, VTA5007 if it breaks a bus protocol */
  run(job: Job): Promise<JobResult> {
    return this.queued(() => this.exchange(job));
  }

  /** The host reads and writes registers between launches. @returns what the reads read. @throws VtaError VTA5004 */
  access(list: readonly Access[]): Promise<readonly number[]> {
    return this.queued(() =>
      this.alive(() => {
        this.child.stdin.write(encodeAccesses(list));
        return decodeAccesses((count) => this.read(count), list);
      }),
    );
  }

  reset(): void {
    this.child.stdin.write(encodeReset());
  }

  close(): void {
    this.child.stdin.end();
  }

  /** Ends it after the jobs asked for, and waits until it is gone: what it writes in the end is complete then. */
  async finish(): Promise<void> {
    await this.last;
    this.close();
    this.keepAlive(true);
    while (!this.ended) await this.news();
  }

  private queued<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private exchange(job: Job): Promise<JobResult> {
    return this.alive(async () => {
      for (const part of encodeJob(job)) this.child.stdin.write(part);
      const result = await decodeResult((count) => this.read(count), job.dram.length);
      if (result.violation !== null) fail(M.VTA5007, result.violation);
      return result;
    });
  }

  private async alive<T>(work: () => Promise<T>): Promise<T> {
    this.keepAlive(true);
    try {
      return await work();
    } finally {
      this.keepAlive(false);
    }
  }

  /** The next output or the end of the model. */
  private async news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
  }

  private keepAlive(on: boolean): void {
    const handles = [this.child, this.child.stdin, this.child.stdout, this.child.stderr] as unknown as { ref(): void; unref(): void }[];
    for (const h of handles) on ? h.ref?.() : h.unref?.();
  }

  private received(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.available += chunk.length;
    this.wake?.();
  }

  private end(reason: string): void {
    this.closed ??= reason;
    this.wake?.();
  }

  private async read(count: number): Promise<Uint8Array> {
    while (this.available < count) {
      if (this.closed !== null)
        fail(M.VTA5004, { executable: this.executable, reason: this.closed, output: this.errors.trim() || 'nothing' });
      await this.news();
    }
    const out = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const first = this.chunks[0];
      const take = Math.min(first.length, count - at);
      out.set(first.subarray(0, take), at);
      at += take;
      if (take === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(take);
    }
    this.available -= count;
    return out;
  }
}
