import { recordDigest, type Service } from '@ankasecure/contracts';
import type { EntityMetadata } from 'typeorm';
import type { DigestedRecord } from './record-authority.js';
import type { RejectedRecord } from './record-rejections.js';
import { columnsOf, decidingOf } from './sealed-record.js';

/** A sealed record by its table, tenant, primary key and digest. */
export interface NamedDigest extends RejectedRecord, DigestedRecord {}

const textOf = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('hex') : String(value));

/** Names a record that was loaded as a whole. A tenant's one record has the tenant's id. @throws TypeError for any other */
export const recordOf = (service: Service, row: object, metadata: EntityMetadata): NamedDigest => {
  const deciding = decidingOf(metadata.target as () => void) ?? [];
  const { tenantId = null } = row as { tenantId?: string | null };
  const place = { table: metadata.tableName, tenantId };
  const id = metadata.primaryColumns
    .filter(({ propertyName }) => propertyName !== 'tenantId')
    .map((column) => textOf(column.getEntityValue(row)))
    .join('/');
  return {
    ...place,
    id: id === '' ? (tenantId ?? '-') : id,
    digest: recordDigest(service, place, columnsOf(row, deciding)),
  };
};
