import { randomUUIDv7 } from 'node:crypto';
import { AnkaError, type AuditEvent, assertApproved, type Context, type DryRun } from '@ankasecure/contracts';
import { type Outbox, type Rehearsal, type Tryable, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { endApprovals } from '../approval/end-approvals.js';
import type { PolicyInForce } from '../approval/policy-in-force.js';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import { identityEvent } from '../identity/identity-event.js';
import type { Changed } from '../identity/in-force.js';
import { assertUsable } from '../service-account/client-key.js';
import type { createIssuer, putIssuer, TenantIssuer } from './issuer.contract.js';
import { issuerDetails } from './issuer-event.js';

type Body = z.infer<typeof createIssuer.request>;
type Put = z.infer<typeof putIssuer.contract.request>;

interface Row
  extends Omit<TenantIssuer, 'tenantId' | 'subjectPrefix' | 'sharesSubjects' | 'jwksUrl' | 'createdBy' | 'createdAt'> {
  readonly tenant_id: string;
  readonly subject_prefix: string;
  readonly shares_subjects: boolean;
  readonly jwks_url: string | null;
  readonly created_by: string;
  readonly created_at: Date;
}

const columns =
  'tenant_id, id, revision, issuer, audience, algorithms, claims, roles, subject_prefix, shares_subjects, keys, jwks_url, created_by, created_at';
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
    private readonly policy: PolicyInForce,
  ) {}

  /**
   * Makes the issuer, or returns the one that an earlier call with the same `resourceId` made.
   * @throws AnkaError `issuer-exists`, `subject-prefix-taken`, `approval-required`
   */
  async create(context: Context, request: Body): Promise<Changed<TenantIssuer>> {
    await this.assertAcceptable(request);
    const id = context.resourceId ?? randomUUIDv7();
    return this.change(context, 'issuer.create', async (manager) => {
      const earlier = await find(manager, context.tenantId, id);
      if (earlier !== undefined) return { before: earlier, after: earlier };
      await assertFree(manager, context.tenantId, id, request);
      await manager.query(
        `INSERT INTO issuer (tenant_id, id, issuer, audience, algorithms, claims, roles, subject_prefix, shares_subjects, keys, jwks_url, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [context.tenantId, id, ...valuesOf(request), context.principal],
      );
      return { before: undefined, after: await found(manager, context.tenantId, id) };
    });
  }

  /** What `create` would do: all of its checks, on record as a dry run, and nothing made. */
  rehearseCreate(context: Context, request: Body): Promise<DryRun> {
    const deed = { operation: 'issuer.create', details: { issuer: request.issuer, audience: request.audience } };
    return this.rehearse(context, deed, async () => {
      await this.assertAcceptable(request);
      await withTenant(this.dataSource, context.tenantId, (manager) =>
        assertFree(manager, context.tenantId, randomUUIDv7(), request),
      );
    });
  }

  /** Newest first. */
  list({ tenantId }: Pick<Context, 'tenantId'>): Promise<TenantIssuer[]> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const sql = `SELECT ${columns} FROM issuer WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC`;
      return (await manager.query<Row[]>(sql, [tenantId])).map(resourceOf);
    });
  }

  /** @throws AnkaError `issuer-not-found` */
  get({ tenantId }: Context, id: string): Promise<TenantIssuer> {
    return withTenant(this.dataSource, tenantId, (manager) => found(manager, tenantId, id));
  }

  /** @throws AnkaError `issuer-not-found`, `precondition-failed`, `issuer-exists`, `subject-prefix-taken`, `approval-required` */
  async put(context: Context, { id, ...request }: Put): Promise<Changed<TenantIssuer>> {
    await this.assertAcceptable(request);
    return this.change(context, 'issuer.put', async (manager) => {
      const before = await found(manager, context.tenantId, id, 'FOR UPDATE');
      await assertPuttable(manager, context, before, request);
      await manager.query(
        `UPDATE issuer SET revision = revision + 1, issuer = $3, audience = $4, algorithms = $5, claims = $6, roles = $7,
           subject_prefix = $8, shares_subjects = $9, keys = $10, jwks_url = $11
         WHERE tenant_id = $1 AND id = $2`,
        [context.tenantId, id, ...valuesOf(request)],
      );
      return { before, after: await found(manager, context.tenantId, id) };
    });
  }

  /** The same of `put`. */
  rehearsePut(context: Context, { id, ...request }: Put): Promise<DryRun> {
    return this.rehearse(context, { operation: 'issuer.put', details: { issuerId: id } }, async () => {
      await this.assertAcceptable(request);
      await withTenant(this.dataSource, context.tenantId, async (manager) =>
        assertPuttable(manager, context, await found(manager, context.tenantId, id), request),
      );
    });
  }

  /** The same of `delete`. */
  rehearseDelete(context: Context, id: string): Promise<DryRun> {
    const deed = { operation: 'issuer.delete', details: { issuerId: id } };
    return this.rehearse(context, deed, () => this.get(context, id));
  }

  private rehearse(context: Context, deed: Tryable, check: () => Promise<unknown>): Promise<DryRun> {
    return this.rehearsal.of(context, deed, async () => {
      const policy = await this.policy(context);
      await check();
      assertApproved(policy, 'change-issuer', context);
    });
  }

  /** @throws AnkaError `issuer-not-found`, `approval-required` */
  delete(context: Context, id: string): Promise<Changed<TenantIssuer>> {
    return this.change(context, 'issuer.delete', async (manager) => {
      const before = await found(manager, context.tenantId, id, 'FOR UPDATE');
      await manager.query('DELETE FROM issuer WHERE tenant_id = $1 AND id = $2', [context.tenantId, id]);
      return { before, after: undefined };
    });
  }

  /** What `work` changes is undone where it takes two people and there is one. */
  private async change(
    context: Context,
    operation: string,
    work: (manager: EntityManager) => Promise<Change>,
  ): Promise<Changed<TenantIssuer>> {
    this.outbox.assertRoom();
    const { value, epoch, events } = await withTenant(this.dataSource, context.tenantId, async (manager) => {
      const change = await work(manager);
      const { before, after } = change;
      const events = before === after ? [] : await this.eventsOf(manager, context, operation, change);
      await this.outbox.write(manager, events);
      // Every gateway's lease waits for this row: nothing is asked of anybody once it is locked.
      const epoch = await this.epochs.change(manager);
      return { value: (after ?? before) as TenantIssuer, epoch, events: events.length };
    });
    this.outbox.committed(events);
    return { value, settle: () => this.epochs.settle(epoch, operation === 'issuer.create' ? 'let-in' : 'shut-out') };
  }

  /** By the policy as it is when all else is done: after the look at it comes the commit. */
  private async eventsOf(
    manager: EntityManager,
    context: Context,
    operation: string,
    { before, after }: Change,
  ): Promise<AuditEvent[]> {
    const changed = identityEvent(context, operation, await issuerDetails(before, after));
    const ended =
      before !== undefined && !keepsNames(before, after) ? await endApprovals(manager, context, before.issuer) : [];
    assertApproved(await this.policy(context), 'change-issuer', context);
    return [changed, ...ended];
  }

  private async assertAcceptable({ issuer, keys }: Body): Promise<void> {
    this.outbox.assertRoom();
    if (this.taken.includes(issuer))
      throw new AnkaError('issuer-exists', 'The platform’s configuration already has this issuer');
    for (const key of keys ?? []) await assertUsable(key);
  }
}

/** An issuer before and after; the same where nothing had to be done. */
interface Change {
  readonly before: TenantIssuer | undefined;
  readonly after: TenantIssuer | undefined;
}

/** Whether everybody for whom it spoke is known by the same name after the change, on the word of the same. */
const keepsNames = (before: TenantIssuer, after: TenantIssuer | undefined): boolean =>
  after?.issuer === before.issuer && after.subjectPrefix === before.subjectPrefix;

const find = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock = '',
): Promise<TenantIssuer | undefined> => {
  const [row] = await manager.query<Row[]>(`SELECT ${columns} FROM issuer WHERE tenant_id = $1 AND id = $2 ${lock}`, [
    tenantId,
    id,
  ]);
  return row && resourceOf(row);
};

const found = async (manager: EntityManager, tenantId: string, id: string, lock = ''): Promise<TenantIssuer> => {
  const issuer = await find(manager, tenantId, id, lock);
  if (issuer === undefined) throw new AnkaError('issuer-not-found');
  return issuer;
};

/**
 * One at a time per tenant, so that the count and the names are true until the commit. Of the issuers with one prefix, one at most
 * does not say that it shares it: so no issuer comes to speak for another's people unless somebody said that it should.
 */
const assertFree = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  { issuer, subjectPrefix, sharesSubjects }: Body,
): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('issuers:' || $1, 0))`, [tenantId]);
  const others = await manager.query<Pick<Row, 'issuer' | 'subject_prefix' | 'shares_subjects'>[]>(
    'SELECT issuer, subject_prefix, shares_subjects FROM issuer WHERE tenant_id = $1 AND id <> $2',
    [tenantId, id],
  );
  if (others.some((row) => row.issuer === issuer)) throw new AnkaError('issuer-exists');
  if (others.length >= most) throw new AnkaError('request-invalid', `A tenant can have at most ${most} issuers`);
  const owner = others.find((row) => row.subject_prefix === subjectPrefix && !row.shares_subjects);
  if (owner !== undefined && !sharesSubjects)
    throw new AnkaError(
      'subject-prefix-taken',
      `${owner.issuer} already has these subjects. Choose another subjectPrefix, or set sharesSubjects if both issuers have the same users.`,
    );
};

/** @throws AnkaError `precondition-failed`, `issuer-exists`, `subject-prefix-taken` */
const assertPuttable = async (
  manager: EntityManager,
  { tenantId, ifMatch }: Context,
  { id, revision }: TenantIssuer,
  request: Body,
): Promise<void> => {
  if (ifMatch !== revision)
    throw new AnkaError('precondition-failed', 'The issuer has changed. Read it again and repeat the change.');
  await assertFree(manager, tenantId, id, request);
};

const valuesOf = ({ issuer, audience, algorithms, claims, keys, jwksUrl, ...space }: Body): readonly unknown[] => [
  ...[issuer, audience, algorithms, JSON.stringify(claims)],
  ...[space.roles, space.subjectPrefix, space.sharesSubjects],
  ...[keys === undefined ? null : JSON.stringify(keys), jwksUrl ?? null],
];

const resourceOf = ({ tenant_id, jwks_url, created_by, created_at, ...row }: Row): TenantIssuer => {
  const { subject_prefix: subjectPrefix, shares_subjects: sharesSubjects, ...rest } = row;
  return {
    ...rest,
    subjectPrefix,
    sharesSubjects,
    tenantId: tenant_id,
    jwksUrl: jwks_url,
    createdBy: created_by,
    createdAt: created_at.toISOString(),
  };
};
