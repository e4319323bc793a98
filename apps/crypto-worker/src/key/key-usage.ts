import { AnkaError, type Context, type KeyUsage } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { assertGranted } from '../access/grant.js';
import { lastUseByVersion, usesByOperation } from './key-usage.sql.js';

interface CountedUse {
  readonly version: number;
  readonly operation: string | null;
  readonly count: string;
  readonly last_used_at: Date | null;
}

/** Reads the uses of a key's versions: released successes, by operation. */
@Injectable()
export class ReadUsage {
  constructor(private readonly dataSource: DataSource) {}

  /** The current version first. @throws AnkaError `key-not-found`, `key-access-denied` */
  async of(context: Context, { id }: { id: string }): Promise<KeyUsage> {
    const { tenantId } = context;
    const rows = await withTenant(this.dataSource, tenantId, async (manager) => {
      const found = await manager.query<CountedUse[]>(usesByOperation, [tenantId, id]);
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

/** Reads the last use of each version of a key, by version number. A version that was never used is absent. */
export const lastUses = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
): Promise<ReadonlyMap<number, Date>> => {
  const rows = await manager.query<{ version: number; at: Date }[]>(lastUseByVersion, [tenantId, id]);
  return new Map(rows.map(({ version, at }) => [version, at]));
};
