import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { unknownAdvice } from './claim-questions.js';

/** A change waits so long after the start for the first comparison, and so long at least; in milliseconds. */
const startMs = 5_000;
const leastMs = 2_000;

const uncomparedDetail = 'The database cannot be compared with the audit trail, so no record changes. Try again.';

/** The positions of the trail at the last comparison of the database with it. */
export class ComparedPositions {
  /** Whether the database was not compared yet since the start, so that changes wait for the first comparison. */
  isFirst = true;
  private readonly startedAt = monotonicNow();
  /** The highest revisions that the trail holds, by tenant. Undefined if the database cannot be compared, or was not yet. */
  private positions: ReadonlyMap<string, number> | undefined;
  private waiting: (() => void)[] = [];

  get isCompared(): boolean {
    return this.positions !== undefined;
  }

  /** Whether the process has just started. */
  get isStarting(): boolean {
    return monotonicNow() < this.startedAt + startMs;
  }

  /** The highest revision that the trail was said to hold of the tenant; 0 if it named none. */
  of(tenantId: string): number {
    return this.positions?.get(tenantId) ?? 0;
  }

  /** The same of all tenants; none while the database cannot be compared. */
  get all(): ReadonlyMap<string, number> {
    return this.positions ?? new Map<string, number>();
  }

  set(positions: ReadonlyMap<string, number> | undefined): void {
    this.positions = positions;
    if (positions !== undefined) this.isFirst = false;
    for (const go of this.waiting.splice(0)) go();
  }

  /** Waits for the first comparison, for longer just after the start. @throws AnkaError `audit-unavailable` (retryable) */
  async assertCompared(): Promise<void> {
    if (this.isFirst) await this.next(Math.max(leastMs, this.startedAt + startMs - monotonicNow()));
    if (!this.isCompared) throw new AnkaError('audit-unavailable', `${uncomparedDetail} ${unknownAdvice}`);
  }

  private next(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
