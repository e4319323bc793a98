import { chainSealBytes, detailsText, fitsMacDay, leafHash } from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { advanceRecordHeads } from '../record/record-head.sql.js';
import type { IndexChange, RecordIndexes } from '../record/record-indexes.js';
import { sealedChanges } from '../record/sealed-change.js';
import type { AuthenticatedEvent, BoundEvent, PlacedEvent } from './bound-event.js';
import { appendRows, claimEventIds, type LockedHead, lockHead } from './seal.sql.js';

/** The tenant's MAC over `message` under the key of that id. */
export type ChainMac = (macKeyId: string, message: Buffer) => Promise<Buffer>;

/** A trail, and the HSM partition whose workers seal it. */
export interface Trail {
  readonly tenantId: string;
  readonly partition: string;
}

/**
 * Appends events of one tenant to its trail, in one transaction under the tenant's head row. The events that were not sealed
 * before get the next sequence numbers, without a gap, in the given order. The last of them gets the seal over the chain.
 * Only the seal's MAC is requested under the head's lock. It covers the hash of the last row, which is known once the rows
 * have their places. The changes of records that the events name move the records' heads.
 * @param events no event id twice
 * @returns how many were new
 */
export const seal = async (
  dataSource: DataSource,
  { tenantId, partition }: Trail,
  events: readonly AuthenticatedEvent[],
  chainMac: ChainMac,
  indexes: Pick<RecordIndexes, 'change'>,
): Promise<number> => {
  let committed = (): void => undefined;
  const sealed = await withTenant(dataSource, tenantId, async (manager) => {
    const head = await lockHead(manager, tenantId);
    const fresh = await claim(manager, tenantId, events);
    if (fresh.length === 0) return 0;
    const placed = place(fresh, head);
    const changes = sealedChanges(placed);
    await appendRows(manager, tenantId, head, await bind(tenantId, placed, chainMac));
    const last = placed.at(-1);
    if (changes.length > 0 && last !== undefined) {
      const { seq, macKeyId } = last;
      const change: IndexChange = { tenantId, changes, seq, macKeyId, mac: chainMac };
      committed = await indexes.change(manager, change);
      await advanceRecordHeads(manager, tenantId, partition, changes);
    }
    return fresh.length;
  });
  committed();
  return sealed;
};

/** The events that were not sealed before. */
const claim = async (
  manager: EntityManager,
  tenantId: string,
  events: readonly AuthenticatedEvent[],
): Promise<readonly AuthenticatedEvent[]> => {
  const claimed = await claimEventIds(
    manager,
    tenantId,
    events.map(({ event }) => event.eventId),
  );
  return claimed.size === events.length ? events : events.filter(({ event }) => claimed.has(event.eventId));
};

/** @throws AnkaError `service-unavailable` for events whose seal every later verification would reject */
const place = (events: readonly AuthenticatedEvent[], head: LockedHead): readonly PlacedEvent[] => {
  // The database gives the time in whole milliseconds.
  const sealedAt = head.sealingAt.getTime() * 1000;
  if (!events.every(({ macKeyId }) => fitsMacDay(macKeyId, sealedAt)))
    throw new AnkaError(
      'service-unavailable',
      'The clocks of the audit database and the crypto-workers are more than a day apart. No event is sealed until they agree.',
    );
  let previousHash = head.hash;
  return events.map((entry, index) => {
    const seq = head.seq + 1 + index;
    const placed = { ...entry, seq, previousHash, details: detailsText(entry.event.details), sealedAt };
    const hash = leafHash({ ...placed, eventId: entry.event.eventId });
    previousHash = hash;
    return { ...placed, hash };
  });
};

/** Puts the seal on the last row. */
const bind = async (
  tenantId: string,
  rows: readonly PlacedEvent[],
  chainMac: ChainMac,
): Promise<readonly BoundEvent[]> => {
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { seq, hash, macKeyId } = last;
  const batch = { tenantId, fromSeq: first.seq, seq, hash };
  const chainSeal = { fromSeq: first.seq, mac: await chainMac(macKeyId, chainSealBytes(batch)) };
  return rows.map((row) => ({ ...row, chainSeal: row === last ? chainSeal : null }));
};
