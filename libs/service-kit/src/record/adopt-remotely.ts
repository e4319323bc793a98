import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, auditEvent, newId } from '@ankasecure/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager, type EntityMetadata } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import { Logger } from '../logging/logger.js';
import { Outbox } from '../outbox/outbox.js';
import { RecordOwner } from './record-authority.js';
import { RecordSeals } from './record-seals.js';
import { RemoteRecords } from './remote-records.js';
import { decidingOf } from './sealed-record.js';
import { type UnsealedTenant, unsealedTenants } from './unsealed-tenant.sql.js';

/** The pause before the workers are asked again, in milliseconds. */
const pauseMs = 1_000;

/**
 * Seals the records of a service that an older release wrote, once per partition: before its token has the mark that it was
 * done. Each tenant's records are one commit, with an event that counts them. The service starts without it if no record stands
 * without a seal.
 */
@Injectable()
export class AdoptRemotely implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authority: RemoteRecords,
    private readonly seals: RecordSeals,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    while (!(await this.ready())) await delay(pauseMs);
    this.authority.closeAdoption();
  }

  /** @returns false if the workers do not answer now */
  private async ready(): Promise<boolean> {
    try {
      const tenants = await unsealedTenants(this.dataSource);
      for (const [partition, own] of Map.groupBy(tenants, (tenant) => tenant.partition)) await this.run(partition, own);
      return true;
    } catch (error) {
      if (!(error instanceof AnkaError && error.retryable)) throw error;
      this.log.warn({ reason: error.message }, 'cannot seal the records of an older release; trying again');
      return false;
    }
  }

  /** Records that stand without a seal after the adoption are refused when they are loaded. */
  private async run(partition: string, tenants: readonly UnsealedTenant[]): Promise<void> {
    if (!(await this.authority.isOpen(partition))) return;
    for (const { tenantId } of tenants) {
      const counts = await this.adopt(tenantId);
      this.log.warn({ tenantId, records: counts }, 'sealed records of an older release');
    }
    await this.authority.end(partition);
  }

  private async adopt(tenantId: string): Promise<Readonly<Record<string, string>>> {
    const tables = this.dataSource.entityMetadatas.filter(({ target }) => decidingOf(target as never) !== undefined);
    const counts: Record<string, string> = {};
    await withTenant(this.dataSource, tenantId, async (manager) => {
      for (const table of tables) {
        const count = await this.sealTable(manager, table, tenantId);
        if (count > 0) counts[table.tableName] = String(count);
      }
      await this.outbox.write(manager, [this.eventOf(tenantId, counts)]);
    });
    this.outbox.committed(1);
    return counts;
  }

  /** Reads without the check that every other reader makes: these records have nothing to check yet. */
  private async sealTable(manager: EntityManager, table: EntityMetadata, tenantId: string): Promise<number> {
    const owner = table.findColumnWithPropertyName('tenantId') === undefined ? 'id' : 'tenantId';
    const rows = await manager
      .createQueryBuilder<object>(table.target, 'record')
      .where(`record.seal IS NULL AND record.${owner} = :tenantId`, { tenantId })
      .callListeners(false)
      .getMany();
    for (const row of rows) {
      const seal = await this.seals.sealOf(row, table);
      await manager.update(table.target, table.getEntityIdMap(row) ?? {}, { seal });
    }
    return rows.length;
  }

  private eventOf(tenantId: string, details: Readonly<Record<string, string>>) {
    const { service: principal } = this.owner;
    return auditEvent({ tenantId, principal, correlationId: newId() }, { operation: 'record.adopt', details });
  }

  private get owner(): RecordOwner {
    return this.seals.owner;
  }
}
