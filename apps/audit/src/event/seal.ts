import { chainSealBytes, fitsMacDay, leafHash } from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { type IndexPlace, reaches, type SealedEnd, type ToldEnd } from '../end/sealed-ends.js';
import type { Descent } from '../end/trail-descent.js';
import { type AuthenticatedEvent, OutdatedMacs, refusingFalse, sealingMac } from '../mac/made-mac.js';
import { type ComputeMacs, singly } from '../mac/stored-mac.js';
import type { FollowedIndex, FollowIndex } from '../record/record-indexes.js';
import { namingChanges } from '../record/sealed-change.js';
import type { BoundEvent, PlacedEvent } from './bound-event.js';
import { assertWritten, notContinued, notSealed } from './read-back.sql.js';
import { appendRows, claimEventIds, type LockedHead, lockHead } from './seal.sql.js';
import { sealingTime } from './sealing-time.js';
import { TrailFault } from './trail-fault.js';

/** A trail, and the HSM partition whose workers seal it. */
export interface Trail {
  readonly tenantId: string;
  readonly partition: string;
  /** The last row that this process has sealed. The trail must still have it. */
  readonly known: SealedEnd | undefined;
  /** Finds an end of the trail among the rows that this process has sealed or proved by now. */
  readonly rowAt: (end: ToldEnd) => SealedEnd | undefined;
  /** Proves that its end continues what this process knows. Undefined for a trail that may be refused. */
  readonly descentOf: ((manager: EntityManager, end: ToldEnd) => Promise<Descent>) | undefined;
}

/** Other processes have sealed so much since that the proof of the trail's end would hold up its lock. It must be proved before. */
export class LongDescent extends AnkaError {
  constructor(readonly end: ToldEnd) {
    super('service-unavailable', 'Other processes have sealed many events of the trail. Repeat the request.');
  }
}

/** The result of sealing a batch. */
export interface Sealed {
  /** The number of events that were new. */
  readonly fresh: number;
  /** The last row of the batch, which is that of the trail. Others have sealed the end of a trail if no event was new. */
  readonly end: SealedEnd | undefined;
  /** The end of the trail before the batch. */
  readonly from: ToldEnd;
  /** Whether the trail ended with a row that was sealed at a time ahead of the clocks, so that the batch has that time too. */
  readonly isAhead: boolean;
  /** The index of records that the batch's seal binds; null for none, and undefined if no event was new. */
  readonly index: IndexPlace | null | undefined;
  /** The events that were sealed before with other content. */
  readonly differing: readonly string[];
}

/**
 * Appends events of one tenant to its trail, in one transaction under the tenant's head row. The events that were not sealed
 * before get the next sequence numbers, without a gap, in the given order. The last of them gets the seal over the chain.
 * Up to three MACs are requested under the head's lock: that of the seal, which covers the hash of the last row, together with one
 * that tells whether those that a reporting process has made are genuine; that of the index of records, if the events name changes;
 * and one that proves the last seal, if another process has made it. What other processes have sealed since is walked along first. The changes of records move their heads. The batch is read back before the commit.
 * @param events no event id twice
 * @throws TrailFault if the trail lacks what this process has sealed, now or before; LongDescent; FalseMac; OutdatedMacs; AnkaError
 * `clock-skew` if the database tells another time than this process's clock
 */
