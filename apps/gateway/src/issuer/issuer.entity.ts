import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { TenantIssuer } from './issuer.contract.js';

const primaryKeyConstraintName = 'issuer_pkey';

/** An identity provider that a tenant trusts. */
@Entity('issuer')
@Unique('issuer_tenant_id_issuer_key', ['tenantId', 'issuer'])
@Index('issuer_subjects', ['tenantId', 'subjectPrefix'], { unique: true, where: '(NOT shares_subjects)' })
@Index('issuer_tenant_claim', ['issuer'], { where: `((claims ->> 'tenant'::text) <> 'tenant'::text)` })
@Check('issuer_check', 'keys IS NULL OR jwks_url IS NULL')
@Check('issuer_algorithms_check', 'cardinality(algorithms) > 0')
@Check(
  'issuer_roles_check',
  `cardinality(roles) > 0 AND roles <@ ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']`,
)
@SealedRecord<IssuerRecord>({
  deciding: [
    'tenantId',
    'id',
    'revision',
    'issuer',
    'audience',
    'algorithms',
    'claims',
    'keys',
    'jwksUrl',
    'createdBy',
    'createdAt',
    'roles',
    'subjectPrefix',
    'sharesSubjects',
    'recordRevision',
  ],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class IssuerRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  @Column('integer', { default: 1 })
  revision!: number;

  /** The `iss` of its tokens. */
  @Column('text')
  issuer!: string;

  @Column('text')
  audience!: string;

  @Column('text', { array: true })
  algorithms!: TenantIssuer['algorithms'];

  /** The names of the tokens' claims. */
  @Column('jsonb')
  claims!: Partial<TenantIssuer['claims']> & Pick<TenantIssuer['claims'], 'roles' | 'groups'>;

  /** Public JWKs. Null if they are fetched. */
  @Column('jsonb', { nullable: true })
  keys!: TenantIssuer['keys'];

  @Column('text', { name: 'jwks_url', nullable: true })
  jwksUrl!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The roles that its tokens can give. */
  @Column('text', { array: true })
  roles!: TenantIssuer['roles'];

  /** The prefix of every subject and group of its tokens. */
  @Column('text', { name: 'subject_prefix' })
  subjectPrefix!: string;

  /** Whether another issuer can have the same prefix. */
  @Column('boolean', { name: 'shares_subjects' })
  sharesSubjects!: boolean;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;
}

export const resourceOf = ({ createdAt, ...record }: IssuerRecord): TenantIssuer => ({
  id: record.id,
  tenantId: record.tenantId,
  revision: record.revision,
  issuer: record.issuer,
  audience: record.audience,
  algorithms: record.algorithms,
  // A record of an earlier release has fewer names.
  claims: { tenant: 'tenant', audience: 'aud', required: [], ...record.claims },
  roles: record.roles,
  keys: record.keys,
  subjectPrefix: record.subjectPrefix,
  sharesSubjects: record.sharesSubjects,
  jwksUrl: record.jwksUrl,
  createdBy: record.createdBy,
  createdAt: createdAt.toISOString(),
});
