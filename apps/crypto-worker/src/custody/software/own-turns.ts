import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from '../../deadline/deadline.js';
import { FairLine } from '../pkcs11/lane/fair-line.js';

interface Waiting {
  readonly tenant: string;
  readonly deadline: number;
  readonly begin: () => void;
  readonly refuse: (error: AnkaError) => void;
}

/** The longest time that this thread computes before it serves others, in milliseconds. One piece of work may take longer. */
const turnMs = 4;
/** The most waiting calls; the same as for a token. */
const mostWaiting = 8192;

/**
 * Shares the process's only thread between computations of its own. Tenants take turns, as they do at a token. Between turns
 * the thread serves other work.
 */
export class OwnTurns {
  private readonly line = new FairLine<Waiting>();
  private running = false;

  /**
   * @param again the call has had its turn and could not use it, so it need not wait for another one
   * @throws (rejects with) AnkaError `hsm-timeout`, `hsm-unavailable` if too many wait, or what `work` throws
   */
  take<Result>({ deadline, tenantId = '' }: Deadline, work: () => Result, again = false): Promise<Result> {
    if (!again && !this.line.hasRoomFor(tenantId, mostWaiting))
      return Promise.reject(new AnkaError('hsm-unavailable', 'Too many requests are waiting. Try again later.'));
    return new Promise((resolve, refuse) => {
      const begin = (): void => resolve(new Promise((done) => done(work())));
      const waiting = { tenant: tenantId, deadline, begin, refuse };
      if (again) this.line.putInFront(waiting);
      else this.line.push(waiting);
      if (this.running) return;
      this.running = true;
      setImmediate(() => this.run());
    });
  }

  private run(): void {
    this.line.filter(inTime);
    const until = performance.now() + turnMs;
    for (let next = this.line.take(); next !== undefined; next = this.line.take()) {
      next.begin();
      if (performance.now() >= until) break;
    }
    this.running = this.line.length > 0;
    if (this.running) setImmediate(() => this.run());
  }
}

const inTime = (all: readonly Waiting[]): Waiting[] => {
  const now = monotonicNow();
  const late = all.filter(({ deadline }) => deadline <= now);
  for (const { refuse } of late) refuse(new AnkaError('hsm-timeout'));
  return late.length === 0 ? [...all] : all.filter(({ deadline }) => deadline > now);
};
