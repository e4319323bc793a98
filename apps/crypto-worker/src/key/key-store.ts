import { createPublicKey } from 'node:crypto';
import type { Alg, AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { AnkaError, type KeyState, type RevocationReason } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { GrantsOfKey } from '../access/access.js';
import { grantsOf, readGrants } from '../access/grant.js';
import type { CustodyKind } from '../custody/custody.js';
import type { Lifecycle } from './key-state.js';
import { type KeyVersion, objectKindOf } from './key-version.js';
import { NamedKeys } from './named-key.js';
import { wrappedOf } from './wrapped-version.js';

/** A row of `key` with one of its versions, as PostgreSQL gives it. */
export interface KeyRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly key_revision: number;
  readonly label: string;
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  readonly algs: Alg[];
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly purge_protection: boolean;
  readonly created_at: Date;
  /** Of the rotation policy, where there is one. */
  readonly max_uses: string | null;
  readonly version: number;
  readonly version_revision: number;
  /** As on record; `stateAt` says what it is at a moment. */
  readonly state: KeyState;
  readonly activate_at: Date | null;
  readonly deactivate_at: Date | null;
  readonly revocation_reason: RevocationReason | null;
  readonly revocation_message: string | null;
  readonly revocation_occurred_at: Date | null;
  readonly destroy_at: Date | null;
  /** From the scheduling of its destruction to the date of it. */
  readonly destroy_waiting_days: number | null;
  readonly destroyed_at: Date | null;
  readonly custody: CustodyKind;
  readonly partition: string;
  readonly object_id: Buffer;
  readonly spki: Buffer | null;
  readonly wrapped_blob: Buffer | null;
  readonly wrapped_mac: Buffer | null;
  readonly kek_generation: number | null;
  readonly sealed_key: Buffer | null;
  readonly kek_object_id: Buffer | null;
  readonly blob_mac_object_id: Buffer | null;
  /** The request whose rotation made it. */
  readonly request_id: string | null;
  readonly version_created_at: Date;
}

export const keyRows = `
  SELECT k.tenant_id, k.id, k.revision AS key_revision, k.label, k.algorithm, k.purpose, k.algs, k.description, k.metadata, k.purge_protection, k.created_at, r.max_uses,
         v.version, v.revision AS version_revision, v.state, v.activate_at, v.deactivate_at,
         v.revocation_reason, v.revocation_message, v.revocation_occurred_at, v.destroy_at, v.destroy_waiting_days, v.destroyed_at,
         v.custody, v.partition, v.object_id, v.spki, v.request_id, v.created_at AS version_created_at,
         v.wrapped_blob, v.wrapped_mac, v.kek_generation, v.sealed_key, kek.object_id AS kek_object_id, bound.object_id AS blob_mac_object_id
  FROM key k JOIN key_version v ON v.tenant_id = k.tenant_id AND v.key_id = k.id
    LEFT JOIN rotation_policy r ON r.tenant_id = k.tenant_id AND r.key_id = k.id
    LEFT JOIN platform_key kek ON kek.tenant_id = v.tenant_id AND kek.kind = 'kek' AND kek.generation = v.kek_generation
    LEFT JOIN platform_key bound ON bound.tenant_id = v.tenant_id AND bound.kind = 'blob-mac' AND bound.generation = 1
      AND v.wrapped_blob IS NOT NULL`;

const millisOf = (date: Date | null): number | null => date?.getTime() ?? null;

export const lifecycleOf = ({ state, activate_at, deactivate_at }: KeyRow): Lifecycle => ({
  state,
  activateAt: millisOf(activate_at),
  deactivateAt: millisOf(deactivate_at),
});

