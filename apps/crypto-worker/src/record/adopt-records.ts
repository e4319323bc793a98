import { adoptTenant, Logger, Outbox } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { Adoption } from './adoption.js';
import { type TenantOnRecord, tenantsOnRecord } from './record.sql.js';
import { RecordKey } from './record-key.js';

/**
 * Seals the records that an older release wrote, once: while the token says that an upgrade is under way, and before it has the
 * mark that this was done. Each tenant's records are one commit, with an event that counts them. A worker that dies in between
 * is followed by the next, which goes on.
 */
@Injectable()
export class AdoptRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
    private readonly key: RecordKey,
    private readonly adoption: Adoption,
    private readonly outbox: Outbox,
  ) {}

  async run(log: Logger): Promise<void> {
    await this.key.id();
    if (!(await this.adoption.isOpen('crypto-worker'))) return;
    const tenants = await this.dataSource.query<TenantOnRecord[]>(tenantsOnRecord, [this.partition.name]);
    for (const { tenantId } of tenants) {
      const counts = await adoptTenant(this.dataSource, this.outbox, tenantId, (manager) =>
        holdFence(manager, tenantId),
      );
      if (Object.keys(counts).length > 0) log.warn({ tenantId, records: counts }, 'sealed records of an older release');
    }
    await this.adoption.end('crypto-worker');
  }
}
