import { createPublicKey } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { GrantsOfKey } from '../access/access.js';
import { grantsOf, readGrants } from '../access/grant.js';
import type { Lifecycle } from './key-state.js';
import { type KeyVersion, objectKindOf } from './key-version.js';
import { NamedKeys } from './named-key.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { readKey, type StoredVersion } from './record/select-version.js';
import { wrappedOf } from './wrapped-version.js';

const millisOf = (date: Date | null): number | null => date?.getTime() ?? null;

export const lifecycleOf = ({ state, activateAt, deactivateAt }: KeyVersionRecord): Lifecycle => ({
  state,
  activateAt: millisOf(activateAt),
  deactivateAt: millisOf(deactivateAt),
});

export const versionOf = (stored: StoredVersion): KeyVersion => ({
  tenantId: stored.tenantId,
  keyId: stored.keyId,
  version: stored.version,
  revision: stored.revision,
  algorithm: stored.key.algorithm,
  purpose: stored.key.purpose,
  algs: stored.key.algs,
  custody: stored.custody,
  ...lifecycleOf(stored),
  maxUses: stored.rotationPolicy?.maxUses ?? null,
  ref: {
    owner: { tenantId: stored.tenantId, keyId: stored.keyId, version: stored.version },
    ...objectKindOf(stored.key),
    objectId: stored.objectId,
    wrapped: wrappedOf(stored),
    sealed: stored.sealedKey ?? undefined,
  },
  keyMadeAt: stored.key.createdAt.getTime(),
  madeAt: stored.createdAt.getTime(),
  publicKey: stored.spki === null ? null : createPublicKey({ key: stored.spki, format: 'der', type: 'spki' }),
});

/** A version with the grants on its key. */
export interface GrantedVersion extends KeyVersion {
  readonly grants: GrantsOfKey;
}

/** The key that a request names: by its id, where version null means the current one, or by the tenant's alias. */
export type Target = { readonly keyId: string; readonly version: number | null } | { readonly alias: string };

/** A key's versions, the current one last. */
interface KnownKey {
  readonly versions: readonly GrantedVersion[];
}

const nameOf = (tenantId: string, keyId: string): string => `${tenantId}/${keyId}`;

const pick = ({ versions }: KnownKey, version: number | null): GrantedVersion | undefined =>
  version === null ? versions.at(-1) : versions.find((candidate) => candidate.version === version);

/** The most keys that are kept in memory. The one that was unused for longest leaves first. */
const capacity = 20_000;

/**
 * Caches key versions by (tenant, key). A copy may be out of date and never does harm: the fence refuses what was decided on an
 * older revision. Keys that do not exist are not remembered.
 */
@Injectable()
export class KeyStore {
  private readonly known = new BoundedMap<string, Promise<KnownKey>>(capacity);
  private readonly named: NamedKeys;

  constructor(private readonly dataSource: DataSource) {
    this.named = new NamedKeys(dataSource, this);
  }

  /**
   * @param version null for the current version
   * @throws AnkaError `key-not-found`, also for another tenant's key
   */
  async find(tenantId: string, keyId: string, version: number | null): Promise<GrantedVersion> {
    const known = this.known.has(nameOf(tenantId, keyId));
    const found = pick(await this.load(tenantId, keyId), version);
    if (found !== undefined) return found;
    // The fence cannot tell that another worker has made a version since: that version has no older revision.
    if (known) {
      this.forget(tenantId, keyId);
      const made = pick(await this.load(tenantId, keyId), version);
      if (made !== undefined) return made;
    }
    throw new AnkaError('key-not-found');
  }

  /** Finds the version that a request names. @throws AnkaError `key-not-found`, `alias-not-found`, also for another tenant's */
  meant(tenantId: string, target: Target): Promise<GrantedVersion> {
    return 'alias' in target
      ? this.named.find(tenantId, target.alias)
      : this.find(tenantId, target.keyId, target.version);
  }

  forget(tenantId: string, keyId: string): void {
    this.known.delete(nameOf(tenantId, keyId));
  }

  /** Forgets every key, where it is unknown which one has changed. */
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
      // Grants are read after the versions. The fence refuses a revision older than its grants, but not one that is newer.
      const grants = grantsOf(await readGrants(manager, tenantId, keyId));
      return { versions: rows.map((row) => ({ ...versionOf(row), grants })) };
    });
  }
}
