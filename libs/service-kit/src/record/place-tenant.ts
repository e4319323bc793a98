import { AnkaError } from '@ankasecure/contracts';
import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import type { Outbox } from '../outbox/outbox.js';
import { type AdoptedCounts, adoptedEvent } from './adopt-tenant.js';
import { sealsOf } from './change-record.js';
import type { Sealed } from './sealed-record.js';
import { isTracked, ownerColumn } from './tracked-record.js';

/**
 * Gives the sealed records of a tenant that an older release wrote their places in the history: one commit, with an event that
 * names and counts them. Records without a genuine seal stay as they are, and are refused when they are loaded.
 */
export const placeTenant = async (dataSource: DataSource, outbox: Outbox, tenantId: string): Promise<AdoptedCounts> => {
  const counts: Record<string, string> = {};
  const committed = await withTenant(dataSource, tenantId, async (manager) => {
    for (const table of dataSource.entityMetadatas.filter(isTracked)) {
      const count = await placeTable(manager, table, tenantId);
      if (count > 0) counts[table.tableName] = String(count);
    }
    if (Object.keys(counts).length === 0) return 0;
    await outbox.write(manager, [adoptedEvent(sealsOf(manager).owner.service, tenantId, counts)]);
    return 1;
  });
  if (committed > 0) outbox.committed(committed);
  return counts;
};

const placeTable = async (manager: EntityManager, table: EntityMetadata, tenantId: string): Promise<number> => {
  const rows = await manager
    .createQueryBuilder<Sealed>(table.target, 'record')
    .where(`record.recordRevision IS NULL AND record.${ownerColumn(table)} = :tenantId`, { tenantId })
    .callListeners(false)
    .getMany();
  const genuine: Sealed[] = [];
  for (const row of rows) if (await isGenuine(manager, row, tenantId)) genuine.push(row);
  const before = genuine.map(({ seal }) => seal);
  const sealed = await sealsOf(manager).sealAll(manager, genuine, table);
  for (const [index, row] of genuine.entries()) {
    const stored = { ...table.getEntityIdMap(row), seal: before[index] as Buffer };
    const { affected } = await manager.update(table.target, stored, sealed[index] as Sealed);
    if (affected !== 1) throw new Error(`a record of ${table.tableName} changed meanwhile`);
  }
  return genuine.length;
};

const isGenuine = async (manager: EntityManager, row: object, tenantId: string): Promise<boolean> => {
  try {
    await sealsOf(manager).assertGenuine(manager.dataSource, row, tenantId, manager);
    return true;
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'record-forged') return false;
    throw error;
  }
};
