import { AnkaError, noKeyOfAlias } from '@ankasecure/contracts';
import { assertAsked, BoundedMap, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { forgetName } from './forget-name.js';
import type { GrantedVersion, KeyStore, NamedById } from './key-store.js';
import type { KeyVersion } from './key-version.js';
import { KeyAliasRecord } from './record/key-alias.entity.js';
import { KeyVersionRecord } from './record/key-version.entity.js';
import { currentNumber } from './record/select-version.js';

/** The key that an alias stood for when it was read, with the current version at that time. */
type Known = Pick<KeyVersion, 'keyId' | 'version' | 'revision'>;

/** The most names that are kept in memory. The one that was unused for longest leaves first. */
const capacity = 20_000;
const attempts = 3;

/**
 * Finds keys by alias. A remembered alias holds while its key's current version is the one that was read. When the alias
 * leaves the key, the version's revision increases, and the fence refuses the old revision.
 */
export class NamedKeys {
  private readonly known = new BoundedMap<string, Known>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: KeyStore,
  ) {}

  /**
   * @param of the version of the alias's key that is meant; default: the current one
   * @throws AnkaError `alias-not-found`; `decision-outdated` if the key changes faster than it can be read; as `of`
   */
  async find(tenantId: string, alias: string, of?: (keyId: string) => NamedById): Promise<GrantedVersion> {
    if (of === undefined) return this.current(tenantId, alias);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const current = await this.current(tenantId, alias);
      const found = await this.versionOf(tenantId, current, of).catch((error: unknown) => ({ error }));
      if (found === current) return current;
      // The fence looks at no alias, and at the current version only if it is used. So the alias is read, after the version.
      const { keyId } = await this.lookUp(tenantId, alias);
      if (keyId !== current.keyId) {
        this.known.delete(`${tenantId}/${alias}`);
        continue;
      }
      if ('error' in found) throw found.error;
      return found;
    }
    throw new AnkaError('decision-outdated', 'The alias changed while it was read. Try again.');
  }

  /** @param id the alias's in the audit trail */
  forget(tenantId: string, id: string): void {
    forgetName(this.known, tenantId, id);
  }

  forgetAll(): void {
    this.known.clear();
  }

  private async versionOf(
    tenantId: string,
    current: GrantedVersion,
    of: (keyId: string) => NamedById,
  ): Promise<GrantedVersion> {
    const named = of(current.keyId);
    if (named.version === null || (named.version === current.version && named.butInKid === undefined)) return current;
    return this.keys.byId(tenantId, named);
  }

  private async current(tenantId: string, alias: string): Promise<GrantedVersion> {
    const place = `${tenantId}/${alias}`;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const known = this.known.get(place) ?? (await this.lookUp(tenantId, alias));
      const key = await this.keys.find(tenantId, known.keyId, null);
      this.known.delete(place);
      if (key.version === known.version && key.revision === known.revision) {
        this.known.set(place, known);
        return key;
      }
      if (attempt > 0) this.keys.forget(tenantId, known.keyId);
    }
    throw new AnkaError('decision-outdated', 'The key changed while it was read. Try again.');
  }

  private async lookUp(tenantId: string, alias: string): Promise<Known> {
    const current = await withTenant(this.dataSource, tenantId, (manager) => currentOf(manager, tenantId, alias));
    if (current === null) throw noKeyOfAlias();
    const { keyId, version, revision } = current;
    return { keyId, version, revision };
  }
}

/**
 * Reads the current version of the alias's key. It is one query, so that the alias and the revision are of the same moment.
 * The alias is loaded too, so that its seal is checked.
 */
const currentOf = async (manager: EntityManager, tenantId: string, name: string): Promise<KeyVersionRecord | null> => {
  const current = (await manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .innerJoinAndMapOne(
      'version.alias',
      KeyAliasRecord,
      'alias',
      'alias.tenantId = version.tenantId AND alias.keyId = version.keyId',
    )
    .where('alias.tenantId = :tenantId AND alias.name = :name', { tenantId, name })
    .andWhere(`version.version = ${currentNumber('alias.tenant_id', 'alias.key_id')}`)
    .getOne()) as (KeyVersionRecord & { readonly alias: KeyAliasRecord }) | null;
  if (current !== null) assertAsked(manager, current.alias, { tenantId, name, keyId: current.keyId });
  return current;
};
