import { AnkaError, assertPreconditions, type Context, type DryRun, newId } from '@ankasecure/contracts';
import {
  ActionRunner,
  assertAsked,
  assertRepeated,
  assertUnknown,
  changeRecord,
  RecordSets,
  removeRecord,
  type SetOptions,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertUsable } from '../auth/client-key.js';
import { configuredSpaces } from '../auth/configured-issuers.js';
import { IdentityConfig } from '../auth/identity.config.js';
import { pageOfAll } from '../route/page-by-id.js';
import { keysOf, type listIssuers, type putIssuer, type TenantIssuer } from './issuer.contract.js';
import { IssuerRecord, resourceOf } from './issuer.entity.js';
import { IssuerChanges } from './issuer-changes.js';
import { assertFree, type IssuerSettings, otherIssuers } from './issuer-rules.js';
import { IssuerUrls } from './issuer-urls.js';

/** Creates, reads, changes and deletes the identity providers that a tenant trusts. */
@Injectable()
export class Issuers {
  constructor(
    private readonly actions: ActionRunner,
    private readonly changes: IssuerChanges,
    private readonly config: IdentityConfig,
    private readonly urls: IssuerUrls,
    private readonly sets: RecordSets,
  ) {}

  /**
   * Creates the issuer, or returns the one that an earlier call with the same `resourceId` created.
   * @throws AnkaError `request-invalid` for a URL that can never work, `issuer-exists`, `subject-prefix-taken`,
   * `issuers-overlap`, `approval-required`
   */
  async create(context: Context, request: IssuerSettings): Promise<TenantIssuer | DryRun> {
    const { tenantId, principal } = context;
    const fault = await this.urls.faultOf(request, tenantId);
    const id = context.resourceId ?? newId();
    const operation = 'issuer.create';
    return this.actions.run<TenantIssuer | undefined, TenantIssuer>(context, {
      operation,
      details: { issuer: request.issuer, audience: request.audience },
      check: async (manager) => {
        await this.assertAcceptable(request, fault);
        const before = await findRecord(manager, tenantId, id);
        if (before !== null) {
          // Its settings can have changed since.
          assertRepeated(manager, before, { createdBy: principal, ...(before.revision === 1 && columnsOf(request)) });
          return resourceOf(before);
        }
        const shared = await this.assertFree(manager, { tenantId, id }, request);
        await this.changes.assertAllowed(context, shared);
        await assertUnknown(manager, IssuerRecord, { tenantId, id });
        return undefined;
      },
      write: async (manager, before, report) => {
        if (before === undefined)
          await manager.insert(IssuerRecord, { tenantId, id, ...columnsOf(request), createdBy: principal });
        const after = before ?? (await found(manager, tenantId, id));
        await this.changes.record(manager, context, { operation, before, after }, report);
        return after;
      },
    });
  }

  /** Newest first. @throws AnkaError `cursor-invalid`; `record-outdated` if any of the tenant's issuers is missing */
  list(
    { tenantId }: Pick<Context, 'tenantId'>,
    query: z.infer<typeof listIssuers.request>,
  ): Promise<{ items: TenantIssuer[]; next: string | null }> {
    return pageOfAll({ tenantId, listing: 'issuers', filter: {} }, query, () => this.all({ tenantId }));
  }

  /**
   * In no order.
   * @param doubted as `SetOptions` says
   * @throws AnkaError `record-outdated` if one is missing
   */
  async all(
    { tenantId }: Pick<Context, 'tenantId'>,
    doubted?: SetOptions<IssuerRecord>['doubted'],
  ): Promise<TenantIssuer[]> {
    return (await this.sets.load(IssuerRecord, tenantId, { doubted })).map(resourceOf);
  }

  /** Whether the tenant has issuers. It asks the database alone: any caller can name a tenant. */
  any({ tenantId }: Pick<Context, 'tenantId'>): Promise<boolean> {
    return this.sets.isAny(IssuerRecord, tenantId);
  }

