import { isRecordKind, type RecordChange, type RecordKind, type RecordName, recordIdOf } from '@ankasecure/contracts';
import type { EntityMetadata } from 'typeorm';
import type { LoadedRecord } from './record-claim.js';
import { type Sealed, toldBy } from './sealed-record.js';

const hasColumn = ({ columns }: EntityMetadata, name: string): boolean =>
  columns.some(({ propertyName }) => propertyName === name);

/** The column with the tenant of a record. A tenant's own record is found by its id. */
export const ownerColumn = (metadata: EntityMetadata): 'tenantId' | 'id' =>
  hasColumn(metadata, 'tenantId') ? 'tenantId' : 'id';

/** Tells whether the audit trail names the changes of an entity's records. */
export const isTracked = (metadata: EntityMetadata): boolean =>
  isRecordKind(metadata.tableName) && hasColumn(metadata, 'recordRevision');

const partOf = (value: unknown): string | number =>
  Buffer.isBuffer(value) ? value.toString('hex') : (value as string | number);

/** The name of a record in the audit trail, and its tenant. */
export const trailNameOf = (row: object, metadata: EntityMetadata): RecordName & { readonly tenantId: string } => {
  const tenantId = (row as Record<string, string>)[ownerColumn(metadata)] as string;
  const parts = metadata.primaryColumns
    .filter(({ propertyName }) => propertyName !== 'tenantId')
    .map((column) => partOf(column.getEntityValue(row)));
  // A table with one record per tenant has no other key.
  return { tenantId, kind: metadata.tableName as RecordKind, id: parts.length === 0 ? tenantId : recordIdOf(...parts) };
};

/** A record as the audit trail names it. @param digest of the record's canonical form */
export const loadedRecord = (row: object, metadata: EntityMetadata, digest: Buffer): LoadedRecord => ({
  ...trailNameOf(row, metadata),
  revision: (row as Sealed).recordRevision ?? 0,
  digest: digest.toString('base64url'),
  state: toldBy(metadata.target as () => void, row),
});

/** The change of a record, as the event of its transaction names it. */
export const changeOf = ({ kind, id, revision, digest, state }: LoadedRecord): RecordChange => ({
  kind,
  id,
  revision,
  digest,
  state: state ?? undefined,
});
