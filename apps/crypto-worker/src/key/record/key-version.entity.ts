import type { KeyState, RevocationReason } from '@ankasecure/contracts';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { CustodyKind } from '../../custody/custody.js';
import { KeyRecord } from './key.entity.js';

const primaryKeyConstraintName = 'key_version_pkey';
const foreignKeyConstraintName = 'key_version_tenant_id_key_id_fkey';

const states = ['PRE_ACTIVE', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED'];

/** One version of a key: its object in the HSM and its life. */
@Entity('key_version')
@Index('key_version_to_destroy', ['partition', 'destroyAt'], { where: `(state = 'DESTROY_SCHEDULED'::text)` })
@Index('key_version_kek', ['tenantId', 'kekGeneration', 'keyId', 'version'], { where: '(kek_generation IS NOT NULL)' })
@Unique('key_version_object_id_key', ['objectId'])
@Unique('key_version_tenant_id_key_id_request_id_key', ['tenantId', 'keyId', 'requestId'])
@Check('key_version_version_check', 'version > 0')
@Check('key_version_state_check', `state IN (${states.map((state) => `'${state}'`).join(', ')})`)
@Check('key_version_custody_check', `custody IN ('token', 'wrapped', 'software', 'public')`)
@Check('key_version_public_key', `custody <> 'public' OR spki IS NOT NULL`)
@Check('key_version_certificate_chain_check', 'length(certificate_chain) BETWEEN 1 AND 32768')
@Check('key_version_object_id_check', 'length(object_id) = 16')
@Check('key_version_check', '(revocation_reason IS NULL) = (revocation_occurred_at IS NULL)')
@Check('key_version_wrapped_mac_check', 'length(wrapped_mac) = 32')
@Check(
  'key_version_wrapped',
  `(wrapped_blob IS NULL) = (wrapped_mac IS NULL) AND (wrapped_blob IS NULL) = (kek_generation IS NULL)
    AND (wrapped_blob IS NOT NULL) = (custody IN ('wrapped', 'software') AND state <> 'DESTROYED')
    AND (sealed_key IS NOT NULL) = (custody = 'software' AND state <> 'DESTROYED')`,
)
@SealedRecord<KeyVersionRecord>({
  deciding: [
    'tenantId',
    'keyId',
    'version',
    'revision',
    'state',
    'activateAt',
    'deactivateAt',
    'revocationReason',
    'revocationMessage',
    'revocationOccurredAt',
    'destroyAt',
    'destroyWaitingDays',
    'destroyScheduledBy',
    'destroyedAt',
    'custody',
    'partition',
    'tokenLabel',
    'tokenSerial',
    'objectId',
    'spki',
    'certificateChain',
    'wrappedBlob',
    'wrappedMac',
    'kekGeneration',
    'sealedKey',
    'requestId',
    'createdAt',
    'recordRevision',
  ],
  told: 'state',
  notDeciding: {
    rewrapFailure: 'only reports why the last attempt to rewrap the blob failed; the blob and its KEK are bound',
    seal: 'is the seal itself',
  },
})
export class KeyVersionRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  /** Counts from 1. The highest is the current version. */
  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  @ManyToOne(() => KeyRecord, { nullable: false })
  @JoinColumn([
    { name: 'tenant_id', referencedColumnName: 'tenantId', foreignKeyConstraintName },
    { name: 'key_id', referencedColumnName: 'id', foreignKeyConstraintName },
  ])
  key!: KeyRecord;

  /** Counts the changes that make decisions on this version outdated. The fence compares it. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** The recorded state. `stateAt` computes the state at a given time. */
  @Column('text')
  state!: KeyState;

  @Column('timestamptz', { name: 'activate_at', nullable: true })
  activateAt!: Date | null;

  @Column('timestamptz', { name: 'deactivate_at', nullable: true })
  deactivateAt!: Date | null;

  @Column('text', { name: 'revocation_reason', nullable: true })
  revocationReason!: RevocationReason | null;

  @Column('text', { name: 'revocation_message', nullable: true })
  revocationMessage!: string | null;

  /** The time since which the reason for the revocation holds. */
  @Column('timestamptz', { name: 'revocation_occurred_at', nullable: true })
  revocationOccurredAt!: Date | null;

  /** The date of a scheduled destruction. */
  @Column('timestamptz', { name: 'destroy_at', nullable: true })
  destroyAt!: Date | null;

  /** The waiting period from the scheduling to `destroyAt`, in days. Unknown for destructions that older releases scheduled. */
  @Column('integer', { name: 'destroy_waiting_days', nullable: true })
  destroyWaitingDays!: number | null;

  /** The principal who scheduled the destruction. */
  @Column('text', { name: 'destroy_scheduled_by', nullable: true })
  destroyScheduledBy!: string | null;

  @Column('timestamptz', { name: 'destroyed_at', nullable: true })
  destroyedAt!: Date | null;

  @Column('text')
  custody!: CustodyKind;

  @Column('text')
  partition!: string;

  /** The label and serial of the token that holds the object, or the KEK that wraps it, or sealed the record of a public key. */
  @Column('text', { name: 'token_label' })
  tokenLabel!: string;

  @Column('text', { name: 'token_serial' })
  tokenSerial!: string;

  /** CKA_ID of the object: 16 random bytes. No object has that of a public key of others. */
  @Column('bytea', { name: 'object_id' })
  objectId!: Buffer;

  /** The public half as a SubjectPublicKeyInfo (DER); null for secret keys. */
  @Column('bytea', { nullable: true })
  spki!: Buffer | null;

  /** The certificates for the public half in DER, one after the other, that of the key first; null without any. */
  @Column('bytea', { name: 'certificate_chain', nullable: true })
  certificateChain!: Buffer | null;

  /** The key, wrapped by the KEK. For custody `software`, the data key that seals the key. */
  @Column('bytea', { name: 'wrapped_blob', nullable: true })
  wrappedBlob!: Buffer | null;

  /** Binds the blob to its tenant, key, version and KEK: HMAC-SHA256 under the tenant's blob MAC key. */
  @Column('bytea', { name: 'wrapped_mac', nullable: true })
  wrappedMac!: Buffer | null;

  /** The generation of the tenant's KEK that wraps the blob. */
  @Column('integer', { name: 'kek_generation', nullable: true })
  kekGeneration!: number | null;

  /** The error code of the last attempt to rewrap the blob; null if it succeeded or none was made. */
  @Column('text', { name: 'rewrap_failure', nullable: true })
  rewrapFailure!: string | null;

  /** A key in software, sealed by the data key in `wrappedBlob`. */
  @Column('bytea', { name: 'sealed_key', nullable: true })
  sealedKey!: Buffer | null;

  /** The request that made this version by rotation. A repeated request makes no other version. */
  @Column('uuid', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
