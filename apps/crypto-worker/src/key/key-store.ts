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
    ...objectKindOf(stored.key),
    objectId: stored.objectId,
    wrapped: wrappedOf(stored),
    sealed: stored.sealedKey ?? undefined,
  },
  keyMadeAt: stored.key.createdAt.getTime(),
  madeAt: stored.createdAt.getTime(),
  publicKey: stored.spki === null ? null : createPublicKey({ key: stored.spki, format: 'der', type: 'spki' }),
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
@Injectable()
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
