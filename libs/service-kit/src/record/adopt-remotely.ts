import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { untilAnswered } from '../failure/until-answered.js';
import { Logger } from '../logging/logger.js';
import { Outbox } from '../outbox/outbox.js';
import { adoptTenant } from './adopt-tenant.js';
import { RemoteRecords } from './remote-records.js';
import { type UnsealedTenant, unsealedTenants } from './unsealed-tenant.sql.js';

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
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await untilAnswered(() => this.adoptAll(), this.log, 'cannot seal the records of an older release');
    this.authority.closeAdoption();
  }

  private async adoptAll(): Promise<void> {
    const tenants = await unsealedTenants(this.dataSource);
    for (const [partition, own] of Map.groupBy(tenants, (tenant) => tenant.partition)) await this.run(partition, own);
  }

  /** Records that stand without a seal after the adoption are refused when they are loaded. */
  private async run(partition: string, tenants: readonly UnsealedTenant[]): Promise<void> {
    if (!(await this.authority.isOpen(partition))) return;
    for (const { tenantId } of tenants) {
      const counts = await adoptTenant(this.dataSource, this.outbox, tenantId);
      this.log.warn({ tenantId, records: counts }, 'sealed records of an older release');
    }
    await this.authority.end(partition);
  }
}
