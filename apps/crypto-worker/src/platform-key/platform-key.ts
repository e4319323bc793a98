import type { AlgorithmName } from '@ankasecure/algorithm';
import { AnkaError, type AuditEvent, auditEvent, type Context } from '@ankasecure/contracts';
import { assertNewest, insertIfAbsent, nextNumber, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  Custody,
  type GeneratedKey,
  type PlatformKeyKind,
  type PlatformRef,
  type Wrapping,
} from '../custody/custody.js';
import { ownerOfPlatformKey } from '../custody/object-owner.js';
import { Partition } from '../custody/partition.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { ObjectMaker } from '../object/make-object.js';
import { type LostKey, type RecoverableKind, UnrecordedKeys } from './unrecorded-key.js';

/** The members of a platform key that its users need. */
export interface PlatformKey extends Pick<PlatformKeyRecord, 'generation' | 'objectId' | 'spki'> {
  readonly ref: PlatformRef;
}

const platformKeyOf = ({ tenantId, kind, generation, objectId, spki }: PlatformKeyRecord): PlatformKey => ({
  generation,
  objectId,
  spki,
  ref: { kind, tenantId, generation, objectId },
});

const algorithms = {
  kek: 'AES-256',
  'audit-mac': 'HMAC-SHA256',
  'blob-mac': 'HMAC-SHA256',
  import: 'RSA-4096',
  'token-signing': 'EC-P256',
  'checkpoint-ed25519': 'Ed25519',
  'checkpoint-p256': 'EC-P256',
  'checkpoint-ml-dsa': 'ML-DSA-44',
} as const satisfies Record<PlatformKeyKind, AlgorithmName>;

/**
 * The keys in the HSM that serve a tenant and are not its own keys: its KEK, the MAC keys of its trail and its blobs, the key
 * that imported keys are wrapped with, the key that signs its access tokens, and those that sign its checkpoints.
 */
