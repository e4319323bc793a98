import { type AuditEvent, auditEvent, newId } from '@ankasecure/contracts';
import { Logger, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Custody } from '../../custody/custody.js';
import { ownerOfPlatformKey } from '../../custody/object-owner.js';
import { Partition } from '../../custody/partition.js';
import { PlatformKeyRecord } from '../../key/record/platform-key.entity.js';
import { Rests } from '../../lease/rests.js';
import { Rounds } from '../../lease/rounds.js';
import { ObjectDestroyer } from '../../object/destroy-object.js';
import { recordKekDestroyed } from '../../object/record-kek-destroyed.js';
import { type DueKek, dueKeks, isAnyKeyUnder } from './retired-kek.sql.js';
import { VersionsOnRecord } from './versions-on-record.js';

/** The retired KEKs of a partition that are due. */
@Injectable()
export class DueKeks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
  ) {}

  list(): Promise<DueKek[]> {
    return dueKeks(this.dataSource, this.partition.name);
  }

  /** @returns null also if a key is under it: one that came back from a backup keeps its KEK */
  read({ tenantId, generation }: DueKek): Promise<PlatformKeyRecord | null> {
    return withTenant(this.dataSource, tenantId, async (manager) =>
      (await isAnyKeyUnder(manager, tenantId, generation)) ? null : recordOf(manager, tenantId, generation),
    );
  }
}

const recordOf = (manager: EntityManager, tenantId: string, generation: number): Promise<PlatformKeyRecord | null> =>
  manager.findOneBy(PlatformKeyRecord, { tenantId, kind: 'kek', generation });

const nameOf = ({ tenantId, generation }: DueKek): string => `${tenantId}/${generation}`;

const everyMs = 1000;

/**
 * Destroys retired KEKs when the horizon of backups has passed, by the database's time. What they wrapped is then gone for good, so
 * none is destroyed while a version that the audit trail holds is missing, or is wrapped by it.
 */
@Injectable()
export class DestroyRetiredKeks extends Rounds {
  private readonly rests = new Rests();

  constructor(
    private readonly due: DueKeks,
    private readonly custody: Custody,
    private readonly destroyer: ObjectDestroyer,
    private readonly onRecord: VersionsOnRecord,
    log: Logger,
  ) {
    super(everyMs, 'destruction of retired KEKs', log);
  }

  protected async round(): Promise<void> {
    if (!this.custody.healthy()) return;
    for (const one of await this.due.list()) {
      if (this.isStopped) return;
      if (!this.rests.isResting(nameOf(one))) await this.tryOn(one);
    }
  }

  private async tryOn(due: DueKek): Promise<void> {
    try {
      await this.destroy(due);
      this.rests.end(nameOf(due));
    } catch (error) {
      this.log.warn({ ...due, reason: (error as Error).message }, 'cannot destroy a retired KEK yet');
      this.rests.begin(nameOf(due));
    }
  }

  private async destroy(due: DueKek): Promise<void> {
    const kek = await this.due.read(due);
    if (kek === null) return;
    await this.onRecord.assertNoneUnder(due.tenantId, due.generation);
    const object = { owner: ownerOfPlatformKey({ kind: 'kek', ...due }), objectId: kek.objectId };
    await this.destroyer.destroyRecorded(object, (manager) => begin(manager, due), recordKekDestroyed);
  }
}

/** @returns the event; undefined if the KEK is not due any more, or a key is under it meanwhile. */
const begin = async (manager: EntityManager, { tenantId, generation }: DueKek): Promise<AuditEvent | undefined> => {
  if (await isAnyKeyUnder(manager, tenantId, generation)) return undefined;
  const kek = await recordOf(manager, tenantId, generation);
  if (kek === null || kek.retiredAt === null || kek.destroyAt === null || kek.destroyedAt !== null) return undefined;
  return (await transactionTime(manager)) >= kek.destroyAt ? destruction(kek, kek.retiredAt) : undefined;
};

const destruction = ({ tenantId, generation }: PlatformKeyRecord, retiredAt: Date): AuditEvent =>
  auditEvent(
    { tenantId, principal: 'crypto-worker', correlationId: newId() },
    {
      operation: 'kek.destroy',
      algorithm: 'AES-256',
      details: { generation: String(generation), retiredAt: retiredAt.toISOString() },
    },
  );
