import { availableParallelism } from 'node:os';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { inBackground } from '@ankasecure/service-kit/background';
import type { Admits } from '../../../turn/fair-line.js';
import type { Reply } from '../job/frame.js';
import type { Tuning } from '../profile/config.js';
import { expire, giveUp, type Job, JobQueue, settle } from './job-queue.js';
import { Lane, type LaneSettings } from './lane.js';
import { SpareLane } from './spare-lane.js';

export interface PoolOptions {
  /** The most lanes. */
  readonly size: number;
  readonly timeoutMs: number;
  readonly tuning: Tuning;
  readonly settings: () => LaneSettings;
  readonly loginEpoch: () => number;
  /** Receives each job's reply, and settles the job or puts it back. */
  readonly replied: (job: Job, reply: Reply) => void;
  readonly stuck: (job: Job) => void;
  /** A lane stands still. The canary finds out whether the token does. */
  readonly doubt: () => void;
  readonly fatal: (reason: string) => void;
}

/** A lane that is busy for longer than this waits for something other than a processor. Milliseconds. */
const waitingMs = 20;
/** A lane without progress for this time raises a doubt about the token. Milliseconds. */
const doubtfulMs = 1_000;
/** The longest time that a busy lane may keep other jobs waiting, in milliseconds. */
const patienceMs = 100;
const processors = Math.max(2, availableParallelism());
const crashLimit = 5;
/** The minimum time for a lane to end, in milliseconds, even if a call may take less. */
const farewellMs = 5_000;

/** Lanes that always exist. Each of the others costs a thread's memory and starts when it is needed. */
const firstLanes = 2;

/** Feeds jobs to lanes in batches. While lanes are busy a queue grows, and an idle lane takes its share of it. */
export class LanePool {
  private readonly options: PoolOptions;
  private readonly queue = new JobQueue();
  private readonly spare = new SpareLane();
  private lanes: Lane<Job>[] = [];
  private paused = false;
  private closed = false;
  private dispatching = false;
  private crashes = 0;
  private lost = false;
  private lastAnswer = 0;
  private watch: NodeJS.Timeout | null = null;
  private drained: (() => void)[] = [];

  constructor(options: PoolOptions) {
    this.options = options;
  }

  /** Starts the first lanes, one after the other, because starting a thread takes the processor from callers. */
  async start(): Promise<void> {
    while (this.lanes.length < Math.min(firstLanes, this.options.size) && !this.closed) await this.addLane();
  }

  submit(job: Job): void {
    if (!this.queue.hasRoom(job, this.options.tuning.queueLimit)) {
      settle(job, new AnkaError('hsm-unavailable', 'Too many requests are waiting for the HSM. Try again later.'));
      return;
    }
    this.spare.note(job.tenant, performance.now());
    this.queue.push(job);
    this.wake();
  }

  /** Puts a job that has waited before, and that no lane runs, at the front of the queue. */
  putBack(job: Job): void {
    if (job.settled) {
      job.over?.();
      return;
    }
    this.queue.putInFront(job);
    this.wake();
  }

