import { createHash } from 'node:crypto';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

const primaryKeyConstraintName = 'excluded_subject_pkey';

/** What the audit trail tells of whom an exclusion names: the base64url SHA-256 of `[issuer, subject]` as JSON. */
export const excludedName = ({ issuer, subject }: { readonly issuer: string; readonly subject: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');

/** A subject of an issuer that the tenant has shut out. It is deleted to readmit the subject. */
@Entity('excluded_subject')
@Unique('excluded_subject_name', ['tenantId', 'issuer', 'subject'])
@SealedRecord<ExcludedSubject>({
  deciding: ['tenantId', 'id', 'issuer', 'subject', 'reason', 'createdBy', 'createdAt', 'recordRevision'],
  told: excludedName,
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class ExcludedSubject {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  /** The `iss` of its tokens. */
  @Column('text')
  issuer!: string;

  /** The name under which it is known here, with the issuer's prefix. */
  @Column('text')
  subject!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;
}
