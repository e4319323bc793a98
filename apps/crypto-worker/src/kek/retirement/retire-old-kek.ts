import { type AuditEvent, secondsOf } from '@ankasecure/contracts';
import { changeRecord, Outbox, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';
import { KekRotationRecord } from '../../key/record/kek-rotation.entity.js';
import { PlatformKeyRecord } from '../../key/record/platform-key.entity.js';
import { type OpenRotation, rotationEvent } from '../rotation/open-rotation.js';
import { BackupConfig } from './backup.config.js';
import { isAnyKeyUnder } from './retired-kek.sql.js';
import { VersionsOnRecord } from './versions-on-record.js';

/**
 * Ends a rotation when no blob needs an older KEK: the older KEKs are retired. They wrap and unwrap nothing any more, but stay
 * in the token until no backup is left that needs them. A database that is restored from such a backup still opens its keys.
 * The database's word on its blobs is compared with the audit trail before.
 */
@Injectable()
export class RetireOldKeks {
  private readonly horizonMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly onRecord: VersionsOnRecord,
    { horizon }: BackupConfig,
  ) {
    this.horizonMs = (secondsOf(horizon) ?? 0) * 1000;
  }

  /**
   * @returns false if a key needs an older KEK
   * @throws AnkaError as `VersionsOnRecord` if the audit trail does not say that none does
   */
  async retireOlder(rotation: OpenRotation): Promise<boolean> {
    const { tenantId, generation } = rotation;
    const isNeeded = await withTenant(this.dataSource, tenantId, (manager) =>
      isAnyKeyUnder(manager, tenantId, generation - 1),
    );
    if (isNeeded) return false;
    await this.onRecord.assertNoneUnder(tenantId, generation - 1);
    const retired = await withTenant(this.dataSource, tenantId, (manager) => this.retire(manager, rotation));
    if (retired > 0) this.outbox.committed(retired);
    return retired > 0;
  }

  /** @returns the number of retired KEKs; 0 if a key needs one of them, or another worker was first */
  private async retire(manager: EntityManager, rotation: OpenRotation): Promise<number> {
    const { tenantId, generation } = rotation;
    if (await isAnyKeyUnder(manager, tenantId, generation - 1)) return 0;
    const open = await manager.findOneBy(KekRotationRecord, { tenantId, generation, finishedAt: IsNull() });
    if (open === null) return 0;
    const older = await manager.find(PlatformKeyRecord, {
      where: { tenantId, kind: 'kek', generation: LessThan(generation), retiredAt: IsNull(), destroyedAt: IsNull() },
      order: { generation: 'ASC' },
    });
    const now = await transactionTime(manager);
    const destroyAt = new Date(now.getTime() + this.horizonMs);
    for (const kek of older) await changeRecord(manager, kek, { retiredAt: now, destroyAt });
    await changeRecord(manager, open, { finishedAt: now });
    // The end of a rotation is on record even if an earlier release has destroyed its older KEKs already.
    const generations = older.length > 0 ? older.map((kek) => kek.generation) : [generation - 1];
    const events = generations.map((replaced) => retirement(rotation, replaced, destroyAt, open.rewrapped));
    await this.outbox.write(manager, events);
    return events.length;
  }
}

/** @param rewrapped the number of versions that the rotation has rewrapped; null if nobody has counted them */
const retirement = (
  rotation: OpenRotation,
  generation: number,
  destroyAt: Date,
  rewrapped: number | null,
): AuditEvent => {
  const details = { destroyAt: destroyAt.toISOString(), ...(rewrapped !== null && { rewrapped: String(rewrapped) }) };
  return rotationEvent(rotation, generation, { operation: 'kek.retire', algorithm: 'AES-256', details });
};
