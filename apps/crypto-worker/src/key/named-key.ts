import { AnkaError } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { GrantedVersion, KeyStore } from './key-store.js';
import type { KeyVersion } from './key-version.js';
import { versionByAlias } from './record/version.sql.js';

/** The key that a name stood for when it was looked up, and its current version then. */
type Known = Pick<KeyVersion, 'keyId' | 'version' | 'revision'>;

/** Most names kept in memory; the one unused for longest goes first. */
const capacity = 20_000;
const attempts = 3;

/**
 * Keys by the tenant's names for them. A name is believed for as long as its key's current version is what it was when the name
 * was looked up: its revision moves when the name leaves the key, and where the version is old the fence finds out.
 */
export class NamedKeys {
  private readonly known = new BoundedMap<string, Known>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: KeyStore,
  ) {}

  /** @throws AnkaError `alias-not-found`; `decision-outdated` where the key changes faster than it can be read */
  async find(tenantId: string, alias: string): Promise<GrantedVersion> {
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
    const [row] = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ key_id: string; version: number; revision: number }[]>(versionByAlias, [tenantId, alias]),
    );
    if (row === undefined) throw new AnkaError('alias-not-found');
    return { keyId: row.key_id, version: row.version, revision: row.revision };
  }
}
