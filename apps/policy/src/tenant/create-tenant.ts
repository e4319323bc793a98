import { randomUUID } from 'node:crypto';
import { AnkaError, type Context, platformTenantId, type Tenant as TenantResource } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { type Answer, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import type { SettleChange } from '../policy/settle-change.js';
import { Tenant, tenantResource } from './tenant.entity.js';

/** Kept of the caller's time for what comes after the workers' answer, in milliseconds. */
const reserveMs = 250;

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  /** The default one when left out. */
  readonly partition?: string | undefined;
}

/** Creates tenants: a row with a first policy on its way, which becomes a tenant when that policy is in force. */
export class CreateTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
    private readonly outbox: Outbox,
    /** Where tenants live; the first is the default. */
    private readonly partitions: readonly [string, ...string[]],
  ) {}

  /**
   * The context's resource id becomes the tenant's, so a repeated call finishes what the first began.
   * @throws AnkaError `request-invalid` for a partition that is not configured, `tenant-exists`, `policy-not-applied` when the tenant is stored and its policy not confirmed in force, `access-denied`, `audit-unavailable`
   */
  async create(context: Context, tenant: NewTenant): Promise<Answer<TenantResource>> {
    assertPlatform(context);
    this.outbox.assertRoom();
    const id = context.resourceId ?? randomUUID();
    const created = await this.register({ ...context, tenantId: id }, tenant);
    if (created.state === 'pending') await this.changes.settle(id, context.deadline - reserveMs);
    return { body: tenantResource(created), id };
  }

  /** @throws AnkaError `access-denied`, `request-invalid`, `tenant-exists` */
  async assertCreatable(context: Context, { slug, ...wanted }: NewTenant): Promise<void> {
    assertPlatform(context);
    this.partitionFor(wanted);
    if (await this.dataSource.manager.existsBy(Tenant, { slug })) throw taken(slug);
  }

  /** Stores the context's tenant and its first policy, once. @throws AnkaError `request-invalid`, `tenant-exists` */
  async register({ tenantId, principal, issuer, correlationId }: Context, wanted: NewTenant): Promise<Tenant> {
    const { slug, name } = wanted;
    const partition = this.partitionFor(wanted);
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const inserted = await manager.query<unknown[]>(
        'INSERT INTO tenant (id, slug, name, partition) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id',
        [tenantId, slug, name, partition],
      );
      const tenant = await manager.findOneBy(Tenant, { id: tenantId });
      if (tenant?.slug !== slug || tenant.name !== name || tenant.partition !== partition) throw taken(slug);
      if (inserted.length > 0)
        await manager.insert(PolicyVersion, {
          tenantId,
          version: 1,
          document: initialPolicy,
          changedBy: principal,
          changedByIssuer: issuer ?? null,
          correlationId,
        });
      return tenant;
    });
  }

  private partitionFor({ partition = this.partitions[0] }: Pick<NewTenant, 'partition'>): string {
    if (this.partitions.includes(partition)) return partition;
    throw new AnkaError('request-invalid', `partition: one of ${this.partitions.join(', ')} is expected`);
  }
}

const taken = (slug: string): AnkaError =>
  new AnkaError('tenant-exists', `A tenant with the slug ${slug} exists; choose another`);

/** @throws AnkaError `access-denied` unless the caller belongs to the platform's own tenant */
export const assertPlatform = ({ tenantId }: Context): void => {
  if (tenantId !== platformTenantId)
    throw new AnkaError('access-denied', 'Only the platform’s own tenant administers tenants');
};
