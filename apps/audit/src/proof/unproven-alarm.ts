import { type UnprovenEvent, unprovenReason } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** Says in the log and in a metric that rows of a trail were not shown as events. */
@Injectable()
export class UnprovenAlarm {
  private readonly rows: Counter<'reason'>;

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.rows = new Counter({
      name: 'ankasecure_audit_events_unproven_total',
      help: 'Rows of trails that a listing did not show as events, because no seal of the tenant’s key vouches for them',
      labelNames: ['reason'],
      registers: [registry],
    });
    // A counter that begins with its first row would hide that row from rate().
    for (const reason of unprovenReason.options) this.rows.inc({ reason }, 0);
  }

  raise(tenantId: string, unproven: readonly UnprovenEvent[]): void {
    if (unproven.length === 0) return;
    for (const { reason } of unproven) this.rows.inc({ reason });
    const events = unproven.map(({ seq, reason }) => ({ seq, reason }));
    this.log.error({ alarm: 'event-unproven', tenantId, events }, 'rows of a trail in ankadb_audit are not genuine');
  }
}