@Injectable()
export class PlatformKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly partition: Partition,
    private readonly unrecorded: UnrecordedKeys,
  ) {}

  /**
   * Makes the keys that the tenant lacks, starting with the key that seals the events of the others. If two workers do so at
   * once, each key is recorded once and the other object is destroyed.
   */
  async provision(context: Context): Promise<void> {
    for (const kind of ['audit-mac', 'kek'] as const) {
      if ((await this.newest(context.tenantId, kind)) === undefined) await this.make(context, kind);
    }
  }

  /**
   * @param generation null for the newest
   * @throws AnkaError `tenant-unknown` if the tenant has none
   */
  async find(tenantId: string, kind: PlatformKeyKind, generation: number | null): Promise<PlatformKey> {
    const key = await this.newest(tenantId, kind, generation);
    if (key === undefined) throw unknownTenant();
    return key;
  }

  /**
   * Finds the tenant's `audit-mac` key. If its record is lost, the token shows the key: what the trail says is needed to bring
   * the records up to date, and nothing is put on record here.
   * @param generation null for the newest
   * @throws AnkaError `tenant-unknown` if the tenant has none; `key-not-found` if it has another generation only;
   * `platform-key-unrecorded` if the token holds keys of its name and none is surely the lost one
   */
  async auditKey(context: Context, generation: number | null): Promise<Pick<PlatformKey, 'generation' | 'ref'>> {
    const { tenantId } = context;
    const kind = 'audit-mac';
    const key = await this.newest(tenantId, kind, generation);
    if (key !== undefined) return key;
    const lost = { kind, generation: generation ?? 1 } as const;
    const objectId = await this.unrecorded.find(context, lost);
    if (objectId !== undefined) return { ...lost, ref: { ...lost, tenantId, objectId } };
    await this.unrecorded.assertNone(context, kind);
    const newest = generation === null ? undefined : await this.newest(tenantId, kind);
    // If the database hides this very generation, that does not show that its seals are forged.
    if (newest === undefined || newest.generation === generation) throw unknownTenant();
    throw new AnkaError('key-not-found', 'The tenant has no audit key of this generation.');
  }

  /** Returns the tenant's keys of a kind that are on record, oldest first. Makes none. */
  async all(tenantId: string, kind: PlatformKeyKind): Promise<readonly PlatformKey[]> {
    const { name: partition } = this.partition;
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.find(PlatformKeyRecord, { where: { tenantId, kind, partition }, order: { generation: 'ASC' } }),
    );
    return rows.map(platformKeyOf);
  }

  /** Returns the newest key of a kind that not every tenant needs. Makes it if there is none. */
  async provide(context: Context, kind: PlatformKeyKind): Promise<PlatformKey> {
    const { tenantId } = context;
    const isThere = (await this.newest(tenantId, kind)) !== undefined;
    if (!isThere && !(kind === 'blob-mac' && (await this.isRecovered(context, kind)))) await this.make(context, kind);
    return this.find(tenantId, kind, null);
  }

  /** Returns the keys that wrap a new key version. A tenant's first call makes the `blob-mac` key. */
  async wrapping(context: Context, keyId: string, version: number): Promise<Wrapping> {
    const { tenantId } = context;
    const { objectId: blobMac } = await this.provide(context, 'blob-mac');
    const { objectId: kek, generation: kekGeneration } = await this.find(tenantId, 'kek', null);
    return { kek, kekGeneration, blobMac, tenantId, keyId, version };
  }

  private async newest(
    tenantId: string,
    kind: PlatformKeyKind,
    generation: number | null = null,
  ): Promise<PlatformKey | undefined> {
    const key = await withTenant(this.dataSource, tenantId, (manager) => {
      const find = async (): Promise<PlatformKeyRecord | null> => {
        const found = await manager.findOne(PlatformKeyRecord, {
          where: { tenantId, kind, partition: this.partition.name, ...(generation !== null && { generation }) },
          order: { generation: 'DESC' },
        });
        // If there is none, the token tells whether one was made.
        if (found !== null && generation === null)
          await assertNewest(manager, PlatformKeyRecord, { tenantId, kind }, found.generation);
        return found;
      };
      // The trail is proved with this key, so it cannot be asked about it. Its record never changes once it is made.
      return kind === 'audit-mac' ? sealsOf(manager).history.without(find) : find();
    });
    return key === null ? undefined : platformKeyOf(key);
  }

  /** Returns the key that wraps the keys a tenant imports. Makes it at the first request. */
  async importKey(context: Context): Promise<PlatformKey & { readonly spki: Buffer }> {
    const key = await this.provide(context, 'import');
    if (key.spki === null) throw new AnkaError('internal-error');
    return { ...key, spki: key.spki };
  }

  /**
   * Makes the next KEK of a tenant. If the database is older than the token, the token may hold that KEK already. It is put on
   * record again then: it has wrapped keys that a newer backup still holds. Otherwise the new one gets a number that no KEK of the
   * tenant ever had, also if a restore has lost one and the token no longer holds it.
   * @param newest the generation of the newest KEK on record
   * @param also runs in the commit that records the KEK of this generation
   * @returns false if `also` refused, or another worker was first
   * @throws AnkaError `audit-unavailable` if the audit trail cannot tell which numbers were given
   */
  async makeKek(
    context: Context,
    newest: number,
    also: (manager: EntityManager, generation: number) => Promise<boolean>,
  ): Promise<boolean> {
    const { tenantId } = context;
    const alsoWith = (generation: number) => (manager: EntityManager) => also(manager, generation);
    const lost = newest + 1;
    if (await this.isRecovered(context, 'kek', lost, 'kek.rotate', alsoWith(lost))) return true;
    const unused = await withTenant(this.dataSource, tenantId, (manager) =>
      nextNumber(manager, PlatformKeyRecord, { tenantId, kind: 'kek' }, newest),
    );
    return (await this.make(context, 'kek', unused, 'kek.rotate', alsoWith(unused))) !== undefined;
  }

  /** @throws AnkaError `platform-key-unrecorded` if the token holds one of its name that no record names */
  private async make(
    context: Context,
    kind: PlatformKeyKind,
    generation = 1,
    operation = `${kind}.create`,
    also = always,
  ): Promise<GeneratedKey | undefined> {
    const { tenantId } = context;
    await this.unrecorded.assertNone(context, kind);
    return this.maker.make(context, {
      owner: ownerOfPlatformKey({ kind, tenantId, generation }),
      event: auditEvent(context, {
        operation,
        algorithm: algorithms[kind],
        details: { partition: this.partition.name, generation: String(generation) },
      }),
      make: (objectId) => this.custody.generatePlatformKey(context, { kind, tenantId, generation, objectId }),
      record: async (manager, objectId, { spki }) =>
        (await also(manager)) &&
        this.record(manager, tenantId, {
          kind,
          objectId: Buffer.from(objectId),
          generation,
          spki: spki === null ? null : Buffer.from(spki),
        }),
    });
  }

  /**
   * Puts a lost key that the token has shown on record again, in the caller's transaction.
   * @returns the event that reports it; none if another worker was first
   */
  async recordAgain(manager: EntityManager, context: Context, lost: LostKey): Promise<readonly AuditEvent[]> {
    const isRecorded = await this.record(manager, context.tenantId, { ...lost, spki: null });
    return isRecorded ? [this.recoveredEvent(context, lost, `${lost.kind}.recover`)] : [];
  }

  private recoveredEvent(
    context: Context,
    { kind, generation }: Pick<LostKey, 'kind' | 'generation'>,
    operation: string,
  ): AuditEvent {
    const details = { partition: this.partition.name, generation: String(generation) };
    return auditEvent(context, {
      operation,
      algorithm: algorithms[kind],
      details: operation === 'kek.rotate' ? { ...details, recovered: 'true' } : details,
    });
  }

  /** Tells whether the key of a lost record was put on record again. */
  private async isRecovered(
    context: Context,
    kind: RecoverableKind,
    generation = 1,
    operation = `${kind}.recover`,
    also = always,
  ): Promise<boolean> {
    return this.unrecorded.recover(
      context,
      { kind, generation },
      this.recoveredEvent(context, { kind, generation }, operation),
      async (manager, objectId) =>
        (await also(manager)) && this.record(manager, context.tenantId, { kind, objectId, generation, spki: null }),
    );
  }

  /** @returns false if another worker was first */
  private async record(manager: EntityManager, tenantId: string, key: MadeKey): Promise<boolean> {
    const { kind, generation } = key;
    if (await manager.existsBy(PlatformKeyRecord, { tenantId, kind, generation })) return false;
    const { label: tokenLabel, serial: tokenSerial } = this.custody.token;
    const row = { ...key, tenantId, partition: this.partition.name, tokenLabel, tokenSerial };
    return insertIfAbsent(manager, PlatformKeyRecord, row, 'generation');
  }
}

const unknownTenant = (): AnkaError => new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');

/** Nothing else is needed to record a key. */
const always = (_manager: EntityManager): Promise<boolean> => Promise.resolve(true);

type MadeKey = Pick<PlatformKeyRecord, 'kind' | 'objectId' | 'generation' | 'spki'>;
