import {
  AnkaError,
  assertPreconditions,
  auditEvent,
  type Context,
  type DryRun,
  newId,
  tried,
} from '@ankasecure/contracts';
import {
  ActionRunner,
  assertAbsent,
  assertAsked,
  assertRepeated,
  assertUnknown,
  changeRecord,
  removeRecord,
  sealsOf,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import type { z } from 'zod';
import { assertUsable } from '../auth/client-key.js';
import { thumbprintOf } from '../http/client-certificate.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { pageById } from '../route/page-by-id.js';
import { type StoredCertificate, storedCertificates } from './certificate.js';
import { credentialChange } from './credential.js';
import type {
  createServiceAccount,
  listServiceAccounts,
  putServiceAccount,
  ServiceAccount,
} from './service-account.contract.js';
import { resourceOf, ServiceAccountRecord } from './service-account.entity.js';
import { detailsOf, settingChanges } from './service-account-event.js';

type CreateRequest = z.infer<typeof createServiceAccount.request>;
type PutRequest = z.infer<typeof putServiceAccount.contract.request>;
type Query = z.infer<typeof listServiceAccounts.request>;

/** The limit per tenant. A larger group of people should have its own issuer. */
const most = 1000;

/** An account that an earlier call created, or the certificates of a new account. */
type CreationPlan = { readonly earlier: ServiceAccount } | { readonly certificates: readonly StoredCertificate[] };

/** The loaded account, and the certificates that it has after the change. */
interface PutPlan {
  readonly record: ServiceAccountRecord;
  readonly certificates: readonly StoredCertificate[];
}

/** An account, and the first revision whose tokens are accepted. */
export interface KnownAccount extends ServiceAccount {
  readonly tokensFrom: number;
}

/** Creates, reads, changes and deletes a tenant's applications, with the public keys and certificates that prove their identity. */
@Injectable()
export class ServiceAccounts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly epochs: IdentityEpoch,
  ) {}

  /** Creates the account, or returns the one that an earlier call with the same `resourceId` created. */
  create(context: Context, request: CreateRequest): Promise<ServiceAccount | DryRun> {
    const { tenantId, principal: createdBy } = context;
    const id = context.resourceId ?? newId();
    const { name, roles, groups, keys } = request;
    return this.actions.run<CreationPlan, ServiceAccount>(context, {
      operation: 'service-account.create',
      details: { roles: roles.join(',') },
      check: async (manager) => {
        const certificates = await usableProofs(request);
        await lockTenant(manager, 'service-accounts', tenantId);
        const earlier = await findRecord(manager, tenantId, id);
        if (earlier !== null) {
          const settings = { name, roles, groups, keys, certificates: columnsOf(certificates).certificates };
          // They can have changed since.
          assertRepeated(manager, earlier, { createdBy, ...(earlier.revision === 1 && settings) });
          return { earlier: resourceOf(earlier) };
        }
        await assertRoom(manager, tenantId);
        await assertUnknown(manager, ServiceAccountRecord, { tenantId, id });
        return { certificates };
      },
      write: async (manager, plan, report) => {
        if ('earlier' in plan) return plan.earlier;
        const { certificates } = plan;
        await manager.insert(ServiceAccountRecord, {
          tenantId,
          id,
          name,
          roles,
          groups,
          keys,
          ...columnsOf(certificates),
          createdBy,
        });
        const details = detailsOf({ id, roles, certificates });
        await report(auditEvent(context, { operation: 'service-account.create', details }));
        return found(manager, tenantId, id);
      },
    });
  }

  /** Newest first. @throws AnkaError `cursor-invalid` */
  list({ tenantId }: Context, query: Query): Promise<{ items: ServiceAccount[]; next: string | null }> {
    return pageById({ tenantId, listing: 'service-accounts', filter: {} }, query, (before, take) =>
      withTenant(this.dataSource, tenantId, async (manager) => {
        const where = { tenantId, ...(before !== undefined && { id: LessThan(before) }) };
        return (await manager.find(ServiceAccountRecord, { where, order: { id: 'DESC' }, take })).map(resourceOf);
      }),
    );
  }

  /** @throws AnkaError `service-account-not-found`; `record-outdated` if it is missing */
  async get({ tenantId }: Pick<Context, 'tenantId'>, id: string): Promise<ServiceAccount> {
    const account = await this.prove(tenantId, id);
    if (account === undefined) throw new AnkaError('service-account-not-found');
    const { tokensFrom: _, ...resource } = account;
    return resource;
  }

  /** The account that any caller may name. */
  find(tenantId: string, id: string): Promise<KnownAccount | undefined> {
    return withTenant(this.dataSource, tenantId, async (manager) => known(await findRecord(manager, tenantId, id)));
  }

  /** The account that a verified caller names. @throws AnkaError `record-outdated` if the trail has it and the database has not */
  prove(tenantId: string, id: string): Promise<KnownAccount | undefined> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await findRecord(manager, tenantId, id);
      if (record === null) await assertDeleted(manager, tenantId, id);
      return known(record);
    });
  }

  /**
   * Replaces the account's settings, keys and certificates. Tokens that a key or certificate could have earned end if it is taken
   * away or ends earlier. Otherwise they stay, and roles and groups change at once.
   * @throws AnkaError `service-account-not-found`, `precondition-failed`, `request-invalid`
   */
  put(context: Context, { id, ...request }: PutRequest): Promise<ServiceAccount | DryRun> {
    const { tenantId } = context;
    const operation = 'service-account.put';
    return this.actions.run<PutPlan, ServiceAccount>(context, {
      operation,
      details: { accountId: id },
      check: async (manager) => {
        await lockTenant(manager, 'service-accounts', tenantId);
        const record = await foundRecord(manager, tenantId, id, withDers);
        assertPreconditions(context, record.revision, 'The service account');
        return { record, certificates: await usableProofs(request, heldBy(manager, record)) };
      },
      write: async (manager, { record, certificates }, report) => {
        const { name, roles, groups, keys } = request;
        const before = resourceOf(record);
        const revision = before.revision + 1;
        const { endsTokens, details } = await credentialChange(before, { keys, certificates });
        const listed = columnsOf(certificates);
        await changeRecord(manager, record, {
          name,
          roles,
          groups,
          keys: keys as ServiceAccount['keys'],
          revision,
          ...listed,
          ...(endsTokens && { tokensFrom: revision }),
        });
        const after = resourceOf(record);
        const told = { ...settingChanges(before, after), ...details, ...(endsTokens && { tokens: 'ended' }) };
        await report(auditEvent(context, { operation, details: { accountId: id, ...told } }));
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'shut-out');
        return after;
      },
    });
  }

  /**
   * Deletes the account. When the change has settled, no gateway accepts a token of the account, and no work that began with
   * one is running.
   */
  delete(context: Context, id: string): Promise<ServiceAccount | DryRun> {
    const { tenantId } = context;
    const operation = 'service-account.delete';
    return this.actions.run<ServiceAccountRecord, ServiceAccount>(context, {
      operation,
      details: { accountId: id },
      check: async (manager) => {
        await lockTenant(manager, 'service-accounts', tenantId);
        const record = await foundRecord(manager, tenantId, id);
        assertPreconditions(context, record.revision, 'The service account');
        return record;
      },
      write: async (manager, record, report) => {
        await removeRecord(manager, record);
        const before = resourceOf(record);
        await report(auditEvent(context, { operation, details: detailsOf(before) }));
        this.epochs.settleAfter(context, await this.epochs.change(manager), 'shut-out');
        return before;
      },
    });
  }
}

