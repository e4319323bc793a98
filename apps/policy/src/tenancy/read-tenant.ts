import { AnkaError, type Context, monotonicNow, type Tenant as TenantResource } from '@ankasecure/contracts';
import { assertAbsent, assertAsked, CursorSeal, RecordHistory } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { SettleChange } from '../policy/settle-change.js';
import { Tenant, tenantResource, visible } from '../tenant/tenant.entity.js';
import { TenantSlugs } from '../tenant/tenant-slugs.js';
import { assertPlatform } from './create-tenant.js';

/** Longest that a reader waits for an unfinished creation, in milliseconds. */
const patienceMs = 1000;

/** Reads tenants. */
@Injectable()
export class ReadTenant {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
    private readonly cursors: CursorSeal,
    private readonly history: RecordHistory,
    private readonly slugs: TenantSlugs,
  ) {}

  /**
   * The context's tenant, for its partition. It is not compared with the audit trail: the audit service asks for it in order to
   * compare, and a tenant never moves.
   * @throws AnkaError `tenant-unknown`; `policy-not-applied` while its creation is not finished
   */
  async get({ tenantId }: Context): Promise<TenantResource> {
    return this.settled(await this.history.without(() => this.load(tenantId)));
  }

  /** The tenant in the path. @throws AnkaError as `get`, `record-outdated`, `audit-unavailable` */
  async read({ tenant: tenantId }: { tenant: string }): Promise<TenantResource> {
    return this.settled(await this.load(tenantId));
  }

  private async load(tenantId: string): Promise<Tenant> {
    const { manager } = this.dataSource;
    const tenant = await manager.findOneBy(Tenant, { id: tenantId });
    if (tenant === null) {
      await assertAbsent(manager, Tenant, { id: tenantId });
      throw new AnkaError('tenant-unknown');
    }
    assertAsked(manager, tenant, { id: tenantId });
    return tenant;
  }

  private async settled(tenant: Tenant): Promise<TenantResource> {
    if (tenant.state === 'pending') await this.changes.settleFirst(tenant.id, monotonicNow() + patienceMs);
    return tenantResource(tenant);
  }

  /**
   * The tenant of that slug, active or disabled.
   * @throws AnkaError `tenant-unknown`, also while its creation is not finished; as `TenantSlugs.assertOnly`
   */
  async find({ slug }: { slug: string }): Promise<TenantResource> {
    const tenant = await this.dataSource.manager.findOneBy(Tenant, { slug, state: visible });
    if (tenant === null) throw new AnkaError('tenant-unknown');
    assertAsked(this.dataSource.manager, tenant, { slug });
    await this.slugs.assertOnly(this.dataSource.manager, tenant);
    return tenantResource(tenant);
  }

  /**
   * All tenants, by slug. They are not compared with the audit trail: an operator needs the list to bring them up to date.
   * @throws AnkaError `cursor-invalid`, `access-denied`
   */
  async list(context: Context, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    assertPlatform(context);
    const scope = { tenantId: context.tenantId, listing: 'tenant', filter: {} };
    const after = cursor === undefined ? '' : this.cursors.open(scope, cursor);
    const page = { where: { state: visible, slug: MoreThan(after) }, order: { slug: 'ASC' }, take: limit + 1 } as const;
    const tenants = await this.history.without(() => this.dataSource.manager.find(Tenant, page));
    const last = tenants.length > limit ? tenants[limit - 1] : undefined;
    return {
      items: tenants.slice(0, limit).map(tenantResource),
      next: last === undefined ? null : this.cursors.seal(scope, last.slug),
    };
  }
}
