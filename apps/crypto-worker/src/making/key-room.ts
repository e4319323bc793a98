import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { countVersions, hasRoom } from '../quota/key-count.sql.js';
import { Quotas } from '../quota/quotas.js';

/** Tells whether a tenant may have one more key, or one more version of a key. */
@Injectable()
export class KeyRoom {
  constructor(
    private readonly dataSource: DataSource,
    private readonly quotas: Quotas,
  ) {}

  /** @throws AnkaError `quota-exceeded` */
  async assert(tenantId: string): Promise<void> {
    const most = this.quotas.keysOf(tenantId);
    await this.assertWithin(tenantId, { keys: most }, `The tenant can have ${most} keys.`);
    await this.assertObjects(tenantId);
  }

  /**
   * @param current the current version of the key
   * @throws AnkaError `quota-exceeded`
   */
  async assertForVersion({ tenantId, keyId, version }: KeyVersionRecord): Promise<void> {
    const most = this.quotas.versionsOf(tenantId);
    const count = (manager: EntityManager) => countVersions(manager, tenantId, keyId);
    if (version >= most && (await withTenant(this.dataSource, tenantId, count)) >= most)
      throw new AnkaError(
        'quota-exceeded',
        `A key can have ${most} versions. Destroy old versions that are no longer needed, or create another key.`,
      );
    await this.assertObjects(tenantId);
  }

  /** The same check in the transaction that records a key. The answer holds until the transaction ends. */
  isLeft(manager: EntityManager, tenantId: string): Promise<boolean> {
    const { quotas } = this;
    return hasRoom(manager, tenantId, { keys: quotas.keysOf(tenantId), objects: quotas.objectsOf(tenantId) });
  }

  /** The same check in the transaction that records a version. Its key is locked, so it has no other new version. */
  isLeftForVersion(manager: EntityManager, tenantId: string): Promise<boolean> {
    return hasRoom(manager, tenantId, { objects: this.quotas.objectsOf(tenantId) });
  }

  private assertObjects(tenantId: string): Promise<void> {
    const most = this.quotas.objectsOf(tenantId);
    return this.assertWithin(tenantId, { objects: most }, `The tenant can have ${most} key versions in all.`);
  }

  private async assertWithin(tenantId: string, most: Parameters<typeof hasRoom>[2], limit: string): Promise<void> {
    if (Object.values(most).every((value) => value === undefined)) return;
    if (await withTenant(this.dataSource, tenantId, (manager) => hasRoom(manager, tenantId, most))) return;
    throw new AnkaError('quota-exceeded', `${limit} Destroy some that are no longer needed.`);
  }
}
