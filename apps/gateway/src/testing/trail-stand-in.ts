import {
  type AuditEvent,
  type Contract,
  listRecordHeads,
  listRecordPositions,
  type RecordHead,
  readRecordHeads,
  recordChangesOf,
  recordKey,
} from '@ankasecure/contracts';
import type { TestBus } from '@ankasecure/testing';

/** The last change of each record that the events name. */
const headsOf = (events: readonly AuditEvent[]): readonly RecordHead[] => {
  const heads = new Map<string, RecordHead>();
  for (const { details } of events)
    for (const { state = null, ...change } of recordChangesOf(details) ?? []) {
      const held = heads.get(recordKey(change));
      if (held === undefined || held.revision < change.revision)
        heads.set(recordKey(change), { ...change, state, seq: 1 });
    }
  return [...heads.values()];
};

/** Serves what sealed events say about records, as the audit service does. Unless it `remembers`, the trail knows no record. */
export const serveTrail = (
  busOf: (contract: Contract) => TestBus,
  sealed: readonly AuditEvent[],
  remembers: () => boolean,
): void => {
  const known = (): readonly AuditEvent[] => (remembers() ? sealed : []);
  const headsIn = (tenantId: string): readonly RecordHead[] =>
    headsOf(known().filter((event) => event.tenantId === tenantId));
  busOf(readRecordHeads).serve(readRecordHeads, '', async ({ tenantId }, { records }) => {
    const asked = new Set(records.map(recordKey));
    return { body: { heads: headsIn(tenantId).filter((head) => asked.has(recordKey(head))) } };
  });
  busOf(listRecordHeads).serve(listRecordHeads, '', async ({ tenantId }, { kind: only }) => ({
    body: { heads: headsIn(tenantId).filter(({ kind }) => only === undefined || kind === only), complete: true },
  }));
  busOf(listRecordPositions).serve(listRecordPositions, '', async () => {
    const tenants = [...new Set(known().map(({ tenantId }) => tenantId))];
    const items = tenants.flatMap((tenantId) => {
      const revision = Math.max(0, ...headsIn(tenantId).map((head) => head.revision));
      return revision === 0 ? [] : [{ tenantId, revision }];
    });
    return { body: { items, complete: true } };
  });
};
