import { AnkaError, type ErrorCode, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from '../deadline/deadline.js';
import { FairLine } from './fair-line.js';

/** What a caller hears whose work is not done: its deadline has passed, or too many wait. */
export interface Refusals {
  readonly late: ErrorCode;
  readonly full: ErrorCode;
}

/** Of work that needs no HSM. */
export const ownRefusals: Refusals = { late: 'deadline-exceeded', full: 'service-unavailable' };

interface Waiting {
  readonly tenant: string;
  readonly deadline: number;
  /** Begins the work. The promise is fulfilled when it has ended, however. */
  readonly begin: () => Promise<void>;
  readonly refuse: () => void;
}

/** The most waiting calls; the same as for a token. */
const mostWaiting = 8192;

const tooMany = (code: ErrorCode): AnkaError => new AnkaError(code, 'Too many requests are waiting. Try again later.');

/** A line for something that computes here. Tenants take turns, as they do at a token. Whose time is over has no turn. */
export abstract class FairTurns {
  private readonly line = new FairLine<Waiting>();

  constructor(private readonly refusals: Refusals) {}

  /**
   * @param again the call has had its turn and could not use it, so it need not wait for another one
   * @throws (rejects with) AnkaError `refusals.late`, `refusals.full` if too many wait, or what `work` throws
   */
  take<Result>(
    { deadline, tenantId = '' }: Deadline,
    work: () => Result | Promise<Result>,
    again = false,
    refusals = this.refusals,
  ): Promise<Result> {
    if (!again && !this.line.hasRoomFor(tenantId, mostWaiting)) return Promise.reject(tooMany(refusals.full));
    return new Promise((resolve, reject) => {
      const begin = (): Promise<void> => {
        const result = new Promise<Result>((done) => done(work()));
        resolve(result);
        return result.then(ignore, ignore);
      };
      const refuse = (): void => reject(new AnkaError(refusals.late));
      const waiting = { tenant: tenantId, deadline, begin, refuse };
      if (again) this.line.putInFront(waiting);
      else this.line.push(waiting);
      this.joined();
    });
  }

  /** Is called when work has joined the line. */
  protected abstract joined(): void;

  protected get length(): number {
    return this.line.length;
  }

  /** Takes the next work whose time is not over. Once one is found too late, all that are too late are refused. */
  protected next(): Waiting | undefined {
    const next = this.line.take();
    if (next === undefined || next.deadline > monotonicNow()) return next;
    next.refuse();
    this.refuseLate();
    return this.line.take();
  }

  protected refuseLate(): void {
    const now = monotonicNow();
    this.line.filter((all) => {
      const late = all.filter(({ deadline }) => deadline <= now);
      for (const { refuse } of late) refuse();
      return late.length === 0 ? [...all] : all.filter(({ deadline }) => deadline > now);
    });
  }
}

/** Its caller hears of a failure. */
const ignore = (): void => undefined;
