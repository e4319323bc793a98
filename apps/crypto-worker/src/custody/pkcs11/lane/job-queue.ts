import { AnkaError } from '@ankasecure/contracts';
import { StillRunning } from '../../custody.js';
import type { Reply, Request } from '../job/frame.js';
import { operations } from '../job/job.js';
import { CostEstimate } from './cost-estimate.js';
import { type Admits, FairLine } from './fair-line.js';

/** One call of custody on its way. */
export interface Job extends Request {
  /** Empty for jobs of no tenant. */
  readonly tenant: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AnkaError) => void;
  /** Takes long (makes RSA keys): goes alone, and never to all lanes at once. */
  readonly slow: boolean;
  /** How often it was put back after the token or the login came back. */
  attempts: number;
  /** The login epoch it last ran under. */
  loginEpoch: number;
  settled: boolean;
  /** Set where its caller was answered and still wants to know when it is over in the HSM. */
  over: (() => void) | null;
}

/** Answers a job, unless that was done before. */
export const settle = (job: Job, outcome: Reply | AnkaError): void => {
  if (job.settled) return;
  job.settled = true;
  if (outcome instanceof AnkaError) job.reject(outcome);
  else job.resolve(outcome);
};

const timeOut = (job: Job): void => settle(job, new AnkaError('hsm-timeout'));

/** Answers a job that a lane has begun. Where it may yet change the token's objects, its caller learns when it is over. */
export const giveUp = (job: Job): void => {
  if (job.settled || !operations[job.operation]?.writes) return timeOut(job);
  const { promise, resolve } = Promise.withResolvers<void>();
  job.over = resolve;
  settle(job, new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(promise) }));
};

/** Answers those whose time is up, as `answer` does. @returns the jobs that may go on */
export const expire = (jobs: readonly Job[], wallClock: number, answer: (job: Job) => void = timeOut): Job[] =>
  jobs.filter((job) => {
    if (job.deadline < wallClock) answer(job);
    return !job.settled;
  });

const batchLimit = 64;
/** A batch should not keep its first result, or another tenant's turn, waiting for longer than this; one job may. */
const batchMicros = 4_000;
/** Less work than this is not worth waking another thread for. */
const worthwhileMicros = 400;
/** A token that answers faster than this computes on this machine's processors. */
const cheapMicros = 150;

/** The next job, left in its place. Jobs before it whose deadline has passed are answered. */
const next = (line: FairLine<Job>, wallClock: number, admits?: Admits): Job | undefined => {
  for (let job = line.peek(admits); job !== undefined; job = line.peek(admits)) {
    if (expire([job], wallClock).length > 0) return job;
    line.take(admits);
  }
  return undefined;
};

/** Jobs that wait for a lane, tenants in turn, and how many of them make a good batch. */
export class JobQueue {
  private readonly costs = new CostEstimate();
  private readonly fast = new FairLine<Job>();
  private readonly slow = new FairLine<Job>();

  get length(): number {
    return this.fast.length + this.slow.length;
  }

  /** See `FairLine.hasRoomFor`. */
  hasRoom({ tenant, slow }: Pick<Job, 'tenant' | 'slow'>, limit: number): boolean {
    return (slow ? this.slow : this.fast).hasRoomFor(tenant, limit, this.length);
  }

  push(job: Job): void {
    (job.slow ? this.slow : this.fast).push(job);
  }

  putInFront(job: Job): void {
    (job.slow ? this.slow : this.fast).putInFront(job);
  }

  /** Whether waiting jobs are computed on this machine, so that more lanes than processors only slow each other down. */
  get cheap(): boolean {
    const next = this.fast.peek();
    return next !== undefined && this.costs.of(next) <= cheapMicros;
  }

  learn(job: Job, micros: number): void {
    this.costs.learn(job, micros);
  }

  takeSlow(wallClock: number): Job[] {
    if (next(this.slow, wallClock) === undefined) return [];
    return [this.slow.take() as Job];
  }

  /**
   * The share of one of `lanes` lanes, or more where that is too little work for a thread, or less where it would take too
   * long. What must not run twice goes alone.
   * @param admits whose jobs the lane is for, where it is not for everybody's
   */
  takeFast(lanes: number, wallClock: number, admits?: Admits): Job[] {
    const share = Math.ceil(this.fast.length / lanes);
    const taken: Job[] = [];
    let cost = 0;
    while (taken.length < batchLimit) {
      const job = next(this.fast, wallClock, admits);
      if (!job) break;
      cost += this.costs.of(job);
      if (taken.length > 0 && cost > (taken.length < share ? batchMicros : worthwhileMicros)) break;
      const isAlone = !operations[job.operation]?.repeatable;
      if (isAlone && taken.length > 0) break;
      this.fast.take(admits);
      taken.push(job);
      if (isAlone) break;
    }
    return taken;
  }

  expire(wallClock: number): void {
    for (const line of [this.fast, this.slow]) line.filter((jobs) => expire(jobs, wallClock));
  }

  empty(): readonly Job[] {
    return [...this.fast.empty(), ...this.slow.empty()];
  }
}
