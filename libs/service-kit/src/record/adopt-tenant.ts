import { auditEvent, newId } from '@ankasecure/contracts';
import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import type { Outbox } from '../outbox/outbox.js';
import { sealsOf } from './change-record.js';
import { decidingOf, type Sealed } from './sealed-record.js';
import { ownerColumn } from './tracked-record.js';

/** Records that are read and sealed at a time. */
const pageSize = 500;

/** The number of records that were sealed, by table, as an event tells it. Tables without any are left out. */
export type AdoptedCounts = Readonly<Record<string, string>>;

/**
 * Seals what an older release wrote of a tenant: one commit, with an event that counts the records if there are any.
 * @param hold runs first in the transaction
 */
export const adoptTenant = async (
  dataSource: DataSource,
  outbox: Outbox,
  tenantId: string,
  hold: (manager: EntityManager) => Promise<unknown> = () => Promise.resolve(),
): Promise<AdoptedCounts> => {
  const tables = dataSource.entityMetadatas.filter(({ target }) => decidingOf(target as never) !== undefined);
  const counts: Record<string, string> = {};
  const seal = async (manager: EntityManager): Promise<number> => {
    await hold(manager);
    for (const table of tables) {
      const count = await sealTable(manager, table, tenantId);
      if (count > 0) counts[table.tableName] = String(count);
    }
    if (Object.keys(counts).length === 0) return 0;
    await outbox.write(manager, [adoptedEvent(sealsOf(manager).owner.service, tenantId, counts)]);
    return 1;
  };
  const { history } = sealsOf(dataSource.manager);
  const committed = await history.without(() => withTenant(dataSource, tenantId, seal));
  if (committed > 0) outbox.committed(committed);
  return counts;
};

/** Reads without the check that every other reader makes: these records have nothing to check yet. */
const sealTable = async (manager: EntityManager, table: EntityMetadata, tenantId: string): Promise<number> => {
  for (let count = 0; ; ) {
    const rows = await manager
      .createQueryBuilder<Sealed>(table.target, 'record')
      .where(`record.seal IS NULL AND record.${ownerColumn(table)} = :tenantId`, { tenantId })
      .limit(pageSize)
      .callListeners(false)
      .getMany();
    const sealed = await sealsOf(manager).sealAll(manager, rows, table);
    for (const [index, row] of rows.entries())
      await manager.update(table.target, table.getEntityIdMap(row) ?? {}, sealed[index] as Sealed);
    count += rows.length;
    if (rows.length < pageSize) return count;
  }
};

export const adoptedEvent = (principal: string, tenantId: string, details: AdoptedCounts) =>
  auditEvent({ tenantId, principal, correlationId: newId() }, { operation: 'record.adopt', details });