  /** @throws AnkaError `issuer-not-found`; `record-outdated` if one of the tenant's issuers is missing */
  async get(context: Context, id: string): Promise<TenantIssuer> {
    const one = (await this.all(context)).find((issuer) => issuer.id === id);
    if (one === undefined) throw new AnkaError('issuer-not-found');
    return one;
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `issuer-exists`, `subject-prefix-taken`, `issuers-overlap`, `approval-required` */
  async put(
    context: Context,
    { id, ...request }: z.infer<typeof putIssuer.contract.request>,
  ): Promise<TenantIssuer | DryRun> {
    const { tenantId } = context;
    const fault = await this.urls.faultOf(request, tenantId);
    const operation = 'issuer.put';
    return this.actions.run<IssuerRecord, TenantIssuer>(context, {
      operation,
      details: { issuerId: id },
      check: async (manager) => {
        await this.assertAcceptable(request, fault);
        const record = await foundRecord(manager, tenantId, id, 'pessimistic_write');
        assertPreconditions(context, record.revision, 'The issuer');
        const shared = await this.assertFree(manager, { tenantId, id }, request);
        await this.changes.assertAllowed(context, shared, record.revision);
        return record;
      },
      write: async (manager, record, report) => {
        const before = resourceOf(record);
        const ended = await this.changes.endRequests(manager, context, before, request);
        await changeRecord(manager, record, { ...columnsOf(request), revision: record.revision + 1 });
        const after = resourceOf(record);
        await this.changes.record(manager, context, { operation, before, after, ended }, report);
        return after;
      },
    });
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `approval-required` */
  delete(context: Context, id: string): Promise<TenantIssuer | DryRun> {
    const { tenantId } = context;
    const operation = 'issuer.delete';
    return this.actions.run<IssuerRecord, TenantIssuer>(context, {
      operation,
      details: { issuerId: id },
      check: async (manager) => {
        const record = await foundRecord(manager, tenantId, id, 'pessimistic_write');
        assertPreconditions(context, record.revision, 'The issuer');
        await this.changes.assertAllowed(context, undefined, record.revision);
        return record;
      },
      write: async (manager, record, report) => {
        const before = resourceOf(record);
        const ended = await this.changes.endRequests(manager, context, before, undefined);
        await removeRecord(manager, record);
        await this.changes.record(manager, context, { operation, before, after: undefined, ended }, report);
        return before;
      },
    });
  }

  private async assertFree(
    manager: EntityManager,
    of: Pick<TenantIssuer, 'tenantId' | 'id'>,
    settings: IssuerSettings,
  ): Promise<string | undefined> {
    const others = await otherIssuers(manager, this.sets, of);
    return assertFree(settings, { others, configured: configuredSpaces(this.config, of.tenantId) });
  }

  private async assertAcceptable(
    { issuer, keys, algorithms }: IssuerSettings,
    urlFault: AnkaError | undefined,
  ): Promise<void> {
    if (urlFault !== undefined) throw urlFault;
    const { issuers, serviceAccounts } = this.config;
    if ([...issuers, serviceAccounts].some((configured) => configured?.issuer === issuer))
      throw new AnkaError('issuer-exists', 'The platform’s configuration already has this issuer');
    for (const key of keysOf(keys, algorithms) ?? []) await assertUsable(key);
  }
}

const columnsOf = ({ keys, jwksUrl, ...settings }: IssuerSettings) => ({
  ...settings,
  keys: (keysOf(keys, settings.algorithms) as TenantIssuer['keys'] | undefined) ?? null,
  jwksUrl: jwksUrl ?? null,
});

type Lock = 'pessimistic_write';

const findRecord = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock?: Lock,
): Promise<IssuerRecord | null> => {
  const where = { tenantId, id };
  const record = await manager.findOne(IssuerRecord, { where, ...(lock !== undefined && { lock: { mode: lock } }) });
  if (record !== null) assertAsked(manager, record, where);
  return record;
};

const foundRecord = async (...asked: Parameters<typeof findRecord>): Promise<IssuerRecord> => {
  const record = await findRecord(...asked);
  if (record === null) throw new AnkaError('issuer-not-found');
  return record;
};

const found = async (...asked: Parameters<typeof findRecord>): Promise<TenantIssuer> =>
  resourceOf(await foundRecord(...asked));