export const seal = async (
  dataSource: DataSource,
  trail: Trail,
  events: readonly AuthenticatedEvent[],
  compute: ComputeMacs,
  indexes: FollowIndex,
): Promise<Sealed> => {
  const { tenantId, partition, known } = trail;
  const macs = refusingFalse(compute, events);
  let followed: FollowedIndex | undefined;
  const sealed = await withTenant(dataSource, tenantId, async (manager) => {
    const head = await lockHead(manager, tenantId);
    const isSealed = await assertContinued(manager, trail, head);
    const { sealingAt, isAhead } = await sealingTime(manager, tenantId, head, trail.rowAt(head));
    const { fresh, earlier } = await claim(manager, tenantId, events);
    const rows = place(fresh, head, sealingAt);
    const last = rows.at(-1);
    if (last !== undefined) {
      const batch = {
        tenantId,
        partition,
        end: head,
        last,
        sealingAt,
        changes: namingChanges(rows),
        mac: singly(macs),
      };
      followed = await indexes.follow(manager, batch);
      await appendRows(manager, tenantId, head, sealingAt, await bind(tenantId, rows, followed.place, macs));
    }
    if (last === undefined && !isSealed) throw notSealed(tenantId);
    const { seq, hash } = last ?? head;
    const written = { tenantId, sealingAt, rows, end: { seq, hash }, earlier, known };
    const back = await assertWritten(manager, written);
    return { fresh: rows.length, from: head, isAhead, index: followed?.place, ...back };
  });
  followed?.committed();
  return sealed;
};

/** @returns whether the seal at the end is known to be genuine, or nothing is known of the trail */
const assertContinued = async (
  manager: EntityManager,
  { tenantId, known, descentOf }: Trail,
  head: LockedHead,
): Promise<boolean> => {
  if (descentOf === undefined) return true;
  if (known !== undefined && !reaches(head, known))
    throw new TrailFault(
      'trail-behind',
      `ankadb_audit has taken events back: the trail of tenant ${tenantId} ends at event ${head.seq}, and this process has sealed event ${known.seq}. deploy/backup.md says how to go on.`,
    );
  const descent = await descentOf(manager, head);
  if (descent === 'broken') throw notContinued(tenantId);
  if (descent === 'pending') throw new LongDescent(head);
  return descent === 'proven';
};

/** Divides the events into those that were not sealed before, and those that were. */
const claim = async (
  manager: EntityManager,
  tenantId: string,
  events: readonly AuthenticatedEvent[],
): Promise<Record<'fresh' | 'earlier', readonly AuthenticatedEvent[]>> => {
  const claimed = await claimEventIds(
    manager,
    tenantId,
    events.map(({ event }) => event.eventId),
  );
  const isFresh = ({ event }: AuthenticatedEvent): boolean => claimed.has(event.eventId);
  return { fresh: events.filter(isFresh), earlier: events.filter((event) => !isFresh(event)) };
};

/** @throws OutdatedMacs, or AnkaError `service-unavailable` for events whose seal every later verification would reject */
const place = (events: readonly AuthenticatedEvent[], head: LockedHead, sealingAt: Date): readonly PlacedEvent[] => {
  const sealedAt = sealingAt.getTime() * 1000;
  const unfit = events.filter(({ macKeyId }) => !fitsMacDay(macKeyId, sealedAt));
  if (unfit.some(({ madeBy }) => madeBy !== undefined)) throw new OutdatedMacs();
  if (unfit.length > 0)
    throw new AnkaError(
      'service-unavailable',
      'The clocks of the audit database and the crypto-workers are more than a day apart. No event is sealed until they agree.',
    );
  let previousHash = head.hash;
  return events.map((entry, index) => {
    const seq = head.seq + 1 + index;
    const placed = { ...entry, seq, previousHash, sealedAt };
    const hash = leafHash({ ...placed, eventId: entry.event.eventId });
    previousHash = hash;
    return { ...placed, hash };
  });
};

/** Puts the seal on the last row. It binds the index of records after the batch too. */
const bind = async (
  tenantId: string,
  rows: readonly PlacedEvent[],
  index: IndexPlace | null,
  macs: ComputeMacs,
): Promise<readonly BoundEvent[]> => {
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { seq, hash, macKeyId } = last;
  const batch = { tenantId, fromSeq: first.seq, seq, hash, index };
  const chainSeal = { fromSeq: first.seq, index, mac: await sealingMac(macs, rows, macKeyId, chainSealBytes(batch)) };
  return rows.map((row) => ({ ...row, chainSeal: row === last ? chainSeal : null }));
};
