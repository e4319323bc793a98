import { AnkaError, type Context, type Kek, maxKekFailures } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { readKekProgress } from './kek-progress.statement.js';

/** @throws AnkaError `tenant-unknown` */
export const readKek = async (manager: EntityManager, tenantId: string): Promise<Kek> => {
  const row = await readKekProgress(manager, tenantId);
  if (row === undefined) throw new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');
  const total = row.total ?? 0;
  return {
    tenantId,
    generation: row.generation,
    state: row.startedAt !== null && row.finishedAt === null ? 'rotating' : 'idle',
    total,
    done: Math.max(0, total - row.left),
    failed: row.failed,
    failures: row.failed === 0 ? [] : await firstFailures(manager, tenantId, row.generation),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
};

const firstFailures = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
): Promise<Kek['failures']> => {
  const failed = await manager.find(KeyVersionRecord, {
    select: { keyId: true, version: true, rewrapFailure: true },
    where: { tenantId, kekGeneration: LessThan(generation), rewrapFailure: Not(IsNull()) },
    order: { keyId: 'ASC', version: 'ASC' },
    take: maxKekFailures,
  });
  return failed.map(({ keyId, version, rewrapFailure }) => ({ keyId, version, code: rewrapFailure as string }));
};

@Injectable()
export class ReadKek {
  constructor(private readonly dataSource: DataSource) {}

  get({ tenantId }: Pick<Context, 'tenantId'>): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }
}
