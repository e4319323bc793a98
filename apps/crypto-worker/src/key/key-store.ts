import { createPublicKey, type KeyObject } from 'node:crypto';
import { AnkaError, NoSuchKey, noKeyOfKid, noSuchKey, noSuchVersion, noVersionOfKid } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { GrantsOfKey } from '../access/access.js';
import { grantsOf, readGrants } from '../access/grant.js';
import { FormerKids } from './former-kids.js';
import type { Lifecycle } from './key-state.js';
import { type KeyVersion, objectKindOf } from './key-version.js';
import { NamedKeys } from './named-key.js';
import { KeyRecord } from './record/key.entity.js';
import { KeyVersionRecord } from './record/key-version.entity.js';
import { readVersion, type StoredVersion } from './record/select-version.js';
import { wrappedOf } from './wrapped-version.js';

const millisOf = (date: Date | null): number | null => date?.getTime() ?? null;

export const lifecycleOf = ({ state, activateAt, deactivateAt }: KeyVersionRecord): Lifecycle => ({
  state,
  activateAt: millisOf(activateAt),
  deactivateAt: millisOf(deactivateAt),
});

/** The public key is parsed when it is used first. */
export const versionOf = (stored: StoredVersion): KeyVersion => {
  const { spki } = stored;
  let parsed: KeyObject | undefined;
  return {
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
      ...(stored.custody === 'public' && { isPublic: true }),
    },
    keyMadeAt: stored.key.createdAt.getTime(),
    madeAt: stored.createdAt.getTime(),
    certificateChain: stored.certificateChain,
    get publicKey() {
      if (spki === null) return null;
      parsed ??= createPublicKey({ key: spki, format: 'der', type: 'spki' });
      return parsed;
    },
  };
};

/** A version with the grants on its key. */
export interface GrantedVersion extends KeyVersion {
  readonly grants: GrantsOfKey;
}

/** The key that a request names by its id. Version null means the current one. */
export interface NamedById {
  readonly keyId: string;
  readonly version: number | null;
  /** The version that the header's kid names instead. So none is meant, and the answer says what to correct. */
  readonly butInKid?: number;
}

/** The records by which a key has other names. */
export type NameKind = 'key_alias' | 'former_kid';

/** A key's former kid, and the version that the request asks for. */
interface NamedByKid {
  readonly formerKid: string;
  readonly version: number | null;
}

/**
 * The key that a request names: by its id; by the tenant's alias; or by a kid that it had before its import. A kid in the form
 * of ours can be either, and a key of that id comes first.
 */
export type Target =
  | (NamedById & { readonly formerKid?: string })
  | {
      readonly alias: string;
      /** The version of the alias's key that is meant. Default: the current one. */
      readonly of?: (keyId: string) => NamedById;
    }
  | NamedByKid;

const isNoSuch = (error: unknown): error is AnkaError => error instanceof AnkaError && error.code === 'key-not-found';

const otherInKid = (version: number): AnkaError =>
  new AnkaError(
    'key-not-found',
    `version: the header’s kid names version ${version} of the key. Send that one, or leave version out.`,
  );

/** What is told of a key that only a kid in our own form names: the caller knows no id, and no version but the request's own. */
const missingOfKid = (error: AnkaError, { version, butInKid }: NamedById): AnkaError => {
  if (error instanceof NoSuchKey) return noKeyOfKid();
  return butInKid === undefined && version !== null ? noVersionOfKid(version) : error;
};

/** The versions of one key that were asked for. `current` is the version that was the current one when it was read. */
type KnownVersions = BoundedMap<number | 'current', Promise<GrantedVersion>>;

const nameOf = (tenantId: string, keyId: string): string => `${tenantId}/${keyId}`;

/** The most keys that are kept in memory, and the most versions of each. The one that was unused for longest leaves first. */
const capacity = { keys: 20_000, versions: 64 };

/**
 * Caches key versions by (tenant, key, version). Only what is asked for is read. A copy may be out of date and never does harm:
 * the fence refuses what was decided on an older revision. Versions that do not exist are not remembered.
 */
@Injectable()
export class KeyStore {
  private readonly known = new BoundedMap<string, KnownVersions>(capacity.keys);
  private readonly named: NamedKeys;
  readonly former: FormerKids;

