import { monotonicNow } from '@ankasecure/contracts';
import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';

/** From this number of failed rounds in a row on, each raises the alarm. */
const alarmAt = 3;

/** The services that a search asks. */
export type Asked = 'database' | 'audit';

/**
 * The searches for lost events that fail. Whoever owns the database, or the audit trail's, can have every search fail, and an event
 * that was taken away is not missed meanwhile. So a failure is counted, and the service does not work on for long without a search.
 */
export class SearchFailures {
  private total = 0;
  private inRow = 0;
  /** The start of the first failed round since the last success, by what had failed; moments of `monotonicNow`. */
  private readonly since: Partial<Record<Asked, number>> = {};
  /** Whether the last delivery failed: the audit service is away. */
  private away = false;

  /** @param boundMs time of failed searches after which operations are refused */
  constructor(
    private readonly log: Logger,
    private readonly boundMs: number,
  ) {}

  meter(registry: Registry): void {
    const read = (): number => this.total;
    new Counter({
      name: 'ankasecure_outbox_search_failures_total',
      help: 'Searches for events that were taken out of the outbox that failed',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /**
   * Whether searches have failed for so long that nothing more may be committed. While the audit service is away, the outbox fills,
   * and its capacity is the bound.
   */
  get isTooLong(): boolean {
    const isLong = (since: number | undefined): boolean =>
      since !== undefined && monotonicNow() - since >= this.boundMs;
    return isLong(this.since.database) || (!this.away && isLong(this.since.audit));
  }

  /** Notes that a delivery failed. */
  undelivered(): void {
    this.away = true;
  }

  /** Notes that the audit service has sealed events. If it was away, its failures count from now. */
  sealed(): void {
    if (this.away && this.since.audit !== undefined) this.since.audit = monotonicNow();
    this.away = false;
  }

  succeeded(): void {
    this.inRow = 0;
    delete this.since.database;
    delete this.since.audit;
  }

  /** @param startedAt when the round began, a moment of `monotonicNow` */
  failed(asked: Asked, startedAt: number, error: unknown): void {
    this.total++;
    this.inRow++;
    this.since[asked] ??= startedAt;
    const fields = { asked, failures: this.inRow, reason: (error as Error).message };
    if (this.inRow < alarmAt) this.log.warn(fields, 'cannot look for lost audit events now');
    else this.log.error({ alarm: 'outbox-search', ...fields }, 'lost audit events are not found: each search fails');
  }
}
