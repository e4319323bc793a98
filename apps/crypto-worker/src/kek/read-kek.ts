import { AnkaError, type Context, type Kek } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';

interface KekRow {
  readonly generation: number;
  readonly total: number | null;
  readonly left: number;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** @throws AnkaError `tenant-unknown` */
export const readKek = async (manager: EntityManager, tenantId: string): Promise<Kek> => {
  const [row] = await manager.query<KekRow[]>(
    `SELECT kek.generation, r.total, r.started_at, r.finished_at,
       (SELECT count(*)::int FROM key_version v WHERE v.tenant_id = $1 AND v.kek_generation < kek.generation) AS left
     FROM platform_key kek LEFT JOIN kek_rotation r ON r.tenant_id = kek.tenant_id AND r.generation = kek.generation
     WHERE kek.tenant_id = $1 AND kek.kind = 'kek' ORDER BY kek.generation DESC LIMIT 1`,
    [tenantId],
  );
  if (row === undefined) throw new AnkaError('tenant-unknown', 'The tenant is not provisioned on this partition');
  const total = row.total ?? 0;
  return {
    tenantId,
    generation: row.generation,
    state: row.started_at !== null && row.finished_at === null ? 'rotating' : 'idle',
    total,
    done: Math.max(0, total - row.left),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
};

export class ReadKek {
  constructor(private readonly dataSource: DataSource) {}

  get({ tenantId }: Pick<Context, 'tenantId'>): Promise<Kek> {
    return withTenant(this.dataSource, tenantId, (manager) => readKek(manager, tenantId));
  }
}
