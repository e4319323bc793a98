import { AnkaError, type Context } from '@ankasecure/contracts';
import { Logger, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Custody, type PlatformKeyKind } from '../custody/custody.js';
import { accountedObjects } from './platform-key.sql.js';

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/**
 * Finds platform keys that the token holds and no record names. The database is then older than the token, or was lost.
 * A second key of that name would start the tenant again: with another audit key its trail no longer verifies, and with
 * another KEK its wrapped keys no longer open.
 */
@Injectable()
export class UnrecordedKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly log: Logger,
  ) {}

  /** @throws AnkaError `platform-key-unrecorded`; the token's errors */
  async assertNone(context: Context, kind: PlatformKeyKind): Promise<void> {
    const { tenantId } = context;
    const found = await this.unaccounted(context, kind);
    if (found.length === 0) return;
    // A making that failed meanwhile has destroyed its object, and then ended its intent.
    const still = new Set((await this.custody.platformObjects(context, kind, tenantId)).map(hex));
    const left = found.filter((id) => still.has(id));
    if (left.length === 0) return;
    this.log.error(
      { alarm: 'platform-key-unrecorded', tenantId, kind, objects: left },
      'the token holds platform keys that ankadb_keys does not record; nothing is made',
    );
    throw new AnkaError(
      'platform-key-unrecorded',
      `The HSM holds a key ${kind} of this tenant that ankadb_keys does not record: the database was lost, or is older than the HSM. Restore the newest backup of ankadb_keys.`,
    );
  }

  /** The CKA_IDs, in hex, of objects without a record or an intent. The token is asked first, so that no making is missed. */
  private async unaccounted(context: Context, kind: PlatformKeyKind): Promise<readonly string[]> {
    const { tenantId } = context;
    const found = (await this.custody.platformObjects(context, kind, tenantId)).map(hex);
    if (found.length === 0) return [];
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ objectId: Buffer }[]>(accountedObjects, [tenantId, kind]),
    );
    const accounted = new Set(rows.map(({ objectId }) => hex(objectId)));
    return found.filter((id) => !accounted.has(id));
  }
}
