import { Check, Column, Entity, PrimaryColumn, VirtualColumn } from 'typeorm';
import type { StoredCertificate } from './certificate.js';
import { clientIdOf } from './client-id.js';
import type { RegisteredCertificate, ServiceAccount } from './service-account.contract.js';

const accountKey = { primaryKeyConstraintName: 'service_account_pkey' };

/** A tenant's application. */
@Entity('service_account')
@Check('service_account_roles_check', `roles <@ ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']`)
@Check('service_account_check', 'jsonb_array_length(keys) + jsonb_array_length(certificates) > 0')
export class ServiceAccountRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', ...accountKey })
  tenantId!: string;

  @PrimaryColumn('uuid', accountKey)
  id!: string;

  @Column('integer', { default: 1 })
  revision!: number;

  /** The first revision whose tokens are accepted. A change that takes a key or a certificate away ends earlier tokens. */
  @Column('integer', { name: 'tokens_from', default: 1 })
  tokensFrom!: number;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  roles!: ServiceAccount['roles'];

  @Column('text', { array: true })
  groups!: string[];

  /** Public JWKs, with their ends. */
  @Column('jsonb')
  keys!: ServiceAccount['keys'];

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** A whole certificate has some kilobytes, so it is not read with the account. The thumbprints decide. */
  @Column('jsonb', { default: [], select: false })
  certificates!: readonly StoredCertificate[];

  /** The certificates without their DER. */
  @VirtualColumn({
    type: 'jsonb',
    query: (alias) => `SELECT coalesce(jsonb_agg(kept - 'der' ORDER BY place), '[]')
      FROM jsonb_array_elements(${alias}.certificates) WITH ORDINALITY AS list (kept, place)`,
  })
  registeredCertificates!: RegisteredCertificate[];
}

export const resourceOf = ({ createdAt, registeredCertificates, ...record }: ServiceAccountRecord): ServiceAccount => ({
  id: record.id,
  revision: record.revision,
  name: record.name,
  roles: record.roles,
  groups: record.groups,
  keys: record.keys,
  certificates: registeredCertificates,
  tenantId: record.tenantId,
  clientId: clientIdOf(record.tenantId, record.id),
  createdBy: record.createdBy,
  createdAt: createdAt.toISOString(),
});
