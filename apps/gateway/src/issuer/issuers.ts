import { AnkaError, type Context, type DryRun, newId } from '@ankasecure/contracts';
import { ActionRunner, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertUsable } from '../auth/client-key.js';
import { IdentityConfig } from '../auth/identity.config.js';
import type { putIssuer, TenantIssuer } from './issuer.contract.js';
import { IssuerRecord, resourceOf } from './issuer.entity.js';
import { IssuerChanges } from './issuer-changes.js';
import { assertFree, assertUnchanged, type IssuerSettings } from './issuer-rules.js';

/** Creates, reads, changes and deletes the identity providers that a tenant trusts. */
@Injectable()
export class Issuers {
  /** The issuers of the configuration. No tenant can change their settings. */
  private readonly configured: readonly string[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly changes: IssuerChanges,
    { issuers, serviceAccounts }: IdentityConfig,
  ) {
    const names = issuers.map(({ issuer }) => issuer);
    this.configured = serviceAccounts === undefined ? names : [...names, serviceAccounts.issuer];
  }

  /**
   * Creates the issuer, or returns the one that an earlier call with the same `resourceId` created.
   * @throws AnkaError `issuer-exists`, `subject-prefix-taken`, `approval-required`
   */
  create(context: Context, request: IssuerSettings): Promise<TenantIssuer | DryRun> {
    const { tenantId, principal, dryRun } = context;
    const id = context.resourceId ?? newId();
    const operation = 'issuer.create';
    return this.actions.run<TenantIssuer | undefined, TenantIssuer>(context, {
      operation,
      details: { issuer: request.issuer, audience: request.audience },
      check: async (manager) => {
        await this.assertAcceptable(request);
        const earlier = await find(manager, tenantId, id);
        if (earlier !== undefined) return earlier;
        await assertFree(manager, tenantId, id, request);
        if (dryRun === true) await this.changes.assertApproved(context);
        return undefined;
      },
      write: async (manager, earlier, report) => {
        if (earlier === undefined)
          await manager.insert(IssuerRecord, { tenantId, id, ...columnsOf(request), createdBy: principal });
        const after = earlier ?? (await found(manager, tenantId, id));
        await this.changes.record(manager, context, { operation, before: earlier, after }, report);
        return after;
      },
    });
  }

  /** Newest first. */
  list({ tenantId }: Pick<Context, 'tenantId'>): Promise<TenantIssuer[]> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const order = { createdAt: 'DESC', id: 'DESC' } as const;
      return (await manager.find(IssuerRecord, { where: { tenantId }, order })).map(resourceOf);
    });
  }

  /** @throws AnkaError `issuer-not-found` */
  get({ tenantId }: Context, id: string): Promise<TenantIssuer> {
    return withTenant(this.dataSource, tenantId, (manager) => found(manager, tenantId, id));
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `issuer-exists`, `subject-prefix-taken`, `approval-required` */
  put(
    context: Context,
    { id, ...request }: z.infer<typeof putIssuer.contract.request>,
  ): Promise<TenantIssuer | DryRun> {
    const { tenantId, dryRun } = context;
    const operation = 'issuer.put';
    return this.actions.run<TenantIssuer, TenantIssuer>(context, {
      operation,
      details: { issuerId: id },
      check: async (manager) => {
        await this.assertAcceptable(request);
        const before = await found(manager, tenantId, id, 'pessimistic_write');
        assertUnchanged(context, before);
        await assertFree(manager, tenantId, id, request);
        if (dryRun === true) await this.changes.assertApproved(context, before.revision);
        return before;
      },
      write: async (manager, before, report) => {
        const changed = { ...columnsOf(request), revision: () => 'revision + 1' };
        await manager.update(IssuerRecord, { tenantId, id }, changed);
        const after = await found(manager, tenantId, id);
        await this.changes.record(manager, context, { operation, before, after }, report);
        return after;
      },
    });
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `approval-required` */
  delete(context: Context, id: string): Promise<TenantIssuer | DryRun> {
    const { tenantId, dryRun } = context;
    const operation = 'issuer.delete';
    return this.actions.run<TenantIssuer, TenantIssuer>(context, {
      operation,
      details: { issuerId: id },
      check: async (manager) => {
        const before = await found(manager, tenantId, id, 'pessimistic_write');
        assertUnchanged(context, before);
        if (dryRun === true) await this.changes.assertApproved(context, before.revision);
        return before;
      },
      write: async (manager, before, report) => {
        await manager.delete(IssuerRecord, { tenantId, id });
        await this.changes.record(manager, context, { operation, before, after: undefined }, report);
        return before;
      },
    });
  }

  private async assertAcceptable({ issuer, keys = [] }: IssuerSettings): Promise<void> {
    if (this.configured.includes(issuer))
      throw new AnkaError('issuer-exists', 'The platform’s configuration already has this issuer');
    for (const key of keys) await assertUsable(key);
  }
}

const columnsOf = ({ keys, jwksUrl, ...settings }: IssuerSettings) => ({
  ...settings,
  keys: keys ?? null,
  jwksUrl: jwksUrl ?? null,
});

const find = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock?: 'pessimistic_write',
): Promise<TenantIssuer | undefined> => {
  const record = await manager.findOne(IssuerRecord, {
    where: { tenantId, id },
    ...(lock !== undefined && { lock: { mode: lock } }),
  });
  return record === null ? undefined : resourceOf(record);
};

const found = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock?: 'pessimistic_write',
): Promise<TenantIssuer> => {
  const issuer = await find(manager, tenantId, id, lock);
  if (issuer === undefined) throw new AnkaError('issuer-not-found');
  return issuer;
};
