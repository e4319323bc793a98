import { randomUUIDv7 } from 'node:crypto';
import { AnkaError, type Context, type DryRun } from '@ankasecure/contracts';
import { type Outbox, type Rehearsal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import { identityEvent } from '../identity/identity-event.js';
import { assertUsable } from '../service-account/client-key.js';
import type { createIssuer, putIssuer, TenantIssuer } from './issuer.contract.js';

type Body = z.infer<typeof createIssuer.request>;
type Put = z.infer<typeof putIssuer.contract.request>;

interface Row extends Omit<TenantIssuer, 'tenantId' | 'jwksUrl' | 'createdBy' | 'createdAt'> {
  readonly tenant_id: string;
  readonly jwks_url: string | null;
  readonly created_by: string;
  readonly created_at: Date;
}

const columns = 'tenant_id, id, revision, issuer, audience, algorithms, claims, keys, jwks_url, created_by, created_at';
/** One tenant's. */
const most = 20;

/** The identity providers that a tenant has named to speak for it. */
export class Issuers {
  /** @param taken issuers the platform knows by itself: no tenant's word changes what is believed of them */
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly epochs: IdentityEpoch,
    private readonly rehearsal: Rehearsal,
    private readonly taken: readonly string[],
  ) {}

  /** Makes the issuer, or returns the one that an earlier call with the same `resourceId` made. @throws AnkaError `issuer-exists` */
  async create(context: Context, request: Body): Promise<TenantIssuer> {
    await this.assertAcceptable(request);
    const id = context.resourceId ?? randomUUIDv7();
    const { issuer, made } = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      const earlier = await find(manager, context.tenantId, 'id', id);
      if (earlier !== undefined) return { issuer: earlier, made: 0 };
      await assertFree(manager, context.tenantId, request.issuer);
      await manager.query(
        `INSERT INTO issuer (tenant_id, id, issuer, audience, algorithms, claims, keys, jwks_url, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [context.tenantId, id, ...valuesOf(request), context.principal],
      );
      await this.outbox.write(manager, [identityEvent(context, 'issuer.create', detailsOf(id, request))]);
      return { issuer: await found(manager, context.tenantId, id), made: 1 };
    });
    this.outbox.committed(made);
    return issuer;
  }

  /** What `create` would do: all of its checks, on record as a dry run, and nothing made. */
  rehearseCreate(context: Context, request: Body): Promise<DryRun> {
    const deed = { operation: 'issuer.create', details: { issuer: request.issuer, audience: request.audience } };
    return this.rehearsal.of(context, deed, async () => {
      await this.assertAcceptable(request);
      await withTenant(this.dataSource, context.tenantId, (manager) =>
        assertFree(manager, context.tenantId, request.issuer),
      );
    });
  }

  list({ tenantId }: Context): Promise<TenantIssuer[]> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const sql = `SELECT ${columns} FROM issuer WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC`;
      return (await manager.query<Row[]>(sql, [tenantId])).map(resourceOf);
    });
  }

  /** @throws AnkaError `issuer-not-found` */
  get({ tenantId }: Context, id: string): Promise<TenantIssuer> {
    return withTenant(this.dataSource, tenantId, (manager) => found(manager, tenantId, id));
  }

  /** The tenant's issuer of that name: `iss` of a token that claims to be for it. */
  named(tenantId: string, issuer: string): Promise<TenantIssuer | undefined> {
    return withTenant(this.dataSource, tenantId, (manager) => find(manager, tenantId, 'issuer', issuer));
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `issuer-exists` */
  async put(context: Context, { id, ...request }: Put): Promise<TenantIssuer> {
    await this.assertAcceptable(request);
    return this.change(context, id, 'issuer.put', async (manager, before) => {
      await assertPuttable(manager, context, before, request);
      await manager.query(
        `UPDATE issuer SET revision = revision + 1, issuer = $3, audience = $4, algorithms = $5, claims = $6, keys = $7, jwks_url = $8
         WHERE tenant_id = $1 AND id = $2`,
        [context.tenantId, id, ...valuesOf(request)],
      );
      return found(manager, context.tenantId, id);
    });
  }

  /** The same of `put`. */
  rehearsePut(context: Context, { id, ...request }: Put): Promise<DryRun> {
    const { tenantId } = context;
    return this.rehearsal.of(context, { operation: 'issuer.put', details: { issuerId: id } }, async () => {
      await this.assertAcceptable(request);
      await withTenant(this.dataSource, tenantId, async (manager) =>
        assertPuttable(manager, context, await found(manager, tenantId, id), request),
      );
    });
  }

  /** The same of `delete`. */
  rehearseDelete(context: Context, id: string): Promise<DryRun> {
    const deed = { operation: 'issuer.delete', details: { issuerId: id } };
    return this.rehearsal.of(context, deed, () => this.get(context, id));
  }

  /** @throws AnkaError `issuer-not-found` */
  delete(context: Context, id: string): Promise<TenantIssuer> {
    return this.change(context, id, 'issuer.delete', async (manager, before) => {
      await manager.query('DELETE FROM issuer WHERE tenant_id = $1 AND id = $2', [context.tenantId, id]);
      return before;
    });
  }

  /** In force on every gateway when it returns. */
  private async change(
    context: Context,
    id: string,
    operation: string,
    work: (manager: EntityManager, before: TenantIssuer) => Promise<TenantIssuer>,
  ): Promise<TenantIssuer> {
    this.outbox.assertRoom();
    const { issuer, epoch } = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      const after = await work(manager, await found(manager, context.tenantId, id, 'FOR UPDATE'));
      await this.outbox.write(manager, [identityEvent(context, operation, detailsOf(id, after))]);
      return { issuer: after, epoch: await this.epochs.change(manager) };
    });
    this.outbox.committed(1);
    await this.epochs.settle(epoch);
    return issuer;
  }

  private async assertAcceptable({ issuer, keys }: Body): Promise<void> {
    this.outbox.assertRoom();
    if (this.taken.includes(issuer)) throw new AnkaError('issuer-exists', 'The platform knows this issuer by itself');
    for (const key of keys ?? []) await assertUsable(key);
  }
}

const find = async (
  manager: EntityManager,
  tenantId: string,
  column: 'id' | 'issuer',
  value: string,
  lock = '',
): Promise<TenantIssuer | undefined> => {
  const sql = `SELECT ${columns} FROM issuer WHERE tenant_id = $1 AND ${column} = $2 ${lock}`;
  const [row] = await manager.query<Row[]>(sql, [tenantId, value]);
  return row && resourceOf(row);
};

const found = async (manager: EntityManager, tenantId: string, id: string, lock = ''): Promise<TenantIssuer> => {
  const issuer = await find(manager, tenantId, 'id', id, lock);
  if (issuer === undefined) throw new AnkaError('issuer-not-found');
  return issuer;
};

/** One at a time per tenant, so that the count and the name are true until the commit. */
const assertFree = async (manager: EntityManager, tenantId: string, issuer: string): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('issuers:' || $1, 0))`, [tenantId]);
  const rows = await manager.query<{ issuer: string }[]>('SELECT issuer FROM issuer WHERE tenant_id = $1', [tenantId]);
  if (rows.some((row) => row.issuer === issuer)) throw new AnkaError('issuer-exists');
  if (rows.length >= most) throw new AnkaError('request-invalid', `A tenant has at most ${most} issuers`);
};

/** @throws AnkaError `precondition-failed`, `issuer-exists` */
const assertPuttable = async (
  manager: EntityManager,
  { tenantId, ifMatch }: Context,
  before: TenantIssuer,
  { issuer }: Body,
): Promise<void> => {
  if (ifMatch !== before.revision)
    throw new AnkaError('precondition-failed', 'The issuer has changed since; read it again and decide anew');
  if (issuer !== before.issuer) await assertFree(manager, tenantId, issuer);
};

const valuesOf = ({ issuer, audience, algorithms, claims, keys, jwksUrl }: Body): readonly unknown[] => [
  ...[issuer, audience, algorithms, JSON.stringify(claims)],
  ...[keys === undefined ? null : JSON.stringify(keys), jwksUrl ?? null],
];

const detailsOf = (
  issuerId: string,
  { issuer, audience, algorithms }: Pick<Body, 'issuer' | 'audience' | 'algorithms'>,
) => ({ issuerId, issuer, audience, algorithms: algorithms.join(',') });

const resourceOf = ({ tenant_id, jwks_url, created_by, created_at, ...row }: Row): TenantIssuer => ({
  ...row,
  tenantId: tenant_id,
  jwksUrl: jwks_url,
  createdBy: created_by,
  createdAt: created_at.toISOString(),
});
