import {
  AnkaError,
  type AuditEvent,
  appendFromPolicy,
  listRecordHeads,
  listRecordPositions,
  type RecordHead,
  readRecordHeads,
  recordChangesOf,
  recordKey,
} from '@ankasecure/contracts';
import type { TestBus } from '@ankasecure/testing';

/** An audit service that seals what it is sent, and says of records what the events say. */
export class AuditStandIn {
  readonly sealed: AuditEvent[] = [];
  /** Whether it answers what it is asked about records. */
  answers = true;

  constructor(bus: TestBus) {
    bus.serve(appendFromPolicy, '', async (_, { events }) => {
      this.sealed.push(...events);
      return { body: { sealed: events.length } };
    });
    bus.serve(readRecordHeads, '', async ({ tenantId }, { records, newest }) => {
      const heads = this.headsOf(tenantId);
      const named = records.flatMap((name) => heads.get(recordKey(name)) ?? []);
      const last = newest.flatMap(({ kind }) => newestOf([...heads.values()], kind));
      return { body: { heads: [...named, ...last] } };
    });
    bus.serve(listRecordHeads, '', async ({ tenantId }) => ({
      body: { heads: [...this.headsOf(tenantId).values()], complete: true },
    }));
    bus.serve(listRecordPositions, '', async () => {
      const tenants = [...new Set(this.sealed.map(({ tenantId }) => tenantId))].toSorted();
      const items = tenants.map((tenantId) => {
        const revisions = [...this.headsOf(tenantId).values()].map(({ revision }) => revision);
        return { tenantId, revision: Math.max(0, ...revisions) };
      });
      return { body: { items: items.filter(({ revision }) => revision > 0), complete: true } };
    });
  }

  /** The last changes of a tenant's records. */
  headsOf(tenantId: string): ReadonlyMap<string, RecordHead> {
    if (!this.answers) throw new AnkaError('service-unavailable');
    const heads = new Map<string, RecordHead>();
    for (const [index, event] of this.sealed.entries()) {
      if (event.tenantId !== tenantId) continue;
      for (const { state = null, ...change } of recordChangesOf(event.details) ?? [])
        if ((heads.get(recordKey(change))?.revision ?? 0) < change.revision)
          heads.set(recordKey(change), { ...change, state, seq: index + 1 });
    }
    return heads;
  }
}

const newestOf = (heads: readonly RecordHead[], of: string): readonly RecordHead[] =>
  heads
    .filter(({ kind, digest }) => kind === of && digest !== null)
    .toSorted((a, b) => Number(b.id) - Number(a.id))
    .slice(0, 1);