  /** A lane that starts later has nothing unwrapped. */
  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    for (const lane of this.lanes) lane.forgetUnwrapped(objectIds);
  }

  get stuckLanes(): number {
    return this.lanes.filter((lane) => lane.quarantined).length;
  }

  /** Too many lanes hang or crash, and only a new process repairs that, unless the lanes return. */
  get isLost(): boolean {
    return this.lost;
  }

  /** When a lane last answered, of `performance.now()`. A token that slow jobs keep from answering counts as answering. */
  get answeredAt(): number {
    const slow = this.lanes.filter(({ jobs }) => jobs.some((job) => job.slow)).length;
    const enough = this.options.settings().profile.makingBlocks ? 1 : this.lanes.length;
    return slow > 0 && slow >= enough ? performance.now() : this.lastAnswer;
  }

  /** Sends no more batches. @returns when none is under way: only then may the module be finalised */
  async pause(): Promise<void> {
    this.paused = true;
    if (this.lanes.some((lane) => lane.busy)) await new Promise<void>((resolve) => this.drained.push(resolve));
  }

  resume(slot: Uint8Array): void {
    for (const lane of this.lanes) lane.moveTo(slot);
    this.paused = false;
    this.wake();
    this.start().catch(() => undefined);
  }

  /** Answers every waiting job. */
  rejectWaiting(error: () => AnkaError): void {
    for (const job of this.queue.empty()) settle(job, error());
  }

  /** @returns false if a lane hangs in a call: then the module must not be finalised */
  async close(): Promise<boolean> {
    this.closed = true;
    this.rejectWaiting(() => new AnkaError('hsm-unavailable', 'The worker is shutting down.'));
    const ended = await Promise.all(this.lanes.map((lane) => lane.close(Math.max(farewellMs, this.options.timeoutMs))));
    if (this.watch) clearInterval(this.watch);
    for (const lane of this.lanes) for (const job of lane.jobs) settle(job, new AnkaError('hsm-unavailable'));
    return ended.every(Boolean);
  }

  private addLane(): Promise<void> {
    return new Promise((resolve, reject) => {
      const lane = new Lane<Job>(this.options.settings(), {
        ready: () => {
          resolve();
          this.wake();
        },
        answered: (from, jobs, replies) => this.answered(from, jobs, replies),
        crashed: (from, jobs, begun, error) => {
          reject(error);
          this.crashed(from, jobs, begun, error);
        },
      });
      this.lanes.push(lane);
    });
  }

  private answered(lane: Lane<Job>, jobs: readonly Job[], replies: readonly Reply[]): void {
    this.crashes = 0;
    this.lastAnswer = performance.now();
    const late = lane.quarantined;
    lane.quarantined = false;
    if (this.stuckLanes < this.stuckLimit) this.lost = false;
    jobs.forEach((job, index) => {
      const reply = replies[index];
      if (!reply) return;
      this.queue.learn(job, reply.micros);
      job.over?.();
      if (!late && !job.settled) this.options.replied(job, reply);
    });
    this.noticeDrained();
    if (late && this.lanes.length > this.options.size) this.retire(lane);
    this.dispatch();
  }

  private retire(lane: Lane<Job>): void {
    this.lanes = this.lanes.filter((other) => other !== lane);
    void lane.close(this.options.timeoutMs);
  }

  private crashed(lane: Lane<Job>, jobs: readonly Job[], begun: number, error: Error): void {
    this.lanes = this.lanes.filter((other) => other !== lane);
    jobs.forEach((job, index) => {
      job.over?.();
      if (index >= begun) this.putBack(job);
      else settle(job, new AnkaError('hsm-error', undefined, { cause: error }));
    });
    this.noticeDrained();
    this.crashes++;
    if (this.closed) return;
    if (this.crashes >= crashLimit) this.lose(`lanes keep ending by themselves: ${error.message}`);
    else setTimeout(() => this.replace(), 50 * this.crashes).unref();
  }

  private noticeDrained(): void {
    if (this.lanes.some((lane) => lane.busy)) return;
    for (const resolve of this.drained.splice(0)) resolve();
  }

  /** Dispatches at the end of the current turn, so that jobs submitted together travel together. */
  private wake(): void {
    this.watch ??= inBackground(() => setInterval(() => this.look(), this.options.tuning.watchMs));
    if (this.dispatching) return;
    this.dispatching = true;
    queueMicrotask(() => {
      this.dispatching = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    if (this.paused || this.closed || this.queue.length === 0) return;
    const now = performance.now();
    const idle = this.lanes.filter((lane) => lane.idle);
    if (idle.length === 0) return this.growFor(now);
    const time = monotonicNow();
    for (const [index, lane] of idle.entries()) {
      const jobs = this.take(idle.length - index, now, time);
      if (jobs.length === 0) return this.growFor(now);
      const loginEpoch = this.options.loginEpoch();
      for (const job of jobs) job.loginEpoch = loginEpoch;
      lane.run(jobs, now);
    }
  }

  /** The jobs for the first of `idle` lanes; none if the lane would only take a processor from a busy one. */
  private take(idle: number, now: number, time: number): Job[] {
    const slowLanes = this.lanes.filter((lane) => lane.jobs.some((job) => job.slow)).length;
    const slow = slowLanes < Math.max(1, this.options.size - 1) ? this.queue.takeSlow(time) : [];
    if (slow.length > 0) return slow;
    const useful = Math.min(idle, this.usefulLanes(now));
    return useful > 0 ? this.queue.takeFast(useful, time, idle === 1 ? this.lastIsFor(now) : undefined) : [];
  }

  /** If jobs are short or lanes hang, reserving the last lane would cost more than it saves. */
  private lastIsFor(now: number): Admits | undefined {
    if (this.queue.cheap) return undefined;
    const moving = this.lanes.filter((lane) => lane.runningFor(now) < patienceMs);
    return this.spare.isFor(
      moving.flatMap(({ jobs }) => jobs),
      now,
    );
  }

  /**
   * The number of further lanes that could help with the waiting jobs: all of them, unless the jobs are computed on this
   * machine.
   */
  private usefulLanes(now: number): number {
    if (!this.queue.cheap) return Number.POSITIVE_INFINITY;
    return processors - this.lanes.filter((lane) => lane.busy && lane.runningFor(now) < waitingMs).length;
  }

  /** Starts one more lane if jobs wait without a lane and it would help. The next one starts when that one is busy as well. */
  private growFor(now: number): void {
    if (this.queue.length === 0 || this.lanes.length >= this.options.size || this.lanes.some((lane) => lane.starting))
      return;
    if (this.usefulLanes(now) > 0) this.replace();
  }

  private look(): void {
    const now = performance.now();
    const time = monotonicNow();
    for (const lane of this.lanes) {
      const standstill = lane.quarantined ? 0 : lane.standstill(now);
      if (standstill > doubtfulMs) this.options.doubt();
      if (standstill > patienceMs || lane.waiting().some(({ deadline }) => deadline < time))
        for (const job of lane.takeBack()) this.putBack(job);
      // The remaining jobs have begun, or still have time.
      expire(lane.jobs, time, giveUp);
      if (standstill > this.options.timeoutMs) this.quarantine(lane);
    }
    this.queue.expire(time);
    this.dispatch();
    if (this.queue.length > 0 || this.lanes.some((lane) => lane.busy)) return;
    if (this.watch) clearInterval(this.watch);
    this.watch = null;
  }

  /** Answers the job that the lane hangs in, repeats the earlier ones, and replaces the lane until it answers. */
  private quarantine(lane: Lane<Job>): void {
    lane.quarantined = true;
    for (const job of lane.jobs.slice(0, -1)) this.putBack(job);
    for (const job of lane.jobs.slice(-1)) {
      this.options.stuck(job);
      giveUp(job);
    }
    if (this.stuckLanes >= this.stuckLimit) this.lose(`${this.stuckLanes} lanes are stuck in the HSM library`);
    else this.replace();
  }

  private get stuckLimit(): number {
    return this.options.tuning.stuckLimit ?? Math.max(2, Math.ceil(this.options.size / 2));
  }

  private lose(reason: string): void {
    this.lost = true;
    this.options.fatal(reason);
  }

  /** A lane that cannot start counts as crashed, which is handled there. */
  private replace(): void {
    if (!this.closed) inBackground(() => this.addLane()).catch(() => undefined);
  }
}
