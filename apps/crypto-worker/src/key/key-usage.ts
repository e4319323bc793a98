import { AnkaError, type Context, type KeyUsage } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { assertGranted } from '../access/grant.js';

interface Row {
  readonly version: number;
  readonly operation: string | null;
  readonly count: string;
  readonly last_used_at: Date | null;
}

/** What each version of a key was used for, how often, and when last: successes that were released. */
@Injectable()
export class ReadUsage {
  constructor(private readonly dataSource: DataSource) {}

  /** The current version first. @throws AnkaError `key-not-found`, `key-access-denied` */
  async of(context: Context, { id }: { id: string }): Promise<KeyUsage> {
    const { tenantId } = context;
    const rows = await withTenant(this.dataSource, tenantId, async (manager) => {
      const found = await manager.query<Row[]>(usage, [tenantId, id]);
      if (found.length === 0) throw new AnkaError('key-not-found');
      await assertGranted(manager, context, 'view', id);
      return found;
    });
    const items = [...Map.groupBy(rows, ({ version }) => version)].map(([version, used]) => {
      const operations = used.flatMap(({ operation, count, last_used_at: at }) =>
        operation === null || at === null ? [] : [{ operation, count: Number(count), lastUsedAt: at.toISOString() }],
      );
      return {
        version,
        operations,
        lastUsedAt:
          operations
            .map(({ lastUsedAt }) => lastUsedAt)
            .toSorted()
            .at(-1) ?? null,
      };
    });
    return { items };
  }
}

const usage = `
  SELECT v.version, u.operation, sum(u.uses) AS count, max(u.last_used_at) AS last_used_at
  FROM key_version v LEFT JOIN key_usage u USING (tenant_id, key_id, version)
  WHERE v.tenant_id = $1 AND v.key_id = $2
  GROUP BY v.version, u.operation ORDER BY v.version DESC, u.operation`;

/** When each version of a key was used last, by its number; of those that never were there is none. */
export const lastUses = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
): Promise<ReadonlyMap<number, Date>> => {
  const rows = await manager.query<{ version: number; at: Date }[]>(
    'SELECT version, max(last_used_at) AS at FROM key_usage WHERE tenant_id = $1 AND key_id = $2 GROUP BY version',
    [tenantId, id],
  );
  return new Map(rows.map(({ version, at }) => [version, at]));
};
