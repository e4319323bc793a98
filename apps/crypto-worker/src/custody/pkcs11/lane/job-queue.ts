import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import { type Admits, FairLine } from '../../../turn/fair-line.js';
import { StillRunning } from '../../custody.js';
import type { Reply, Request } from '../job/frame.js';
import { operations } from '../job/job.js';
import { CostEstimate } from './cost-estimate.js';

/** One call of custody in progress. */
export interface Job extends Request {
  /** Empty for jobs without a tenant. */
  readonly tenant: string;
  /** The request that the job serves, for the log; undefined for a job of the worker's own. */
  readonly correlationId?: string | undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AnkaError) => void;
  /** The job may take seconds (makes a key). It runs alone, and never on all lanes at once. */
  readonly slow: boolean;
  /** The number of times it was put back after the token or the login recovered. */
  attempts: number;
  /** The login epoch of its last run. */
  loginEpoch: number;
  settled: boolean;
  /** Set if its caller was answered but must be told when the job has ended in the HSM. */
  over: (() => void) | null;
}

/** A job that has not run. Its reply's time counts in the budget's meter. */
export const newJob = (
  { deadline, tenantId = '', correlationId, hsm }: Deadline,
  request: Pick<Job, 'operation' | 'variant' | 'parts' | 'slow'>,
  { resolve, reject }: Pick<Job, 'resolve' | 'reject'>,
): Job => ({
  ...request,
  tenant: tenantId,
  correlationId,
  deadline,
  resolve: (reply) => {
    hsm?.add(reply.micros);
    resolve(reply);
  },
  reject,
  attempts: 0,
  loginEpoch: 0,
  settled: false,
  over: null,
});

/** Answers a job, unless it has been answered. */
export const settle = (job: Job, outcome: Reply | AnkaError): void => {
  if (job.settled) return;
  job.settled = true;
  if (outcome instanceof AnkaError) job.reject(outcome);
  else job.resolve(outcome);
};

const timeOut = (job: Job): void => settle(job, new AnkaError('hsm-timeout'));

/** Answers a job that a lane has begun. If it may still change the token's objects, its caller is told when it has ended. */
export const giveUp = (job: Job): void => {
  if (job.settled || !operations[job.operation]?.writes) return timeOut(job);
  const { promise, resolve } = Promise.withResolvers<void>();
  job.over = resolve;
  settle(job, new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(promise) }));
};

/** Answers the jobs whose deadline has passed, by `answer`. @returns the other jobs */
export const expire = (jobs: readonly Job[], time: number, answer: (job: Job) => void = timeOut): Job[] =>
  jobs.filter((job) => {
    if (job.deadline < time) answer(job);
    return !job.settled;
  });

const batchLimit = 64;
/**
 * The most time that a batch may take before its first result or another tenant's turn, in microseconds. One job may take
 * longer.
 */
const batchMicros = 4_000;
/** The least work that is worth waking another thread for, in microseconds. */
const worthwhileMicros = 400;
/** A token that answers faster than this computes on this machine's processors. Microseconds. */
const cheapMicros = 150;

/** Returns the next job without removing it. Jobs before it whose deadline has passed are answered. */
const next = (line: FairLine<Job>, time: number, admits?: Admits): Job | undefined => {
  for (let job = line.peek(admits); job !== undefined; job = line.peek(admits)) {
    if (expire([job], time).length > 0) return job;
    line.take(admits);
  }
  return undefined;
};

/** Jobs that wait for a lane, by tenants in turn, and the size of a good batch. */
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

  /** Tells whether waiting jobs are computed on this machine, so that more lanes than processors only slow each other down. */
  get cheap(): boolean {
    const next = this.fast.peek();
    return next !== undefined && this.costs.of(next) <= cheapMicros;
  }

  learn(job: Job, micros: number): void {
    this.costs.learn(job, micros);
  }

  takeSlow(time: number): Job[] {
    if (next(this.slow, time) === undefined) return [];
    return [this.slow.take() as Job];
  }

  /**
   * Takes the share of one of `lanes` lanes: more if that is too little work for a thread, less if it would take too long.
   * Jobs that must not run twice are taken alone.
   * @param admits the tenants that the lane is reserved for, if any
   */
  takeFast(lanes: number, time: number, admits?: Admits): Job[] {
    const share = Math.ceil(this.fast.length / lanes);
    const taken: Job[] = [];
    let cost = 0;
    while (taken.length < batchLimit) {
      const job = next(this.fast, time, admits);
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

  expire(time: number): void {
    for (const line of [this.fast, this.slow]) line.filter((jobs) => expire(jobs, time));
  }

  empty(): readonly Job[] {
    return [...this.fast.empty(), ...this.slow.empty()];
  }
}
