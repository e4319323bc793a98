import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { controlMemory, own } from '../job/control.js';
import { packRequests, type Reply, type Request, unpackReplies } from '../job/frame.js';
import { sourceArgv } from '../job/source-argv.js';
import type { LaneData, LaneMessage } from './lane-thread.js';

const fromSource = import.meta.url.endsWith('.ts');
const threadFile = new URL(fromSource ? './lane-thread.ts' : './lane-thread.js', import.meta.url);
const execArgv = sourceArgv(import.meta.url);

/** Hardly anything outlives a job in a lane, so a large heap would only cost memory: some 20 MiB per lane. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

export interface LaneEvents<Job extends Request> {
  /** The batch is answered, with replies in the order of `jobs`. */
  answered(lane: Lane<Job>, jobs: readonly Job[], replies: readonly Reply[]): void;
  ready(lane: Lane<Job>): void;
  /** The thread ended unexpectedly with `jobs`, of which the first `begun` had begun. */
  crashed(lane: Lane<Job>, jobs: readonly Job[], begun: number, error: Error): void;
}

export type LaneSettings = Omit<LaneData, 'own'>;

/** The main thread's end of one lane: one batch at a time. */
export class Lane<Job extends Request> {
  private readonly worker: Worker;
  private readonly control = controlMemory(own.size);
  private readonly exited: Promise<void>;
  private underWay: readonly Job[] | null = null;
  private batch = 0;
  private isReady = false;
  private closing = false;
  private startedAt = 0;
  private seenProgress = 0;
  private seenAt = 0;
  /** The lane is stuck in a call and gets no batch until it answers. */
  quarantined = false;

  constructor(settings: LaneSettings, events: LaneEvents<Job>) {
    const workerData: LaneData = { ...settings, own: this.control };
    this.worker = new Worker(threadFile, { workerData, execArgv: [...execArgv], resourceLimits, name: 'hsm-lane' });
    this.worker.on('message', (message: 'ready' | ArrayBuffer) => {
      if (message === 'ready') {
        this.isReady = true;
        events.ready(this);
        return;
      }
      const jobs = this.underWay ?? [];
      this.underWay = null;
      events.answered(this, jobs, unpackReplies(message));
    });
    let failure = new Error('the lane ended');
    this.worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.isReady = false;
        resolve();
        if (!this.closing) events.crashed(this, this.underWay ?? [], this.begun(), failure);
      });
    });
  }

  get idle(): boolean {
    return this.isReady && !this.underWay && !this.quarantined && !this.closing;
  }

  /** Its thread is not ready yet. */
  get starting(): boolean {
    return !this.isReady && !this.closing;
  }

  get busy(): boolean {
    return this.underWay !== null;
  }

  get jobs(): readonly Job[] {
    return this.underWay ?? [];
  }

  run(jobs: readonly Job[], now: number): void {
    this.underWay = jobs;
    this.batch = (this.batch + 1) & 0x3fffffff;
    Atomics.store(this.control, own.progress, 0);
    this.startedAt = now;
    this.seenProgress = 0;
    this.seenAt = now;
    const frame = packRequests(jobs, this.batch);
    this.post(frame, [frame]);
  }

  /** The number of jobs of the batch that have begun. */
  begun(): number {
    return Atomics.load(this.control, own.progress);
  }

  /** The jobs of the batch that have not begun. */
  waiting(): readonly Job[] {
    return this.jobs.slice(this.begun());
  }

  /** Milliseconds since the batch under way was handed over. */
  runningFor(now: number): number {
    return now - this.startedAt;
  }

  /** Milliseconds without progress in the batch under way. */
  standstill(now: number): number {
    if (!this.underWay) return 0;
    const progress = this.begun();
    if (progress !== this.seenProgress) {
      this.seenProgress = progress;
      this.seenAt = now;
    }
    return now - this.seenAt;
  }

  /** Takes back the jobs that have not begun: the lane will not run them. From now on `jobs` are the ones that have. */
  takeBack(): readonly Job[] {
    Atomics.store(this.control, own.cancelledBatch, this.batch);
    const begun = this.begun();
    const rest = this.jobs.slice(begun);
    this.underWay = this.jobs.slice(0, begun);
    return rest;
  }

  moveTo(slot: Uint8Array): void {
    this.post({ slot });
  }

  /** Runs between batches: before the next, and after the one under way. */
  forgetUnwrapped(forget: readonly Uint8Array[] | 'all'): void {
    this.post({ forget });
  }

  /** Ends the thread after the batch under way. @returns false if it hangs in a call and is left behind */
  async close(limitMs: number): Promise<boolean> {
    this.closing = true;
    this.post(null);
    const limit = new AbortController();
    const ended = await Promise.race([
      this.exited.then(() => true),
      sleep(this.quarantined ? 0 : limitMs, false, { signal: limit.signal }).catch(() => false),
    ]);
    limit.abort();
    if (!ended) this.worker.unref();
    return ended;
  }

  private post(message: LaneMessage, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}
