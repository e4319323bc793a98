import {
  type AuditEvent,
  type Contract,
  listRecordHeads,
  listRecordPositions,
  type NumberedRecords,
  type RecordHead,
  type RecordName,
  readHighestRevision,
  readRecordHeads,
  recordChangesOf,
  recordKey,
  recordOwners,
  type Service,
} from '@ankasecure/contracts';
import { numberedId } from '@ankasecure/service-kit';
import type { TestBus } from '../nats/test-bus.js';

type Heads = ReadonlyMap<string, RecordHead>;

/** The last changes of a tenant's records that events name, by `recordKey`. */
export const recordHeadsOf = (events: readonly AuditEvent[], tenantId: string): Heads => {
  const heads = new Map<string, RecordHead>();
  for (const [index, event] of events.entries()) {
    if (event.tenantId !== tenantId) continue;
    for (const { state = null, ...change } of recordChangesOf(event.details) ?? [])
      if ((heads.get(recordKey(change))?.revision ?? 0) < change.revision)
        heads.set(recordKey(change), { ...change, state, seq: index + 1 });
  }
  return heads;
};

/** Answers `readRecordHeads` from a tenant's heads, as the audit service does. */
export const headsFor = (
  heads: Heads,
  { records, newest }: { readonly records: readonly RecordName[]; readonly newest: readonly NumberedRecords[] },
): readonly RecordHead[] => [
  ...records.flatMap((name) => heads.get(recordKey(name)) ?? []),
  ...newest.flatMap(({ kind, of }) =>
    [...heads.values()]
      .filter((head) => head.kind === kind && head.digest !== null && numberedId(head.id).of === of)
      .toSorted((a, b) => numberedId(b.id).number - numberedId(a.id).number)
      .slice(0, 1),
  ),
];

/** Answers `readHighestRevision` from a tenant's heads, as the audit service does. */
export const highestOf = (heads: Heads, owner: Service): number =>
  Math.max(
    0,
    ...[...heads.values()].filter(({ kind }) => recordOwners[kind] === owner).map(({ revision }) => revision),
  );

/**
 * Serves what sealed events say about records, in the place of the audit service.
 * @param sealed returns the events. It may throw, as an audit service that does not answer
 */
export const serveRecordTrail = (busOf: (contract: Contract) => TestBus, sealed: () => readonly AuditEvent[]): void => {
  busOf(readRecordHeads).serve(readRecordHeads, '', async ({ tenantId }, asked) => ({
    body: { heads: [...headsFor(recordHeadsOf(sealed(), tenantId), asked)] },
  }));
  busOf(listRecordHeads).serve(listRecordHeads, '', async ({ tenantId }, { kind: only }) => {
    const heads = [...recordHeadsOf(sealed(), tenantId).values()];
    return { body: { heads: heads.filter(({ kind }) => only === undefined || kind === only), complete: true } };
  });
  busOf(readHighestRevision).serve(readHighestRevision, '', async ({ tenantId }, { owner }) => ({
    body: { revision: highestOf(recordHeadsOf(sealed(), tenantId), owner) },
  }));
  busOf(listRecordPositions).serve(listRecordPositions, '', async () => {
    const events = sealed();
    const items = [...new Set(events.map(({ tenantId }) => tenantId))].toSorted().map((tenantId) => {
      const revisions = [...recordHeadsOf(events, tenantId).values()].map(({ revision }) => revision);
      return { tenantId, revision: Math.max(0, ...revisions) };
    });
    return { body: { items: items.filter(({ revision }) => revision > 0), complete: true } };
  });
};
