import { type Context, newId, platformTenantId } from '@ankasecure/contracts';
import { ActionRunner, Health } from '@ankasecure/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { CreateTenant } from './create-tenant.js';

const slug = 'platform';
const name = 'Platform';

/** The tenant whose administrators create the others. The service creates it at its start. */
@Injectable()
export class PlatformTenant implements OnModuleInit {
  private ready = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly tenants: CreateTenant,
    private readonly health: Health,
  ) {}

  /** Stores the tenant if it is missing. It becomes active as soon as a worker applies its policy. */
  async onModuleInit(): Promise<void> {
    const context: Context = {
      tenantId: platformTenantId,
      principal: 'policy',
      correlationId: newId(),
      deadline: Infinity,
    };
    if (!(await this.dataSource.manager.existsBy(Tenant, { id: platformTenantId })))
      await this.actions.run(context, this.tenants.registration(context, platformTenantId, { slug, name }));
    this.health.register('platform-tenant', () => this.check());
  }

  /** @throws Error until the tenant is active */
  private async check(): Promise<void> {
    this.ready ||= await this.dataSource.manager.existsBy(Tenant, { id: platformTenantId, state: 'active' });
    if (!this.ready) throw new Error('the platform’s tenant is waiting for a worker');
  }
}
