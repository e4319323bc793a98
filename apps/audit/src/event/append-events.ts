import { canonicalBytes } from '@ankasecure/audit-event';
import type { AuditEvent, Context } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import type { MacSource } from './mac.js';
import type { EventMetrics } from './metrics.js';
import { seal } from './seal.js';

/** Tenants of one batch that are sealed at the same time: each takes a connection. */
const tenantsAtOnce = 4;

/** Seals what services report. */
export class AppendEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly macs: MacSource,
    private readonly metrics: EventMetrics,
  ) {}

  /**
   * Seals a batch; when it returns all of it is committed, now or before. Tenants are sealed independently of each other,
   * so after an error part of the batch may be sealed: whoever sends it again loses and doubles nothing.
   * @throws AnkaError retryable when no worker computed the MACs or the database did not answer
   */
  async append(context: Context, events: readonly AuditEvent[]): Promise<{ sealed: number }> {
    const outcome = this.metrics.append.startTimer();
    try {
      await this.sealAll(context, perTenant(events));
      outcome({ outcome: 'sealed' });
      return { sealed: events.length };
    } catch (error) {
      outcome({ outcome: 'failed' });
      throw error;
    }
  }

  /** Goes on with the others when a tenant fails, and throws the first failure at the end. */
  private async sealAll(context: Context, tenants: ReadonlyMap<string, readonly AuditEvent[]>): Promise<void> {
    const failures: unknown[] = [];
    const waiting = tenants.entries();
    const sealNext = async (): Promise<void> => {
      for (const [tenantId, events] of waiting)
        await this.sealTenant({ ...context, tenantId }, events).catch((error: unknown) => failures.push(error));
    };
    await Promise.all(Array.from({ length: Math.min(tenantsAtOnce, tenants.size) }, sealNext));
    if (failures.length > 0) throw failures[0];
  }

  /** The events' MACs come first: they take no place in the sequence. Under the head's lock one more is waited for, the batch's seal. */
  private async sealTenant(context: Context, events: readonly AuditEvent[]): Promise<void> {
    const canonical = events.map(canonicalBytes);
    const macs = await this.macs.compute(context, null, canonical);
    const authenticated = events.flatMap((event, index) => {
      const [bytes, mac] = [canonical[index], macs[index]];
      return bytes === undefined || mac === undefined ? [] : [{ event, canonical: bytes, ...mac }];
    });
    const fresh = await seal(this.dataSource, context.tenantId, authenticated, (macKeyId, message) =>
      this.macs.computeOne(context, macKeyId, message),
    );
    this.metrics.sealed.inc(fresh);
    this.metrics.duplicates.inc(events.length - fresh);
  }
}

/** Each tenant's events in their order, the first of each event id. */
const perTenant = (events: readonly AuditEvent[]): ReadonlyMap<string, readonly AuditEvent[]> => {
  const tenants = new Map<string, Map<string, AuditEvent>>();
  for (const event of events) {
    const own = tenants.get(event.tenantId) ?? new Map<string, AuditEvent>();
    tenants.set(event.tenantId, own);
    if (!own.has(event.eventId)) own.set(event.eventId, event);
  }
  return new Map([...tenants].map(([tenantId, own]) => [tenantId, [...own.values()]]));
};
