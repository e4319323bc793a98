import type { RecordHead, RecordName, Service } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { RecordIndexRecord } from './record-index.entity.js';

const columns = `kind, id, seq::float8 AS seq, revision::float8 AS revision, digest, state`;

/** A change of a record that an event names, or the head that it leads to. */
export interface SealedChange extends RecordHead {
  readonly owner: Service;
}

/**
 * Takes changes over in the transaction that seals their events.
 * @param moved the heads that have moved, each record once
 * @param highest the change with the highest revision of each service's records
 */
export const moveRecordHeads = async (
  manager: EntityManager,
  { tenantId, partition }: { readonly tenantId: string; readonly partition: string },
  { moved, highest }: Record<'moved' | 'highest', readonly SealedChange[]>,
): Promise<void> => {
  const changes = [...moved, ...highest];
  await manager.query('SELECT move_record_heads($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    tenantId,
    partition,
    changes.map(({ owner }) => owner),
    changes.map(({ kind }) => kind),
    changes.map(({ id }) => id),
    changes.map(({ seq }) => seq),
    changes.map(({ revision }) => revision),
    changes.map(({ digest }) => digest),
    changes.map(({ state }) => state),
    changes.map((_, index) => index < moved.length),
  ]);
};

/** The heads of the named records that the trail knows. */
export const selectHeads = (
  manager: EntityManager,
  tenantId: string,
  records: readonly RecordName[],
): Promise<RecordHead[]> =>
  manager.query<RecordHead[]>(
    `SELECT ${columns} FROM record_head JOIN unnest($2::text[], $3::text[]) AS named (kind, id) USING (kind, id)
     WHERE tenant_id = $1`,
    [tenantId, records.map(({ kind }) => kind), records.map(({ id }) => id)],
  );

/** Tenants with the highest revision of a service's records. */
export const listPositions = (
  manager: EntityManager,
  owner: Service,
  partition: string | null,
  after: string | null,
  most: number,
): Promise<{ tenantId: string; revision: number }[]> =>
  manager.query<{ tenantId: string; revision: number }[]>(
    'SELECT tenant_id AS "tenantId", revision::float8 AS revision FROM record_positions($1, $2, $3, $4)',
    [owner, partition, after, most],
  );

/** The condition that an event names a change of a record. It is that of an index. */
const namesChange = `details LIKE '%"record.%'`;

/**
 * Tells whether the trail has an event before `seq` that names a change of a record. In a trail that has one, it is among the
 * first.
 */
export const namesChanges = async (manager: EntityManager, tenantId: string, seq: number): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM sealed_event WHERE tenant_id = $1 AND sealed_event.seq < $2 AND ${namesChange} AND details LIKE '%"record.1":%'
     ORDER BY seq LIMIT 1`,
    [tenantId, seq],
  );
  return rows.length > 0;
};

/** The heads of changes that events after `seq` name. */
export const headsAfter = (manager: EntityManager, tenantId: string, seq: number): Promise<RecordHead[]> =>
  manager.query<RecordHead[]>(`SELECT ${columns} FROM record_head WHERE tenant_id = $1 AND record_head.seq > $2`, [
    tenantId,
    seq,
  ]);

/** The numbers of events that name changes to one of some states, oldest first, after `after`. The rows must be proved. */
export const eventsWithStates = async (
  manager: EntityManager,
  tenantId: string,
  states: readonly string[],
  after: number,
  most: number,
): Promise<number[]> => {
  const rows = await manager.query<{ seq: number }[]>(
    `SELECT seq::float8 AS seq FROM sealed_event
     WHERE tenant_id = $1 AND sealed_event.seq > $2 AND ${namesChange} AND details LIKE ANY ($3::text[])
     ORDER BY sealed_event.seq LIMIT $4`,
    [tenantId, after, states.map((state) => `% ${state} %`), most],
  );
  return rows.map(({ seq }) => seq);
};

/** The heads that name events from `fromSeq` on, up to `untilSeq`. */
export const selectHeadsOf = (
  manager: EntityManager,
  tenantId: string,
  fromSeq: number,
  untilSeq: number | null,
): Promise<RecordHead[]> =>
  manager.query<RecordHead[]>(
    `SELECT ${columns} FROM record_head h WHERE tenant_id = $1 AND h.seq >= $2 AND ($3::bigint IS NULL OR h.seq <= $3)`,
    [tenantId, fromSeq, untilSeq],
  );

/** Removes what was derived from a tenant's trail, so that it is derived anew in the same transaction. */
export const clearRecords = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT clear_records($1)', [tenantId]);
};

/** Stores the index of a tenant's records, if it is newer than the one that is stored. */
export const storeIndex = async (
  manager: EntityManager,
  { tenantId, seq, sum, macKeyId, mac }: { readonly [Column in keyof RecordIndexRecord]: RecordIndexRecord[Column] },
): Promise<void> => {
  await manager.query('SELECT store_record_index($1, $2, $3, $4, $5)', [tenantId, seq, sum, macKeyId, mac]);
};
