import { type RecordChange, type RecordKind, recordIdOf, recordOwners } from '@ankasecure/contracts';
import type { EntityMetadata } from 'typeorm';
import type { LoadedRecord } from './record-history.js';
import { recordOf } from './record-of.js';
import { type Sealed, toldOf } from './sealed-record.js';

const isKind = (table: string): table is RecordKind => Object.hasOwn(recordOwners, table);

/** Tells whether the audit trail names the changes of an entity's records. */
export const isTracked = ({ tableName, columns }: EntityMetadata): boolean =>
  isKind(tableName) && columns.some(({ propertyName }) => propertyName === 'recordRevision');

const partOf = (value: unknown): string | number =>
  Buffer.isBuffer(value) ? value.toString('hex') : (value as string | number);

/** A record as the audit trail names it. The tenant of a tenant's own record is its id. */
export const loadedRecord = (row: object, metadata: EntityMetadata): LoadedRecord => {
  const { tableName: kind, primaryColumns } = metadata;
  const owned = metadata.columns.some(({ propertyName }) => propertyName === 'tenantId');
  const key = primaryColumns.filter(({ propertyName }) => propertyName !== 'tenantId');
  const parts = key.map((column) => partOf(column.getEntityValue(row)));
  const { tenantId } = owned ? (row as { tenantId: string }) : { tenantId: String(parts[0]) };
  return {
    tenantId,
    kind: kind as RecordKind,
    // A table with one record per tenant has no other key.
    id: parts.length === 0 ? tenantId : recordIdOf(...parts),
    revision: (row as Sealed).recordRevision ?? 0,
    digest: recordOf(recordOwners[kind as RecordKind], row, metadata).digest.toString('base64url'),
  };
};

/** The change of a record, as the event of its transaction names it. */
export const changeOf = (row: object, metadata: EntityMetadata): RecordChange => {
  const { kind, id, revision, digest } = loadedRecord(row, metadata);
  const told = toldOf(metadata.target as () => void);
  const state = told === undefined ? undefined : String((row as Record<string, unknown>)[told]);
  return { kind, id, revision, digest, state };
};
