import {
  AnkaError,
  type Context,
  type DryRun,
  newId,
  platformTenantId,
  type Tenant as TenantResource,
} from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { type Action, ActionRunner, type Answer, assertUnknown, isDryRun } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { authorOf, confirmedBy } from '../policy/requested-change.js';
import { SettleChange } from '../policy/settle-change.js';
import { Tenant, tenantResource } from '../tenant/tenant.entity.js';
import { TenantSlugs } from '../tenant/tenant-slugs.js';
import { earlierTenant } from './earlier-tenant.js';
import { StoredPartitions } from './stored-partitions.js';
import { lockNames } from './tenant-lock.sql.js';

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  /** Absent for the default partition. */
  readonly partition?: string | undefined;
}

type TenantRow = Pick<Tenant, 'id' | 'slug' | 'name' | 'partition'>;

/** The tenant to store, or the one that an earlier call has stored. */
type CreationPlan = { readonly wanted: TenantRow } | { readonly earlier: Tenant };

/** Creates tenants. A tenant is stored with its first policy pending, and exists for callers when that policy is in force. */
@Injectable()
export class CreateTenant {
  constructor(
    private readonly actions: ActionRunner,
    private readonly changes: SettleChange,
    private readonly slugs: TenantSlugs,
    private readonly partitions: StoredPartitions,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * The context's resource id becomes the tenant's id, so a repeated call finishes what the first call began. The same caller
   * can also repeat the same request without an Idempotency-Key, for a day.
   * @throws AnkaError `partition-not-found`, `tenant-exists`, `policy-not-applied` when the tenant is stored and its policy not confirmed in force, `access-denied`, `audit-unavailable`, `record-outdated`
   */
  async create(context: Context, wanted: NewTenant): Promise<Answer<TenantResource | DryRun>> {
    const id = (await this.earlier(context, wanted)) ?? context.resourceId ?? newId();
    const created = await this.actions.run(context, this.registration(context, id, wanted));
    if (isDryRun(created)) return { body: created };
    this.slugs.keep(created);
    if (created.state === 'pending') await this.changes.settleFirst(id, confirmedBy(context));
    return { body: tenantResource(created), id };
  }

  /**
   * Stores the tenant `id` and its first policy, once.
   * @throws AnkaError `partition-not-found`, `tenant-exists`, `access-denied`; as `TenantSlugs.assertFree`
   */
  registration(context: Context, id: string, wanted: NewTenant): Action<CreationPlan, Tenant> {
    return {
      operation: 'tenant.create',
      tenantId: id,
      isRecordedLater: ({ state }) => state === 'pending',
      check: async (manager) => {
        assertPlatform(context);
        const { slug, name } = wanted;
        const tenant = { id, slug, name, partition: this.partitions.choose(wanted.partition) };
        await lockNames(manager, tenant);
        const [earlier, ...more] = await manager.findBy(Tenant, [{ id }, { slug }]);
        if (earlier === undefined) {
          await this.slugs.assertFree(manager, tenant);
          await assertUnknown(manager, Tenant, { id });
          return { wanted: tenant };
        }
        for (const stored of [earlier, ...more]) assertSame(stored, tenant);
        return { earlier };
      },
      write: async (manager, plan) => {
        if ('earlier' in plan) return plan.earlier;
        this.partitions.note(plan.wanted.id, plan.wanted.partition);
        return register(manager, context, plan.wanted);
      },
    };
  }

  /** The HSM partitions that tenants can live on, the default one first. */
  partitionNames(): string[] {
    return [...this.partitions.names];
  }

  private async earlier(context: Context, wanted: NewTenant): Promise<string | undefined> {
    if (context.tenantId !== platformTenantId) return undefined;
    // A partition that is not configured is refused by the action, on record.
    const { partition = this.partitions.byDefault } = wanted;
    return earlierTenant(this.dataSource, context, { ...wanted, partition });
  }
}

/** Stores the tenant and its first policy. Nobody else can take its names: they are locked. */
const register = async (manager: EntityManager, context: Context, wanted: TenantRow): Promise<Tenant> => {
  const { id } = wanted;
  await manager.insert(Tenant, { ...wanted });
  await manager.insert(PolicyVersion, { tenantId: id, version: 1, document: initialPolicy, ...authorOf(context) });
  return manager.findOneByOrFail(Tenant, { id });
};

/** @throws AnkaError `tenant-exists` */
const assertSame = (stored: Tenant, { id, slug, name, partition }: TenantRow): void => {
  const same = stored.id === id && stored.slug === slug && stored.name === name && stored.partition === partition;
  if (!same) throw new AnkaError('tenant-exists', `A tenant with the slug ${slug} exists. Choose another slug.`);
};

/** @throws AnkaError `access-denied` unless the caller belongs to the platform's own tenant */
export const assertPlatform = ({ tenantId }: Context): void => {
  if (tenantId !== platformTenantId)
    throw new AnkaError('access-denied', 'Only administrators of the platform can manage tenants');
};
