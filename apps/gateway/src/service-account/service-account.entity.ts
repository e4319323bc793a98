import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { clientIdOf } from './client-id.js';
import type { RegisteredCertificate, ServiceAccount } from './service-account.contract.js';

const accountKey = { primaryKeyConstraintName: 'service_account_pkey' };

/** A tenant's application. */
@Entity('service_account')
@Check('service_account_roles_check', `roles <@ ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']`)
@Check('service_account_check', 'jsonb_array_length(keys) + jsonb_array_length(certificates) > 0')
@SealedRecord<ServiceAccountRecord>({
  deciding: [
    'tenantId',
    'id',
    'revision',
    'tokensFrom',
    'name',
    'roles',
    'groups',
    'keys',
    'createdBy',
    'createdAt',
    'certificates',
    'recordRevision',
  ],
  notDeciding: {
    certificateDers: 'Each is bound by its thumbprint in `certificates`, and compared with it when it is read.',
    seal: 'is the seal itself',
  },
})
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

  @Column('jsonb', { default: [] })
  certificates!: RegisteredCertificate[];

  /** The certificates in DER (base64), by their thumbprints. Each has some kilobytes, so they are not read with the account. */
  @Column('jsonb', { name: 'certificate_ders', default: {}, select: false })
  certificateDers!: Readonly<Record<string, string>>;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;
}

export const resourceOf = ({ createdAt, ...record }: ServiceAccountRecord): ServiceAccount => ({
  id: record.id,
  revision: record.revision,
  name: record.name,
  roles: record.roles,
  groups: record.groups,
  keys: record.keys,
  certificates: record.certificates,
  tenantId: record.tenantId,
  clientId: clientIdOf(record.tenantId, record.id),
  createdBy: record.createdBy,
  createdAt: createdAt.toISOString(),
});
