import { auditEvent, newId } from '@ankasecure/contracts';
import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import type { Outbox } from '../outbox/outbox.js';
import { sealsOf } from './change-record.js';
import { AdoptionOver } from './record-authority.js';
import { decidingOf, type Sealed } from './sealed-record.js';
import { ownerColumn } from './tracked-record.js';

/** Records that are read and sealed at a time. */
const pageSize = 500;
/** The most records of a table that the alarm names if none is sealed any more. The others are refused when they are loaded. */
const mostNamed = 20;

/** The number of records that were sealed, by table, as an event tells it. Tables without any are left out. */
export type AdoptedCounts = Readonly<Record<string, string>>;

/**
 * Seals what an older release wrote of a tenant: one commit, with an event that counts the records if there are any. If none is
 * sealed any more, the alarm is raised about each.
 * @param hold runs first in the transaction
 */
export const adoptTenant = async (
  dataSource: DataSource,
  outbox: Outbox,
  tenantId: string,
  hold: (manager: EntityManager) => Promise<unknown> = () => Promise.resolve(),
): Promise<AdoptedCounts> => {
  const tables = sealedTables(dataSource);
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
  const committed = await history.without(() => withTenant(dataSource, tenantId, seal)).catch(isOver);
  if (committed === 'over') {
    await withTenant(dataSource, tenantId, (manager) => refuseUnsealed(manager, tenantId));
    return {};
  }
  if (committed > 0) outbox.committed(committed);
  return counts;
};

const isOver = (error: unknown): 'over' => {
  if (error instanceof AdoptionOver) return 'over';
  throw error;
};

const sealedTables = ({ entityMetadatas }: DataSource): readonly EntityMetadata[] =>
  entityMetadatas.filter(({ target }) => decidingOf(target as never) !== undefined);

/** Raises the alarm about each record that still stands without a seal: another process may have sealed them meanwhile. */
const refuseUnsealed = async (manager: EntityManager, tenantId: string): Promise<void> => {
  for (const table of sealedTables(manager.dataSource))
    for (const row of await unsealedOf(manager, table, tenantId, mostNamed))
      sealsOf(manager).reject(manager, row, 'missing-seal');
};

/** Reads without the check that every other reader makes: these records have nothing to check yet. */
const unsealedOf = (
  manager: EntityManager,
  table: EntityMetadata,
  tenantId: string,
  most: number,
): Promise<readonly Sealed[]> =>
  manager
    .createQueryBuilder<Sealed>(table.target, 'record')
    .where(`record.seal IS NULL AND record.${ownerColumn(table)} = :tenantId`, { tenantId })
    .limit(most)
    .callListeners(false)
    .getMany();

const sealTable = async (manager: EntityManager, table: EntityMetadata, tenantId: string): Promise<number> => {
  const seals = sealsOf(manager);
  for (let count = 0; ; ) {
    const rows = await unsealedOf(manager, table, tenantId, pageSize);
    const sealed = await seals.sealAll(manager, rows, table, (records) => seals.authority.adopt(tenantId, records));
    for (const [index, row] of rows.entries())
      await manager.update(table.target, table.getEntityIdMap(row) ?? {}, sealed[index] as Sealed);
    count += rows.length;
    if (rows.length < pageSize) return count;
  }
};

export const adoptedEvent = (principal: string, tenantId: string, details: AdoptedCounts) =>
  auditEvent({ tenantId, principal, correlationId: newId() }, { operation: 'record.adopt', details });