/**
 * The stored form of the certificates.
 * @param held the certificates that the account has
 * @throws AnkaError `request-invalid` for a key or a certificate that cannot prove an identity
 */
const usableProofs = async (
  { keys, certificates }: Pick<PutRequest, 'keys' | 'certificates'>,
  held?: readonly StoredCertificate[],
): Promise<readonly StoredCertificate[]> => {
  for (const key of keys) await assertUsable(key);
  return storedCertificates(certificates, held);
};

/**
 * The account's certificates with their DER.
 * @param record loaded with `withDers`
 * @throws AnkaError `record-forged` for one that is not the certificate of its thumbprint
 */
const heldBy = (manager: EntityManager, record: ServiceAccountRecord): readonly StoredCertificate[] =>
  record.certificates.map((listed) => {
    const der = record.certificateDers[listed.thumbprint] ?? '';
    if (thumbprintOf(Buffer.from(der, 'base64')) !== listed.thumbprint)
      throw sealsOf(manager).reject(manager, record, 'forged');
    return { ...listed, der };
  });

/** The certificates without their DER, and the DER of each by its thumbprint. */
const columnsOf = (certificates: readonly StoredCertificate[]) => ({
  certificates: certificates.map(({ der: _, ...listed }) => listed),
  certificateDers: Object.fromEntries(certificates.map(({ thumbprint, der }) => [thumbprint, der])),
});

/** @throws AnkaError `request-invalid` */
const assertRoom = async (manager: EntityManager, tenantId: string): Promise<void> => {
  if ((await manager.countBy(ServiceAccountRecord, { tenantId })) >= most)
    throw new AnkaError('request-invalid', `A tenant can have at most ${most} service accounts`);
};

/** The account is loaded with the DER of its certificates. */
const withDers = ['account.certificateDers'];

const findRecord = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  more: readonly string[] = [],
): Promise<ServiceAccountRecord | null> => {
  const record = await manager
    .createQueryBuilder(ServiceAccountRecord, 'account')
    .addSelect([...more])
    .where({ tenantId, id })
    .getOne();
  if (record !== null) assertAsked(manager, record, { tenantId, id });
  return record;
};

const foundRecord = async (...asked: Parameters<typeof findRecord>): Promise<ServiceAccountRecord> => {
  const record = await findRecord(...asked);
  if (record === null) throw new AnkaError('service-account-not-found');
  return record;
};

const known = (record: ServiceAccountRecord | null): KnownAccount | undefined =>
  record === null ? undefined : { ...resourceOf(record), tokensFrom: record.tokensFrom };

/** An account that the trail cannot tell about now is as good as deleted: nobody is let in. @throws AnkaError `record-outdated` */
const assertDeleted = async (manager: EntityManager, tenantId: string, id: string): Promise<void> => {
  const { error } = await tried(async () => assertAbsent(manager, ServiceAccountRecord, { tenantId, id }));
  if (error?.retryable === false) throw error;
};

const found = async (manager: EntityManager, tenantId: string, id: string): Promise<ServiceAccount> =>
  resourceOf(await foundRecord(manager, tenantId, id));
