import { randomUUIDv7 } from 'node:crypto';
import { AnkaError, type Context, type DryRun, uuid } from '@ankasecure/contracts';
import { type Outbox, type Rehearsal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import { identityEvent } from '../identity/identity-event.js';
import type { Changed } from '../identity/in-force.js';
import { type KeptCertificate, keptCertificates } from './certificate.js';
import { assertUsable } from './client-key.js';
import type {
  createServiceAccount,
  listServiceAccounts,
  RegisteredCertificate,
  ServiceAccount,
} from './service-account.contract.js';

interface Row extends Omit<ServiceAccount, 'tenantId' | 'clientId' | 'createdBy' | 'createdAt'> {
  readonly tenant_id: string;
  readonly created_by: string;
  readonly created_at: Date;
}

type Request = z.infer<typeof createServiceAccount.request>;
type Query = z.infer<typeof listServiceAccounts.request>;

/** Whole certificates, of some kilobytes each, stay where they are: their thumbprints decide. */
const columns = `tenant_id, id, revision, name, roles, groups, keys, created_by, created_at,
  (SELECT coalesce(jsonb_agg(kept - 'der' ORDER BY place), '[]')
   FROM jsonb_array_elements(certificates) WITH ORDINALITY AS list (kept, place)) AS certificates`;
/** One tenant's; more are a group of people who should have an issuer of their own. */
const most = 1000;

/** Tenant and account in one word, so that an account is looked for in its own tenant only. */
export const clientIdOf = (tenantId: string, id: string): string => `${tenantId}.${id}`;

/** @returns undefined for anything that is no client id of ours */
export const parseClientId = (clientId: string): { tenantId: string; id: string } | undefined => {
  const [tenantId, id, ...more] = clientId.split('.');
  return more.length === 0 && uuid.safeParse(tenantId).success && uuid.safeParse(id).success
    ? { tenantId: tenantId as string, id: id as string }
    : undefined;
};

/** A tenant's applications: who they are, and the public keys and certificates they prove it with. */
export class ServiceAccounts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly epochs: IdentityEpoch,
    private readonly rehearsal: Rehearsal,
  ) {}

  /** Makes the account, or returns the one that an earlier call with the same `resourceId` made. */
  async create(context: Context, request: Request): Promise<ServiceAccount> {
    this.outbox.assertRoom();
    const id = context.resourceId ?? randomUUIDv7();
    const { name, roles, groups, keys } = request;
    const certificates = await usableProofs(request);
    const { account, made } = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      await lockAccounts(manager, context.tenantId);
      const earlier = await find(manager, context.tenantId, id);
      if (earlier !== undefined) return { account: earlier, made: 0 };
      await assertRoom(manager, context.tenantId);
      await manager.query(
        `INSERT INTO service_account (tenant_id, id, name, roles, groups, keys, certificates, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          ...[context.tenantId, id, name, roles, groups],
          ...[JSON.stringify(keys), JSON.stringify(certificates), context.principal],
        ],
      );
      const event = identityEvent(context, 'service-account.create', detailsOf({ id, roles, certificates }));
      await this.outbox.write(manager, [event]);
      return { account: await found(manager, context.tenantId, id), made: 1 };
    });
    this.outbox.committed(made);
    return account;
  }

  /** What `create` would do: all of its checks, on record as a dry run, and nothing made. */
  rehearseCreate(context: Context, request: Request): Promise<DryRun> {
    const deed = { operation: 'service-account.create', details: { roles: request.roles.join(',') } };
    return this.rehearsal.of(context, deed, async () => {
      await usableProofs(request);
      await withTenant(this.dataSource, context.tenantId, (manager) => assertRoom(manager, context.tenantId));
    });
  }

  list({ tenantId }: Context, { limit, cursor }: Query): Promise<{ items: ServiceAccount[]; next: string | null }> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const found = await manager.query<Row[]>(
        `SELECT ${columns} FROM service_account WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
         ORDER BY id DESC LIMIT $3`,
        [tenantId, cursor ?? null, limit + 1],
      );
      const items = found.slice(0, limit).map(resourceOf);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    });
  }

  /** @throws AnkaError `service-account-not-found` */
  get({ tenantId }: Pick<Context, 'tenantId'>, id: string): Promise<ServiceAccount> {
    return withTenant(this.dataSource, tenantId, (manager) => found(manager, tenantId, id));
  }

  find(tenantId: string, id: string): Promise<ServiceAccount | undefined> {
    return withTenant(this.dataSource, tenantId, (manager) => find(manager, tenantId, id));
  }

  /** When it is settled, no gateway lets a token of the account in, and nothing is under way any more for whoever came in with one. */
  async delete(context: Context, id: string): Promise<Changed<ServiceAccount>> {
    this.outbox.assertRoom();
    const { value, epoch } = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      const before = await found(manager, context.tenantId, id);
      await manager.query('DELETE FROM service_account WHERE tenant_id = $1 AND id = $2', [context.tenantId, id]);
      await this.outbox.write(manager, [identityEvent(context, 'service-account.delete', detailsOf(before))]);
      return { value: before, epoch: await this.epochs.change(manager) };
    });
    this.outbox.committed(1);
    return { value, settle: () => this.epochs.settle(epoch, 'shut-out') };
  }

  /** The same of `delete`. */
  rehearseDelete(context: Context, id: string): Promise<DryRun> {
    const deed = { operation: 'service-account.delete', details: { accountId: id } };
    return this.rehearsal.of(context, deed, () => this.get(context, id));
  }

  /** Forgets assertions nobody would believe any more, some at a time. @returns how many */
  async removeExpiredAssertions(): Promise<number> {
    const [row] = await this.dataSource.query<{ removed: number }[]>('SELECT remove_expired_assertions() AS removed');
    return row?.removed ?? 0;
  }
}

/** The certificates as they are kept. @throws AnkaError `request-invalid` for a key or a certificate that proves nothing */
const usableProofs = async ({ keys, certificates }: Request): Promise<readonly KeptCertificate[]> => {
  for (const key of keys) await assertUsable(key);
  return keptCertificates(certificates);
};

/** One is made at a time per tenant, so that their count is true until the commit. */
const lockAccounts = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('service-accounts:' || $1, 0))`, [tenantId]);
};

