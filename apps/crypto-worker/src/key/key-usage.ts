import { type Context, type getKeyUsage, type KeyUsage, noSuchKey } from '@ankasecure/contracts';
import { type CursorScope, CursorSeal, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertGranted } from '../access/grant.js';
import { KeyUsageRecord } from './record/key-usage.entity.js';
import { KeyVersionRecord } from './record/key-version.entity.js';

/** The uses of one version by one operation, for all workers together. */
interface UsageSum {
  readonly version: number;
  /** null for a version that was never used. */
  readonly operation: string | null;
  readonly count: string;
  readonly lastUsedAt: Date | null;
}

/**
 * Reads the operations that each version of a key was used for, how often, and when last. Only successes whose results were
 * released count.
 */
@Injectable()
export class ReadUsage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: CursorSeal,
  ) {}

  /** The newest version comes first. @throws AnkaError `key-not-found`, `key-access-denied`, `cursor-invalid` */
  async of(context: Context, { id, limit, cursor }: z.infer<typeof getKeyUsage.request>): Promise<KeyUsage> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'usage', filter: { id } };
    const before = cursor === undefined ? null : Number(this.cursors.open(scope, cursor));
    const { numbers, rows } = await withTenant(this.dataSource, tenantId, async (manager) => {
      const found = await versionNumbers(manager, tenantId, id, { before, take: limit + 1 });
      if (found.length === 0) throw noSuchKey();
      await assertGranted(manager, context, 'view', id);
      return { numbers: found, rows: await usageOf(manager, tenantId, id, found.slice(0, limit)) };
    });
    const items = [...Map.groupBy(rows, ({ version }) => version)].map(([version, used]) => {
      const operations = used.flatMap(({ operation, count, lastUsedAt: at }) =>
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
    const last = items.at(-1)?.version;
    return { items, next: numbers.length > limit ? this.cursors.seal(scope, String(last)) : null };
  }
}

/** The key's versions below `before`, or all, the newest first. */
const versionNumbers = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  { before, take }: { readonly before: number | null; readonly take: number },
): Promise<readonly number[]> => {
  const query = manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .select('version.version', 'version')
    .where('version.tenantId = :tenantId AND version.keyId = :keyId', { tenantId, keyId });
  if (before !== null) query.andWhere('version.version < :before', { before });
  const rows = await query.orderBy('version.version', 'DESC').limit(take).getRawMany<{ version: number }>();
  return rows.map(({ version }) => version);
};

const isOfVersion =
  'usage.tenantId = version.tenantId AND usage.keyId = version.keyId AND usage.version = version.version';

const usageOf = (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  numbers: readonly number[],
): Promise<UsageSum[]> =>
  manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .leftJoin(KeyUsageRecord, 'usage', isOfVersion)
    .select('version.version', 'version')
    .addSelect('usage.operation', 'operation')
    .addSelect('sum(usage.uses)', 'count')
    .addSelect('max(usage.lastUsedAt)', 'lastUsedAt')
    .where('version.tenantId = :tenantId AND version.keyId = :keyId', { tenantId, keyId })
    .andWhere('version.version = ANY (:numbers)', { numbers })
    .groupBy('version.version')
    .addGroupBy('usage.operation')
    .orderBy('version.version', 'DESC')
    .addOrderBy('usage.operation')
    .getRawMany<UsageSum>();

/** Reads the time of each version's last use, by version number. A version that was never used has no entry. */
export const lastUses = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
): Promise<ReadonlyMap<number, Date>> => {
  const last = await manager
    .createQueryBuilder(KeyUsageRecord, 'usage')
    .select('usage.version', 'version')
    .addSelect('max(usage.lastUsedAt)', 'at')
    .where('usage.tenantId = :tenantId AND usage.keyId = :keyId', { tenantId, keyId })
    .groupBy('usage.version')
    .getRawMany<{ version: number; at: Date }>();
  return new Map(last.map(({ version, at }) => [version, at]));
};