export const versionOf = (row: KeyRow): KeyVersion => ({
  tenantId: row.tenant_id,
  keyId: row.id,
  version: row.version,
  revision: row.version_revision,
  algorithm: row.algorithm,
  purpose: row.purpose,
  algs: row.algs,
  custody: row.custody,
  ...lifecycleOf(row),
  maxUses: row.max_uses === null ? null : Number(row.max_uses),
  ref: {
    ...objectKindOf(row),
    objectId: row.object_id,
    wrapped: wrappedOf(row),
    sealed: row.sealed_key ?? undefined,
  },
  keyMadeAt: row.created_at.getTime(),
  madeAt: row.version_created_at.getTime(),
  publicKey: row.spki === null ? null : createPublicKey({ key: row.spki, format: 'der', type: 'spki' }),
});

/** A version, and who may do what with it. */
export interface GrantedVersion extends KeyVersion {
  readonly grants: GrantsOfKey;
}

/** Which key a request wants, by its id (version null means the current one) or by the tenant's name for it. */
export type Target = { readonly keyId: string; readonly version: number | null } | { readonly alias: string };

/** A key's versions, the current one last. */
interface KnownKey {
  readonly versions: readonly GrantedVersion[];
}

const nameOf = (tenantId: string, keyId: string): string => `${tenantId}/${keyId}`;

const pick = ({ versions }: KnownKey, version: number | null): GrantedVersion | undefined =>
  version === null ? versions.at(-1) : versions.find((candidate) => candidate.version === version);

/** Most keys kept in memory; the one unused for longest goes first. */
const capacity = 20_000;

/**
 * Key versions by (tenant, key), read once and kept. Like the policies' copies these may be out of date and are never
 * wrong: the fence finds out. What does not exist is not remembered.
 */
export class KeyStore {
  private readonly known = new BoundedMap<string, Promise<KnownKey>>(capacity);
  private readonly named: NamedKeys;

  constructor(private readonly dataSource: DataSource) {
    this.named = new NamedKeys(dataSource, this);
  }

  /**
   * @param version null for the current one
   * @throws AnkaError `key-not-found`, also for another tenant's key
   */
  async find(tenantId: string, keyId: string, version: number | null): Promise<GrantedVersion> {
    const known = this.known.has(nameOf(tenantId, keyId));
    const found = pick(await this.load(tenantId, keyId), version);
    if (found !== undefined) return found;
    // A version that another worker has made since has no revision by which the fence could find out.
    if (known) {
      this.forget(tenantId, keyId);
      const made = pick(await this.load(tenantId, keyId), version);
      if (made !== undefined) return made;
    }
    throw new AnkaError('key-not-found');
  }

  /** @throws AnkaError `key-not-found`, `alias-not-found`, also for another tenant's */
  meant(tenantId: string, target: Target): Promise<GrantedVersion> {
    return 'alias' in target
      ? this.named.find(tenantId, target.alias)
      : this.find(tenantId, target.keyId, target.version);
  }

  forget(tenantId: string, keyId: string): void {
    this.known.delete(nameOf(tenantId, keyId));
  }

  /** For when it is not known what has changed. */
  forgetAll(): void {
    this.known.clear();
  }

  private load(tenantId: string, keyId: string): Promise<KnownKey> {
    const name = nameOf(tenantId, keyId);
    const known = this.known.use(name);
    if (known !== undefined) return known;
    const loading = this.read(tenantId, keyId);
    this.known.set(name, loading);
    loading.catch(() => this.known.delete(name));
    return loading;
  }

  private async read(tenantId: string, keyId: string): Promise<KnownKey> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const rows = await readKey(manager, tenantId, keyId);
      if (rows.length === 0) throw new AnkaError('key-not-found');
      // After the versions: grants newer than the revision they stand beside are found out by the fence, older ones would not be.
      const grants = grantsOf(await readGrants(manager, tenantId, keyId));
      return { versions: rows.map((row) => ({ ...versionOf(row), grants })) };
    });
  }
}

/** All versions of one key, oldest first; the transaction must be the tenant's. */
export const readKey = (manager: EntityManager, tenantId: string, keyId: string): Promise<KeyRow[]> =>
  manager.query<KeyRow[]>(`${keyRows} WHERE k.tenant_id = $1 AND k.id = $2 ORDER BY v.version`, [tenantId, keyId]);