/** @throws AnkaError `request-invalid` */
const assertRoom = async (manager: EntityManager, tenantId: string): Promise<void> => {
  const sql = 'SELECT count(*) FROM service_account WHERE tenant_id = $1';
  const [row] = await manager.query<{ count: string }[]>(sql, [tenantId]);
  if (Number(row?.count) >= most)
    throw new AnkaError('request-invalid', `A tenant can have at most ${most} service accounts`);
};

const find = async (manager: EntityManager, tenantId: string, id: string): Promise<ServiceAccount | undefined> => {
  const sql = `SELECT ${columns} FROM service_account WHERE tenant_id = $1 AND id = $2`;
  const [row] = await manager.query<Row[]>(sql, [tenantId, id]);
  return row && resourceOf(row);
};

const found = async (manager: EntityManager, tenantId: string, id: string): Promise<ServiceAccount> => {
  const account = await find(manager, tenantId, id);
  if (account === undefined) throw new AnkaError('service-account-not-found');
  return account;
};

const resourceOf = ({ tenant_id, created_by, created_at, ...row }: Row): ServiceAccount => ({
  ...row,
  tenantId: tenant_id,
  clientId: clientIdOf(tenant_id, row.id),
  createdBy: created_by,
  createdAt: created_at.toISOString(),
});

const detailsOf = ({
  id: accountId,
  roles,
  certificates,
}: Pick<ServiceAccount, 'id' | 'roles'> & { readonly certificates: readonly RegisteredCertificate[] }) => ({
  accountId,
  roles: roles.join(','),
  ...(certificates.length > 0 && { certificates: certificates.map(({ thumbprint }) => thumbprint).join(',') }),
});
