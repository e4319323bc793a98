import { AnkaError, type Context, type Kek, maxRetiredKeks } from '@ankasecure/contracts';
import { assertAbsent, assertNewest, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { countBehind, firstFailures } from './kek.sql.js';

/** @throws AnkaError `tenant-unknown`, `record-outdated` if the newest KEK or its rotation is missing */
export const readKek = async (manager: EntityManager, tenantId: string): Promise<Kek> => {
  const newest = { where: { tenantId, kind: 'kek' }, order: { generation: 'DESC' } } as const;
  const kek = await manager.findOne(PlatformKeyRecord, newest);
  if (kek === null) throw new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');
  const { generation } = kek;
  await assertNewest(manager, PlatformKeyRecord, { tenantId, kind: 'kek' }, generation);
  // The first KEK was not made by a rotation.
  const rotation = await manager.findOneBy(KekRotationRecord, { tenantId, generation });
  if (rotation === null) await assertAbsent(manager, KekRotationRecord, { tenantId, generation });
  const { total = 0, rewrapped = null, startedAt = null, finishedAt = null } = rotation ?? {};
  const { left, failed } = await countBehind(manager, tenantId, generation);
  const isOpen = startedAt !== null && finishedAt === null;
  const notLeft = Math.max(0, total - left);
  return {
    tenantId,
    generation,
    state: isOpen ? 'rotating' : 'idle',
    total,
    // Until the end is compared with the audit trail, only what was rewrapped is known to be done.
    done: isOpen && rewrapped !== null ? Math.min(rewrapped, notLeft) : notLeft,
    failed,
    failures: failed === 0 ? [] : await firstFailures(manager, tenantId, generation),
    retired: await retiredKeks(manager, tenantId),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
};

/** The retired KEKs that the token still holds, oldest first. */
const retiredKeks = async (manager: EntityManager, tenantId: string): Promise<Kek['retired']> => {
  const kept = await manager.find(PlatformKeyRecord, {
    where: { tenantId, kind: 'kek', retiredAt: Not(IsNull()), destroyedAt: IsNull() },
    order: { generation: 'ASC' },
    take: maxRetiredKeks,
  });
  return kept.flatMap(({ generation, retiredAt, destroyAt }) =>
    retiredAt === null || destroyAt === null
      ? []
      : [{ generation, retiredAt: retiredAt.toISOString(), destroyAt: destroyAt.toISOString() }],
  );
};

/** Reads a tenant's KEK and the progress of its rotation. */
@Injectable()
export class ReadKek {
  constructor(private readonly dataSource: DataSource) {}

  get({ tenantId }: Pick<Context, 'tenantId'>): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }
}
