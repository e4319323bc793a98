import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { countVersions, type Most, reachedLimit } from '../quota/key-count.sql.js';
import { Quotas } from '../quota/quotas.js';

/** Tells whether a tenant may have one more key, or one more version of a key. */
@Injectable()
export class KeyRoom {
  constructor(
    private readonly dataSource: DataSource,
    private readonly quotas: Quotas,
  ) {}

  /** @throws AnkaError `quota-exceeded` */
  assert(tenantId: string): Promise<void> {
    return this.assertWithin(tenantId, this.mostOf(tenantId));
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
    await this.assertWithin(tenantId, { objects: this.quotas.objectsOf(tenantId) });
  }

  /** The same check in the transaction that records a key. The answer holds until the transaction ends. */
  async isLeft(manager: EntityManager, tenantId: string): Promise<boolean> {
    return (await reachedLimit(manager, tenantId, this.mostOf(tenantId))) === undefined;
  }

  /** The same check in the transaction that records a version. Its key is locked, so it has no other new version. */
  async isLeftForVersion(manager: EntityManager, tenantId: string): Promise<boolean> {
    return (await reachedLimit(manager, tenantId, { objects: this.quotas.objectsOf(tenantId) })) === undefined;
  }

  private mostOf(tenantId: string): Most {
    return { keys: this.quotas.keysOf(tenantId), objects: this.quotas.objectsOf(tenantId) };
  }

  private async assertWithin(tenantId: string, most: Most): Promise<void> {
    if (Object.values(most).every((value) => value === undefined)) return;
    const reached = await withTenant(this.dataSource, tenantId, (manager) => reachedLimit(manager, tenantId, most));
    if (reached === undefined) return;
    throw new AnkaError(
      'quota-exceeded',
      `The tenant can have ${most[reached]} ${limited[reached]}. Destroy some that are no longer needed.`,
    );
  }
}

/** The unit that each limit counts. */
const limited: Readonly<Record<keyof Most, string>> = { keys: 'keys', objects: 'key versions in all' };
