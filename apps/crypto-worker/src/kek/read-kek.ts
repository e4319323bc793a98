import { AnkaError, type Context, type Kek, maxKekFailures } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

interface KekRow {
  readonly generation: number;
  readonly total: number | null;
  readonly left: number;
  readonly failed: number;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** @throws AnkaError `tenant-unknown` */
export const readKek = async (manager: EntityManager, tenantId: string): Promise<Kek> => {
  const [row] = await manager.query<KekRow[]>(
    `SELECT kek.generation, r.total, r.started_at, r.finished_at,
       behind.left, behind.failed
     FROM platform_key kek LEFT JOIN kek_rotation r ON r.tenant_id = kek.tenant_id AND r.generation = kek.generation,
       LATERAL (SELECT count(*)::int AS left, count(v.rewrap_failure)::int AS failed
         FROM key_version v WHERE v.tenant_id = $1 AND v.kek_generation < kek.generation) behind
     WHERE kek.tenant_id = $1 AND kek.kind = 'kek' ORDER BY kek.generation DESC LIMIT 1`,
    [tenantId],
  );
  if (row === undefined) throw new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');
  const total = row.total ?? 0;
  return {
    tenantId,
    generation: row.generation,
    state: row.started_at !== null && row.finished_at === null ? 'rotating' : 'idle',
    total,
    done: Math.max(0, total - row.left),
    failed: row.failed,
    failures: row.failed === 0 ? [] : await firstFailures(manager, tenantId, row.generation),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
};

const firstFailures = (manager: EntityManager, tenantId: string, generation: number): Promise<Kek['failures']> =>
  manager.query<Kek['failures']>(
    `SELECT key_id AS "keyId", version, rewrap_failure AS code FROM key_version
     WHERE tenant_id = $1 AND kek_generation < $2 AND rewrap_failure IS NOT NULL ORDER BY key_id, version LIMIT $3`,
    [tenantId, generation, maxKekFailures],
  );

@Injectable()
export class ReadKek {
  constructor(private readonly dataSource: DataSource) {}

  get({ tenantId }: Pick<Context, 'tenantId'>): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }
}
