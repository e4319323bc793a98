import { AnkaError, type Context, type Kek, maxKekFailures } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { readKekState } from './kek.sql.js';

/** @throws AnkaError `tenant-unknown` */
export const readKek = async (manager: EntityManager, tenantId: string): Promise<Kek> => {
  const state = await readKekState(manager, tenantId);
  if (state === undefined) throw new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');
  const { generation, left, failed, startedAt, finishedAt } = state;
  const total = state.total ?? 0;
  return {
    tenantId,
    generation,
    state: startedAt !== null && finishedAt === null ? 'rotating' : 'idle',
    total,
    done: Math.max(0, total - left),
    failed,
    failures: failed === 0 ? [] : await firstFailures(manager, tenantId, generation),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
};

const firstFailures = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
): Promise<Kek['failures']> => {
  const versions = await manager.find(KeyVersionRecord, {
    select: { keyId: true, version: true, rewrapFailure: true },
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
