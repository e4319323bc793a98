import type { KeyState, RevocationReason } from '@ankasecure/contracts';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { CustodyKind } from '../custody/custody.js';
import { KeyRecord } from './key.entity.js';
import type { PlatformKeyRecord } from './platform-key.entity.js';

const primaryKeyConstraintName = 'key_version_pkey';

/** One version of a key: its material in the HSM or beside it, and its life. */
@Entity('key_version')
@Index('key_version_to_destroy', ['partition', 'destroyAt'], { where: `(state = 'DESTROY_SCHEDULED'::text)` })
@Index('key_version_kek', ['tenantId', 'kekGeneration', 'keyId', 'version'], { where: '(kek_generation IS NOT NULL)' })
@Unique('key_version_object_id_key', ['objectId'])
@Unique('key_version_tenant_id_key_id_request_id_key', ['tenantId', 'keyId', 'requestId'])
@Check('key_version_version_check', 'version > 0')
@Check('key_version_custody_check', `custody IN ('token', 'wrapped', 'software')`)
@Check('key_version_object_id_check', 'length(object_id) = 16')
@Check('key_version_wrapped_mac_check', 'length(wrapped_mac) = 32')
@Check(
  'key_version_state_check',
  `state IN ('PRE_ACTIVE', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED')`,
)
@Check('key_version_check', '(revocation_reason IS NULL) = (revocation_occurred_at IS NULL)')
@Check(
  'key_version_wrapped',
  `(wrapped_blob IS NULL) = (wrapped_mac IS NULL) AND (wrapped_blob IS NULL) = (kek_generation IS NULL)
    AND (wrapped_blob IS NOT NULL) = (custody IN ('wrapped', 'software') AND state <> 'DESTROYED')
    AND (sealed_key IS NOT NULL) = (custody = 'software' AND state <> 'DESTROYED')`,
)
export class VersionRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  /** Moves with every change that an operation may have been decided on; the fence compares it. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** The recorded state. `stateAt` computes the state at a given time. */
  @Column('text')
  state!: KeyState;

  @Column('text')
  custody!: CustodyKind;

  @Column('text')
  partition!: string;

  @Column('text', { name: 'token_label' })
  tokenLabel!: string;

  @Column('text', { name: 'token_serial' })
  tokenSerial!: string;

  /** CKA_ID of the object in the token. A wrapped key has one too, by which lanes know it. */
  @Column('bytea', { name: 'object_id' })
  objectId!: Buffer;

  /** DER SubjectPublicKeyInfo; null for secret keys. */
  @Column('bytea', { nullable: true })
  spki!: Buffer | null;

  @Column({
    type: 'bytea',
    name: 'spki_sha256',
    nullable: true,
    generatedType: 'STORED',
    asExpression: 'sha256(spki)',
    select: false,
    insert: false,
    update: false,
  })
  spkiSha256!: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'activate_at', nullable: true })
  activateAt!: Date | null;

  @Column('timestamptz', { name: 'deactivate_at', nullable: true })
  deactivateAt!: Date | null;

  @Column('text', { name: 'revocation_reason', nullable: true })
  revocationReason!: RevocationReason | null;

  @Column('text', { name: 'revocation_message', nullable: true })
  revocationMessage!: string | null;

  @Column('timestamptz', { name: 'revocation_occurred_at', nullable: true })
  revocationOccurredAt!: Date | null;

  @Column('timestamptz', { name: 'destroy_at', nullable: true })
  destroyAt!: Date | null;

  @Column('text', { name: 'destroy_scheduled_by', nullable: true })
  destroyScheduledBy!: string | null;

  @Column('timestamptz', { name: 'destroyed_at', nullable: true })
  destroyedAt!: Date | null;

  /** The request whose rotation made the version. */
  @Column('uuid', { name: 'request_id', nullable: true })
  requestId!: string | null;

  /** The key material, wrapped by the tenant's KEK of `kekGeneration`. */
  @Column('bytea', { name: 'wrapped_blob', nullable: true })
  wrappedBlob!: Buffer | null;

  /** The MAC that binds the blob to this version. */
  @Column('bytea', { name: 'wrapped_mac', nullable: true })
  wrappedMac!: Buffer | null;

  @Column('integer', { name: 'kek_generation', nullable: true })
  kekGeneration!: number | null;

  /** The error code of the last attempt to wrap the blob again; null where it succeeded or there was none. */
  @Column('text', { name: 'rewrap_failure', nullable: true })
  rewrapFailure!: string | null;

  /** A key in software, sealed by the data key in `wrappedBlob`. */
  @Column('bytea', { name: 'sealed_key', nullable: true })
  sealedKey!: Buffer | null;

  /** Days from the scheduling of the destruction to its date. */
  @Column('integer', { name: 'destroy_waiting_days', nullable: true })
  destroyWaitingDays!: number | null;

  @ManyToOne(() => KeyRecord, 'versions')
  @JoinColumn([
    {
      name: 'tenant_id',
      referencedColumnName: 'tenantId',
      foreignKeyConstraintName: 'key_version_tenant_id_key_id_fkey',
    },
    { name: 'key_id', referencedColumnName: 'id', foreignKeyConstraintName: 'key_version_tenant_id_key_id_fkey' },
  ])
  key!: KeyRecord;

  /** The KEK that wraps the blob. Read by `selectVersions`. */
  kek?: PlatformKeyRecord | null;

  /** The key of `wrappedMac`. Read by `selectVersions`. */
  blobMacKey?: PlatformKeyRecord | null;
}
