import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { untilAnswered } from '../failure/until-answered.js';
import { Logger } from '../logging/logger.js';
import { Outbox } from '../outbox/outbox.js';
import { adoptTenant } from './adopt-tenant.js';
import { RemoteRecords } from './remote-records.js';
import { unsealedTenants } from './unsealed-tenant.sql.js';

/**
 * Has the records of a service sealed that an older release wrote, while the token of the tenant's partition says that an upgrade
 * is under way. Each tenant's records are one commit, with an event that counts them. Records that stand without a seal after
 * that are refused. The service starts without a worker if no record stands without a seal.
 */
@Injectable()
export class AdoptRemotely implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authority: RemoteRecords,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await untilAnswered(() => this.adoptAll(), this.log, 'cannot seal the records of an older release');
    this.authority.closeAdoption();
  }

  /** The database's list is a hint: it says whose records to look for, and neither where they are sealed nor whether. */
  private async adoptAll(): Promise<void> {
    const tenants = await unsealedTenants(this.dataSource);
    for (const tenantId of tenants) {
      const counts = await adoptTenant(this.dataSource, this.outbox, tenantId);
      if (Object.keys(counts).length > 0)
        this.log.warn({ tenantId, records: counts }, 'sealed records of an older release');
    }
    if (tenants.length > 0) await this.authority.endAdoption();
  }
}
