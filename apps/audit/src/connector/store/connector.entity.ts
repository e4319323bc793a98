import { type ConnectorSettings, recordDigest } from '@ankasecure/contracts';
import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'connector_pkey';

/**
 * Where a tenant's events are sent; those of every tenant, if the platform's own tenant has it. Each change writes a new row, and
 * then seals an event that names the row's revision and digest. The row that the sealed trail names counts, and no other: whoever
 * owns the database can delete it, and can neither change it nor put an older one back.
 */
@Entity('connector')
@Check('connector_revision_check', 'revision > 0')
export class ConnectorRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  /** The place of the change in the tenant's history. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName, transformer: wholeNumber })
  revision!: number;

  @Column('text')
  name!: string;

  /** Whether it delivers. */
  @Column('boolean')
  enabled!: boolean;

  /** They name secrets, and hold none. */
  @Column('jsonb')
  settings!: ConnectorSettings;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}

/** The digest by which the trail names a row, base64url. It binds every column. */
export const connectorDigest = ({ tenantId, ...columns }: ConnectorRecord): string =>
  recordDigest('audit', { table: 'connector', tenantId }, Object.entries(columns)).toString('base64url');
