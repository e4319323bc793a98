import { SealedRecord, UnsealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const assertionKey = { primaryKeyConstraintName: 'client_assertion_pkey' };

/** An assertion that a client has used. An assertion can be used once. */
@Entity('client_assertion')
@Index('client_assertion_expires', ['expiresAt'])
@UnsealedRecord(
  'Whoever removes a record and has the assertion can use it once more, within the minutes that it lives.',
)
export class ClientAssertion {
  @PrimaryColumn('uuid', { name: 'tenant_id', ...assertionKey })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'account_id', ...assertionKey })
  accountId!: string;

  @PrimaryColumn('text', assertionKey)
  jti!: string;

  /** Nobody accepts the assertion after this time, so the record can be removed. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}

const tokenKeyKey = { primaryKeyConstraintName: 'token_key_pkey' };

/** The public half of a key that signs the gateway's tokens. */
@Entity('token_key')
@SealedRecord<TokenKeyRecord>({
  deciding: ['tenantId', 'kid', 'jwk', 'recordRevision'],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class TokenKeyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', ...tokenKeyKey })
  tenantId!: string;

  @PrimaryColumn('text', tokenKeyKey)
  kid!: string;

  @Column('jsonb')
  jwk!: object;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;
}