  constructor(private readonly dataSource: DataSource) {
    this.named = new NamedKeys(dataSource, this);
    this.former = new FormerKids(dataSource);
  }

  /**
   * @param version null for the current version
   * @throws AnkaError `key-not-found`, also for another tenant's key
   */
  find(tenantId: string, keyId: string, version: number | null): Promise<GrantedVersion> {
    const name = nameOf(tenantId, keyId);
    const versions: KnownVersions = this.known.use(name) ?? new BoundedMap(capacity.versions);
    const known = versions.use(version ?? 'current');
    if (known !== undefined) return known;
    const loading = this.read(tenantId, keyId, version);
    this.known.set(name, versions.set(version ?? 'current', loading));
    loading.catch(() => {
      if (versions.get(version ?? 'current') === loading) versions.delete(version ?? 'current');
      if (versions.size === 0 && this.known.get(name) === versions) this.known.delete(name);
    });
    return loading;
  }

  /** Finds the version that a request names. @throws AnkaError `key-not-found`, `alias-not-found`, also for another tenant's */
  meant(tenantId: string, target: Target): Promise<GrantedVersion> {
    if ('alias' in target) return this.named.find(tenantId, target.alias, target.of);
    if (!('keyId' in target)) return this.imported(tenantId, target);
    const { formerKid, version } = target;
    const found = this.byId(tenantId, target);
    if (formerKid === undefined) return found;
    return found.catch((error: unknown) => {
      if (!isNoSuch(error)) throw error;
      return this.imported(tenantId, { formerKid, version }, missingOfKid(error, target));
    });
  }

  /** @throws AnkaError `key-not-found`, also if the kid names another version: a version that does not exist is told first */
  async byId(tenantId: string, { keyId, version, butInKid }: NamedById): Promise<GrantedVersion> {
    const found = await this.find(tenantId, keyId, version);
    if (butInKid === undefined) return found;
    throw otherInKid(butInKid);
  }

  /** @param instead what is told if no key had the kid */
  private async imported(
    tenantId: string,
    { formerKid, version: asked }: NamedByKid,
    instead?: AnkaError,
  ): Promise<GrantedVersion> {
    const { keyId, version } = await this.former.find(tenantId, formerKid).catch((missing: unknown) => {
      throw isNoSuch(missing) ? (instead ?? missing) : missing;
    });
    const isOther = asked !== null && asked !== version;
    return this.byId(tenantId, { keyId, version: asked ?? version, ...(isOther && { butInKid: version }) });
  }

  /** Whether no later version of the key has begun. If one has, the key is read again. */
  async isCurrent({ tenantId, keyId, version }: Pick<KeyVersion, 'tenantId' | 'keyId' | 'version'>): Promise<boolean> {
    const current = await withTenant(this.dataSource, tenantId, (manager) =>
      readVersion(manager, tenantId, keyId, null),
    );
    if (current === undefined || current.version <= version) return true;
    this.forget(tenantId, keyId);
    return false;
  }

  forget(tenantId: string, keyId: string): void {
    this.known.delete(nameOf(tenantId, keyId));
  }

  /** Forgets which key a name stands for. @param id the name's in the audit trail */
  forgetName(tenantId: string, kind: NameKind, id: string): void {
    (kind === 'key_alias' ? this.named : this.former).forget(tenantId, id);
  }

  /** Forgets every key, where it is unknown which one has changed. */
  forgetAll(): void {
    this.known.clear();
    this.named.forgetAll();
    this.former.forgetAll();
  }

  private read(tenantId: string, keyId: string, version: number | null): Promise<GrantedVersion> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const row = await readVersion(manager, tenantId, keyId, version);
      if (row === undefined) throw await missing(manager, tenantId, keyId, version);
      // Grants are read after the version. The fence refuses a revision older than its grants, but not one that is newer.
      const grants = grantsOf(await readGrants(manager, tenantId, keyId));
      return Object.assign(versionOf(row), { grants });
    });
  }
}

/** Tells a key that is missing from one that has no such version. */
const missing = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  version: number | null,
): Promise<AnkaError> =>
  version !== null && (await manager.existsBy(KeyRecord, { tenantId, id: keyId }))
    ? noSuchVersion(version)
    : noSuchKey();
