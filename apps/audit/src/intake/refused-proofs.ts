import { auditEvent, platformTenantId } from '@ankasecure/contracts';
import { BoundedMap, Logger, ownContext, QuietPeriod } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { AppendEvents } from '../event/append-events.js';
import { EventMetrics } from '../event/event-metrics.js';
import type { FalseMac } from '../mac/made-mac.js';
import type { Source } from '../reporter/report.js';
import type { ReportedEvent } from '../reporter/reported-event.js';

/** The most reporters and tenants that are remembered. */
const capacity = 10_000;
/** The most refused events whose ids are remembered for one of them. A relay offers an event several times. */
const mostIds = 1_000;
/** The time that the seal of the event may take, in milliseconds. */
const budgetMs = 10_000;

/**
 * Raises the alarm about events that no process of their service has written, and about MACs that the tenant's key does not make: a
 * metric, a logged error and an event of its own.
 */
@Injectable()
export class RefusedProofs {
  /** The ids of refused events that no event tells of yet, by reporter and tenant. */
  private readonly untold = new BoundedMap<string, Set<string>>(capacity);
  private readonly quiet = new QuietPeriod(capacity);

  constructor(
    private readonly appender: AppendEvents,
    private readonly metrics: EventMetrics,
    private readonly log: Logger,
  ) {}

  note(source: Source, unproven: readonly ReportedEvent[]): void {
    const { reporter, partition } = source;
    this.metrics.refused.inc({ reporter, reason: 'proof' }, unproven.length);
    for (const [tenantId, events] of Map.groupBy(unproven, ({ event }) => event.tenantId)) {
      const ids = events.map(({ event }) => event.eventId);
      this.log.error(
        { alarm: 'event-unproven', reporter, partition, tenantId, events: ids.length, first: ids[0] },
        'an event without a genuine proof was refused',
      );
      void this.tell(source, tenantId, ids);
    }
  }

  /** The event is sealed all the same, under a MAC that a worker is asked for. */
  noteMac(source: Source, { process, tenantId, eventId }: FalseMac): void {
    const { reporter, partition } = source;
    this.metrics.refused.inc({ reporter, reason: 'mac' });
    this.log.error(
      { alarm: 'event-unproven', reporter, partition, tenantId, process, first: eventId },
      'a process has made a false MAC of an event, and none of its MACs is believed',
    );
    void this.tell(source, tenantId, [eventId], { falseMacBy: process });
  }

  /** The forger chooses the tenant. What cannot be told to the tenant's trail is told to the platform's. */
  private async tell(
    source: Source,
    tenantId: string,
    ids: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await this.tellOnce(source, tenantId, ids, more);
    } catch {
      await this.tellOnce(source, platformTenantId, ids, { ...more, refusedTenant: tenantId }).catch((error: unknown) =>
        this.log.error({ tenantId, reason: (error as Error).message }, 'cannot record that events were refused'),
      );
    }
  }

  private async tellOnce(
    source: Source,
    tenantId: string,
    ids: readonly string[],
    more: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { reporter, partition } = source;
    const name = `${reporter}/${partition ?? ''}/${tenantId}/${more['falseMacBy'] ?? ''}`;
    const eventIds = this.untold.get(name) ?? new Set();
    this.untold.set(name, eventIds);
    for (const id of ids) if (eventIds.size < mostIds) eventIds.add(id);
    if (!this.quiet.isDue(name)) return;
    const [first = ''] = eventIds;
    const details = {
      reporter,
      ...(partition !== undefined && partition !== '' && { partition }),
      count: String(eventIds.size),
      firstEvent: first,
      ...more,
    };
    try {
      const context = ownContext('audit', budgetMs, tenantId);
      const outcome = { operation: 'outbox.reject', failureCode: 'event-unproven', details } as const;
      await this.appender.sealOwn(context, auditEvent(context, outcome));
      eventIds.clear();
    } catch (error) {
      this.quiet.end(name);
      throw error;
    }
  }
}
