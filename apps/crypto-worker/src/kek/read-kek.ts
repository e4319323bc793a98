import { AnkaError, type Context, type Kek, maxKekFailures, maxRetiredKeks } from '@ankasecure/contracts';
import { assertAbsent, assertNewest, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { countBehind } from './kek.sql.js';

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
  const { total = 0, startedAt = null, finishedAt = null } = rotation ?? {};
  const { left, failed } = await countBehind(manager, tenantId, generation);
  return {
    tenantId,
    generation,
    state: startedAt !== null && finishedAt === null ? 'rotating' : 'idle',
    total,
    done: Math.max(0, total - left),
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

const firstFailures = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
): Promise<Kek['failures']> => {
  const versions = await manager.find(KeyVersionRecord, {
    where: { tenantId, kekGeneration: LessThan(generation), rewrapFailure: Not(IsNull()) },
    order: { keyId: 'ASC', version: 'ASC' },
    take: maxKekFailures,
  });
  return versions.map(({ keyId, version, rewrapFailure }) => ({ keyId, version, code: rewrapFailure as string }));
};

/** Reads a tenant's KEK and the progress of its rotation. */
@Injectable()
export class ReadKek {
  constructor(private readonly dataSource: DataSource) {}

  get({ tenantId }: Pick<Context, 'tenantId'>): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }
}
