import type { EntityManager } from 'typeorm';
import type { SealedEnd } from '../anchor/sealed-ends.js';
import type { AuthenticatedEvent, PlacedEvent } from './bound-event.js';
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
  readonly missing: number;
}

/** A row is found by its time too, so that only one month is read. An earlier event's time is unknown. */
const found = `
  SELECT
    (SELECT count(*) FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $2 AND seq BETWEEN $3 AND $4)::integer AS rows,
    (SELECT hash FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $2 AND seq = $4) AS "lastHash",
    (SELECT seq FROM trail_head WHERE tenant_id = $1)::float8 AS "headSeq",
    (SELECT hash FROM trail_head WHERE tenant_id = $1) AS "headHash",
    (SELECT hash FROM sealed_event WHERE tenant_id = $1 AND sealed_at = $5 AND seq = $6) AS "knownHash",
    (SELECT count(*) FROM unnest($7::uuid[], $8::text[]) AS earlier (id, correlation) WHERE NOT EXISTS (
      SELECT 1 FROM sealed_event e WHERE e.tenant_id = $1 AND e.correlation_id = earlier.correlation AND e.event_id = earlier.id
    ))::integer AS missing`;

interface Comparison {
  readonly alarm: TrailFault['alarm'];
  readonly told: string;
  readonly holds: (found: Found, written: Written) => boolean;
}

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
  {
    alarm: 'trail-unwritten',
    told: 'an event that counts as sealed is not in the trail',
    holds: ({ missing }) => missing === 0,
  },
  {
    alarm: 'trail-behind',
    told: 'the trail no longer has the last event that this process sealed',
    holds: ({ knownHash }, { known }) => known === undefined || knownHash?.equals(known.hash) === true,
  },
];

/**
 * Reads back what the transaction has written, by another statement than those that wrote it: a trigger or a replaced function
 * may have dropped rows or set the head back.
 * @throws TrailFault if anything differs
 */
export const assertWritten = async (manager: EntityManager, written: Written): Promise<void> => {
  const { tenantId, sealingAt, rows, end, earlier, known } = written;
  const [row] = await prepared<Found>(manager, 'read-back', found, [
    tenantId,
    sealingAt,
    rows.at(0)?.seq ?? end.seq + 1,
    end.seq,
    known?.sealedAt,
    known?.seq,
    earlier.map(({ event }) => event.eventId),
    earlier.map(({ event }) => event.correlationId),
  ]);
  const failed = comparisons.find(({ holds }) => row === undefined || !holds(row, written));
  if (failed !== undefined)
    throw new TrailFault(
      failed.alarm,
      `ankadb_audit does not keep what is sealed: ${failed.told} (tenant ${tenantId}). Look for triggers and functions that were changed.`,
    );
};
