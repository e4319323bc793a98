import { randomUUID } from 'node:crypto';
import { platformTenantId } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import type { CreateTenant } from './create-tenant.js';
import { Tenant } from './tenant.entity.js';

const slug = 'platform';
const name = 'Platform';

/** The tenant whose administrators make the others. Nobody is there to create it, so the service does. */
export class PlatformTenant {
  private ready = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tenants: CreateTenant,
  ) {}

  /** Stores it if it is missing; it becomes active like any other, as soon as a worker answers. */
  async register(): Promise<void> {
    const context = {
      tenantId: platformTenantId,
      principal: 'policy',
      correlationId: randomUUID(),
      deadline: Infinity,
    };
    await this.tenants.register(context, { slug, name });
  }

  /** @throws Error until it is active */
  async check(): Promise<void> {
    this.ready ||= await this.dataSource.manager.existsBy(Tenant, { id: platformTenantId, state: 'active' });
    if (!this.ready) throw new Error('the platform tenant waits for a worker');
  }
}
