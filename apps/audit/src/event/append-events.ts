import type { AuditEvent, Context } from '@ankasecure/contracts';
import { inSpan, linksTo, type SpanPlan } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TrailGuard } from '../anchor/trail-guard.js';
import type { VerifiedTrail } from '../anchor/trail-place.js';
import { MacSource } from '../mac/mac-source.js';
import { type AuthenticatedEvent, OutdatedMacs } from '../mac/made-mac.js';
import type { FollowIndex } from '../record/record-indexes.js';
import type { Source } from '../reporter/report.js';
import { type ReportedEvent, reportedEventOf } from '../reporter/reported-event.js';
import { TenantPartitions } from '../reporter/tenant-partition.js';
import { EventMetrics } from './event-metrics.js';
import { SealTrail } from './seal-trail.js';
import { TrailFault } from './trail-fault.js';

/** The number of tenants of a batch that are sealed at the same time. Each takes a connection. */
const tenantsAtOnce = 4;
/** This service, as a reporter of events. */
const own: Source = { reporter: 'audit', partition: undefined };

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
   * part of the batch may be sealed after an error. Sending the batch again loses and doubles nothing.
   * @throws AnkaError `access-denied` for another partition's tenant; `tenant-unknown`; retryable when no worker computed the MACs, the database did not answer, or it is older than the HSM's anchor
   */
  async append(context: Context, source: Source, events: readonly ReportedEvent[]): Promise<{ sealed: number }> {
    const outcome = this.metrics.append.startTimer();
    try {
      await this.guard.assertSound();
      await this.sealAll(context, source, perTenant(events));
      outcome({ outcome: 'sealed' });
      return { sealed: events.length };
    } catch (error) {
      outcome({ outcome: 'failed' });
      throw error;
    }
  }

  /** Seals an event of this service itself, as any other. @throws as `append` */
  async sealOwn(context: Context, event: AuditEvent): Promise<void> {
    await this.append(context, own, [reportedEventOf(own, event)]);
  }

  /**
   * Seals an event of this service itself on a trail that is refused.
   * @param indexes how the index of records follows
   * @returns the end of the trail, and the index of records that its seal binds
   */
  async sealAnyway(context: Context, event: AuditEvent, indexes: FollowIndex): Promise<VerifiedTrail | undefined> {
    const ofTenant = { ...context, tenantId: event.tenantId };
    const authenticated = await this.authenticate(ofTenant, own, [reportedEventOf(own, event)]);
    const { fresh, end, index } = await this.sealer.sealAnyway(ofTenant, authenticated, indexes);
    this.count(fresh, 1);
    return end && index ? { ...end, index } : undefined;
  }

  /** Continues with the other tenants when one fails, and throws the first failure at the end. */
  private async sealAll(
    context: Context,
    source: Source,
    tenants: ReadonlyMap<string, readonly ReportedEvent[]>,
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
  private async sealSound(context: Context, source: Source, events: readonly ReportedEvent[]): Promise<void> {
    await inSpan(
      () => sealSpan(events),
      async () => {
        await this.guard.assertSound(context.tenantId);
        this.count(await this.sealFitting(context, source, events), events.length);
      },
    );
  }

  /** MACs that were made on an earlier day are made again. Only the database's time tells the day of the seal. */
  private async sealFitting(context: Context, source: Source, events: readonly ReportedEvent[]): Promise<number> {
    try {
      return await this.sealOrCompare(context, await this.authenticate(context, source, events));
    } catch (error) {
      if (!(error instanceof OutdatedMacs)) throw error;
      const unmade = events.map(({ made: _, ...event }) => event);
      return this.sealOrCompare(context, await this.authenticate(context, source, unmade));
    }
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

  /** Takes the MACs that reporting processes have made, and asks for the others. */
  private async authenticate(
    context: Context,
    source: Source,
    events: readonly ReportedEvent[],
  ): Promise<readonly AuthenticatedEvent[]> {
    await this.partitions.assertOwn(source, context);
    const unmade = events.flatMap(({ made, canonical }) => (made === undefined ? [canonical] : []));
    const asked = (await this.macs.compute(context, null, unmade)).values();
    return events.map((event) => {
      const { made } = event;
      if (made !== undefined) return { ...event, macKeyId: made.macKeyId, hmac: made.hmac, madeBy: made.process };
      const { value: mac } = asked.next();
      if (mac === undefined) throw new Error('fewer MACs than messages');
      return { ...event, ...mac };
    });
  }

  private count(fresh: number, all: number): void {
    this.metrics.sealed.inc(fresh);
    this.metrics.duplicates.inc(all - fresh);
  }
}

/** The span of sealing one tenant's events. It links to the spans that the events report. */
const sealSpan = (events: readonly ReportedEvent[]): SpanPlan => ({
  name: 'seal events',
  kind: 'internal',
  attributes: { 'ankasecure.events': events.length },
  links: linksTo(events.flatMap(({ span }) => span ?? [])),
});

/** Each tenant's events in their order. Of several events with one id, only the first is kept. */
const perTenant = (events: readonly ReportedEvent[]): ReadonlyMap<string, readonly ReportedEvent[]> => {
  const tenants = new Map<string, Map<string, ReportedEvent>>();
  for (const reported of events) {
    const { tenantId, eventId } = reported.event;
    const own = tenants.get(tenantId) ?? new Map<string, ReportedEvent>();
    tenants.set(tenantId, own);
    if (!own.has(eventId)) own.set(eventId, reported);
  }
  return new Map([...tenants].map(([tenantId, own]) => [tenantId, [...own.values()]]));
};
