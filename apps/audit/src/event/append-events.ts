import { canonicalBytes } from '@ankasecure/audit-event';
import { AnkaError, type AuditEvent, type Context, reporterDetails } from '@ankasecure/contracts';
import { inSpan, linksTo, type SpanPlan } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TrailGuard } from '../anchor/trail-guard.js';
import { MacSource } from '../mac/mac-source.js';
import { assertMayReport, type Source } from '../reporter/report.js';
import { TenantPartitions } from '../reporter/tenant-partition.js';
import type { AuthenticatedEvent } from './bound-event.js';
import { EventMetrics } from './event-metrics.js';
import { SealTrail } from './seal-trail.js';
import { TrailFault } from './trail-fault.js';

/** The number of tenants of a batch that are sealed at the same time. Each takes a connection. */
const tenantsAtOnce = 4;

/** Seals the events that services report. */
@Injectable()
export class AppendEvents {
  constructor(
    private readonly sealer: SealTrail,
    private readonly macs: MacSource,
    private readonly partitions: TenantPartitions,
    private readonly guard: TrailGuard,
    private readonly metrics: EventMetrics,
  ) {}

  /**
   * Seals a batch. When it returns, every event of the batch is committed, now or before. Tenants are sealed independently, so
   * part of the batch may be sealed after an error. Sending the batch again loses and doubles nothing. Each event names its
   * source in its details.
   * @throws AnkaError `access-denied` for what the source may not report; `tenant-unknown`; retryable when no worker computed the MACs, the database did not answer, or it is older than the HSM's anchor
   */
  async append(context: Context, source: Source, events: readonly AuditEvent[]): Promise<{ sealed: number }> {
    const outcome = this.metrics.append.startTimer();
    try {
      for (const event of events) assertMayReport(source, event);
      await this.guard.assertSound();
      await this.sealAll(context, source, perTenant(events));
      outcome({ outcome: 'sealed' });
      return { sealed: events.length };
    } catch (error) {
      outcome({ outcome: 'failed' });
      if (error instanceof AnkaError && error.code === 'access-denied')
        this.metrics.refused.inc({ reporter: source.reporter }, events.length);
      throw error;
    }
  }

  /** Seals an event of this service itself, even on trails that do not match the anchor. */
  async sealOwn(context: Context, event: AuditEvent): Promise<void> {
    const own = { ...context, tenantId: event.tenantId };
    this.count(
      await this.sealer.sealAnyway(
        own,
        await this.authenticate(own, { reporter: 'audit', partition: undefined }, [event]),
      ),
      1,
    );
  }

  /** Continues with the other tenants when one fails, and throws the first failure at the end. */
  private async sealAll(
    context: Context,
    source: Source,
    tenants: ReadonlyMap<string, readonly AuditEvent[]>,
  ): Promise<void> {
    const failures: unknown[] = [];
    const waiting = tenants.entries();
    const sealNext = async (): Promise<void> => {
      for (const [tenantId, events] of waiting)
        await this.sealSound({ ...context, tenantId }, source, events).catch((error: unknown) => failures.push(error));
    };
    await Promise.all(Array.from({ length: Math.min(tenantsAtOnce, tenants.size) }, sealNext));
    if (failures.length > 0) throw failures[0];
  }

  /** Gets the events' MACs before the head is locked. Under the lock only the MAC of the batch's seal is waited for. */
  private async sealSound(context: Context, source: Source, events: readonly AuditEvent[]): Promise<void> {
    await inSpan(
      () => sealSpan(events),
      async () => {
        await this.guard.assertSound(context.tenantId);
        const authenticated = await this.authenticate(context, source, events);
        this.count(await this.sealOrCompare(context, authenticated), events.length);
      },
    );
  }

  /** If the trail lacks what this process has sealed, an operator may have accepted an older one meanwhile. */
  private async sealOrCompare(context: Context, events: readonly AuthenticatedEvent[]): Promise<number> {
    const { accepted } = this.guard;
    try {
      return await this.sealer.seal(context, events);
    } catch (error) {
      if (!(error instanceof TrailFault)) throw error;
      await this.guard.compare().catch(() => undefined);
      if (this.guard.accepted === accepted) throw error;
      return this.sealer.seal(context, events);
    }
  }

  private async authenticate(
    context: Context,
    source: Source,
    reported: readonly AuditEvent[],
  ): Promise<readonly AuthenticatedEvent[]> {
    await this.partitions.assertOwn(source, context);
    const events = reported.map((event) => ({
      ...event,
      details: reporterDetails(event.details, source.reporter, source.partition),
    }));
    const canonical = events.map(canonicalBytes);
    const macs = await this.macs.compute(context, null, canonical);
    return events.flatMap((event, index) => {
      const [bytes, mac] = [canonical[index], macs[index]];
      return bytes === undefined || mac === undefined ? [] : [{ event, canonical: bytes, ...mac }];
    });
  }

  private count(fresh: number, all: number): void {
    this.metrics.sealed.inc(fresh);
    this.metrics.duplicates.inc(all - fresh);
  }
}

/** The span of sealing one tenant's events. It links to the spans that the events report. */
const sealSpan = (events: readonly AuditEvent[]): SpanPlan => ({
  name: 'seal events',
  kind: 'internal',
  attributes: { 'ankasecure.events': events.length },
  links: linksTo(events.flatMap(({ details }) => details?.['traceparent'] ?? [])),
});

/** Each tenant's events in their order. Of several events with one id, only the first is kept. */
const perTenant = (events: readonly AuditEvent[]): ReadonlyMap<string, readonly AuditEvent[]> => {
  const tenants = new Map<string, Map<string, AuditEvent>>();
  for (const event of events) {
    const own = tenants.get(event.tenantId) ?? new Map<string, AuditEvent>();
    tenants.set(event.tenantId, own);
    if (!own.has(event.eventId)) own.set(event.eventId, event);
  }
  return new Map([...tenants].map(([tenantId, own]) => [tenantId, [...own.values()]]));
};
