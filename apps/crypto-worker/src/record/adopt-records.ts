import { auditEvent, newId } from '@ankasecure/contracts';
import { decidingOf, Logger, Outbox, RecordSeals, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type EntityMetadata } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { Adoption } from './adoption.js';
import { tenantsOnRecord } from './record.sql.js';

/** Records that are read at a time. */
const pageSize = 500;

/**
 * Seals the records that an older release wrote, once: before the token has the mark that it was done. Each tenant's records
 * are one commit, with an event that counts them. A worker that dies in between is followed by the next, which goes on.
 */
@Injectable()
export class AdoptRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
    private readonly adoption: Adoption,
    private readonly seals: RecordSeals,
    private readonly outbox: Outbox,
  ) {}

  async run(log: Logger): Promise<void> {
    if (!(await this.adoption.isOpen('crypto-worker'))) return;
    const tenants = await this.dataSource.query<{ tenantId: string }[]>(tenantsOnRecord, [this.partition.name]);
    for (const { tenantId } of tenants) {
      const counts = await this.adopt(tenantId);
      if (counts.length > 0)
        log.warn({ tenantId, records: Object.fromEntries(counts) }, 'sealed records of an older release');
    }
    await this.adoption.end('crypto-worker');
  }

  /** @returns the number of records that were sealed, by table */
  private async adopt(tenantId: string): Promise<readonly (readonly [table: string, count: number])[]> {
    const tables = this.dataSource.entityMetadatas.filter(({ target }) => decidingOf(target as never) !== undefined);
    const counts = await withTenant(this.dataSource, tenantId, async (manager) => {
      await holdFence(manager, tenantId);
      const sealed: [string, number][] = [];
      for (const table of tables) sealed.push([table.tableName, await this.sealTable(manager, table)]);
      const adopted = sealed.filter(([, count]) => count > 0);
      if (adopted.length > 0) await this.outbox.write(manager, [adoptedEvent(tenantId, adopted)]);
      return adopted;
    });
    if (counts.length > 0) this.outbox.committed(1);
    return counts;
  }

  /** Reads without the check that every other reader makes: these records have nothing to check yet. */
  private async sealTable(manager: EntityManager, table: EntityMetadata): Promise<number> {
    for (let count = 0; ; ) {
      const rows = await manager
        .createQueryBuilder<object>(table.target, 'record')
        .where('record.seal IS NULL')
        .limit(pageSize)
        .callListeners(false)
        .getMany();
      for (const row of rows) {
        const seal = await this.seals.sealOf(row, table);
        await manager.update(table.target, table.getEntityIdMap(row) ?? {}, { seal });
      }
      count += rows.length;
      if (rows.length < pageSize) return count;
    }
  }
}

const adoptedEvent = (tenantId: string, counts: readonly (readonly [table: string, count: number])[]) =>
  auditEvent(
    { tenantId, principal: 'crypto-worker', correlationId: newId() },
    {
      operation: 'record.adopt',
      details: Object.fromEntries(counts.map(([table, count]) => [table, String(count)])),
    },
  );
