import type { EntityManager } from 'typeorm';
import type { SealedEnd } from '../end/sealed-ends.js';
import type { AuthenticatedEvent } from '../mac/made-mac.js';
import { findPlacedRows } from '../trail/placed-row.sql.js';
import type { PlacedEvent } from './bound-event.js';
import { prepared } from './prepared.js';
import { TrailFault } from './trail-fault.js';

/** The writes that the transaction was told to make. */
export interface Written {
  readonly tenantId: string;
  readonly sealingAt: Date;
  /** The new rows, in order. */
  readonly rows: readonly PlacedEvent[];
  /** The end of the trail. */
  readonly end: Pick<SealedEnd, 'seq' | 'hash'>;
  /** Events that were sealed before. */
  readonly earlier: readonly AuthenticatedEvent[];
  /** The last row that this process has sealed before, if it is known. */
  readonly known: SealedEnd | undefined;
}

interface Found {
  readonly rows: number;
  readonly lastHash: Buffer | null;
  readonly headSeq: number | null;
  readonly headHash: Buffer | null;
  readonly knownHash: Buffer | null;
}

/** A row is found by its time too, so that only one month is read. */
const found = `
  SELECT
    (SELECT count(*) FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $2 AND seq BETWEEN $3 AND $4)::integer AS rows,
    (SELECT hash FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $2 AND seq = $4) AS "lastHash",
    (SELECT seq FROM trail_head WHERE tenant_id = $1)::float8 AS "headSeq",
    (SELECT hash FROM trail_head WHERE tenant_id = $1) AS "headHash",
    (SELECT hash FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $5 AND seq = $6) AS "knownHash"`;

/** The state of the trail after a batch. */
interface ReadBack {
  /** The end of the trail, if the batch has made it. */
  readonly end: SealedEnd | undefined;
  /** The events that were sealed before with other content. */
  readonly differing: readonly string[];
}

interface Comparison {
  readonly alarm: TrailFault['alarm'];
  readonly told: string;
  readonly holds: (found: Found, written: Written) => boolean;
}

const takenBack: Comparison = {
  alarm: 'trail-behind',
  told: 'the trail no longer has the last event that this process sealed',
  holds: ({ knownHash }, { known }) => known === undefined || knownHash?.equals(known.hash) === true,
};

const comparisons: readonly Comparison[] = [
  {
    alarm: 'trail-unwritten',
    told: 'the trail does not have the new rows',
    holds: ({ rows, lastHash }, written) =>
      rows === written.rows.length && (rows === 0 || lastHash?.equals(written.end.hash) === true),
  },
  {
    alarm: 'trail-unwritten',
    told: 'the trail’s head is not at the last row',
    holds: ({ headSeq, headHash }, { end }) => headSeq === end.seq && headHash?.equals(end.hash) === true,
  },
  takenBack,
];

/** The trail does not continue what this process has sealed. */
export const notContinued = (tenantId: string): TrailFault => faultOf({ tenantId }, takenBack);

/** The trail's end continues what this process has sealed. Its seal is not genuine. */
export const notSealed = (tenantId: string): TrailFault =>
  faultOf({ tenantId }, { alarm: 'trail-unwritten', told: 'the last seal of the trail is not genuine' });

/**
 * Reads back what the transaction has written, by another statement than those that wrote it: a trigger or a replaced function
 * may have dropped rows or set the head back. What counts as sealed before must be in the trail, event by event: a row of
 * `event_dedup` proves nothing, nor does one with the event's id.
 * @throws TrailFault if anything differs
 */
export const assertWritten = async (manager: EntityManager, written: Written): Promise<ReadBack> => {
  const { tenantId, sealingAt, rows, end, known } = written;
  const [row] = await prepared<Found>(manager, 'read-back', found, [
    tenantId,
    sealingAt,
    rows.at(0)?.seq ?? end.seq + 1,
    end.seq,
    known?.sealedAt,
    known?.seq,
  ]);
  const failed = comparisons.find(({ holds }) => row === undefined || !holds(row, written));
  if (failed !== undefined) throw faultOf(written, failed);
  const differing = await differingFrom(manager, written);
  return { end: rows.length === 0 ? undefined : { ...end, sealedAt: sealingAt }, differing };
};

const faultOf = (
  { tenantId }: Pick<Written, 'tenantId'>,
  { alarm, told }: Pick<Comparison, 'alarm' | 'told'>,
): TrailFault =>
  new TrailFault(
    alarm,
    `ankadb_audit does not keep what is sealed: ${told} (tenant ${tenantId}). Look for triggers and functions that were changed.`,
  );

/**
 * Checks that the trail holds what was sealed before: an event of that id, with its place in the chain. Its content may differ: a
 * worker whose database was restored reports a making as lost that it has reported as done. The trail keeps the first.
 * @returns the events whose content differs
 * @throws TrailFault
 */
const differingFrom = async (manager: EntityManager, written: Written): Promise<readonly string[]> => {
  const { tenantId, earlier, known } = written;
  if (earlier.length === 0) return [];
  const names = earlier.map(({ event: { eventId, correlationId } }) => ({ tenantId, eventId, correlationId }));
  const { head, rows } = await findPlacedRows(manager, tenantId, names, known);
  const sealed = Map.groupBy(rows, ({ eventId }) => eventId);
  if (head === undefined || !earlier.every(({ event }) => sealed.has(event.eventId)))
    throw faultOf(written, { alarm: 'trail-unwritten', told: 'an event that counts as sealed is not in the trail' });
  const isSame = ({ event, canonical, details }: AuthenticatedEvent): boolean =>
    sealed.get(event.eventId)?.some((row) => canonical.equals(row.canonical) && details === row.details) === true;
  return earlier.filter((event) => !isSame(event)).map(({ event }) => event.eventId);
};
