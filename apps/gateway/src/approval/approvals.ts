import { randomUUIDv7 } from 'node:crypto';
import { AnkaError, type Context, type DryRun } from '@ankasecure/contracts';
import { type Outbox, type Rehearsal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Principal } from '../auth/principal.js';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import type { Approval, listApprovals } from './approval.contract.js';
import { approvalEvent } from './approval-event.js';
import { type ApprovalRow, columns, readApproval, resourceOf, stateNow } from './approval-row.js';
import { decidedBy } from './controlled-route.js';
import { lockAsking } from './end-approvals.js';

/** What was refused to one person alone. */
export interface Asked {
  readonly operation: string;
  /** The contract's request, as the service took it. */
  readonly body: Buffer;
  readonly ifMatch: number | undefined;
}

type Query = z.infer<typeof listApprovals.request>;
type Caller = Pick<Context, 'tenantId' | 'principal' | 'roles'>;

/** Waiting at once: of one tenant, and of one person, so that nobody alone keeps the others from asking. */
const most = { ofTenant: 1000, ofPerson: 50 };

/** Of one request, in bytes. */
const mostBytes = 64 * 1024;

/** What waits for a second person: asked for, seen, withdrawn. Deciding is `Decisions`’. */
export class Approvals {
  /** @param expiryHours how long a request may be approved */
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly epochs: Pick<IdentityEpoch, 'now'>,
    private readonly rehearsal: Rehearsal,
    private readonly expiryHours: number,
  ) {}

  /**
   * Keeps what was asked for until a second person decides; asked for again meanwhile, it is the same request.
   * @throws AnkaError `body-too-large`; `approval-required` to an application: who made it could be who approves; `quota-exceeded`, `service-unavailable`, `audit-unavailable`
   */
  async request(principal: Principal, asked: Asked, correlationId: string): Promise<Approval> {
    if (principal.isApplication === true)
      throw new AnkaError(
        'approval-required',
        'This operation needs two people, and a service account does not count as one. A person must request it.',
      );
    if (Buffer.byteLength(canonical(asked.body)) > mostBytes)
      throw new AnkaError('body-too-large', `A request that waits for approval may have at most ${mostBytes} bytes`);
    this.outbox.assertRoom();
    const { tenantId, subject, issuer } = principal;
    const { row, made } = await withTenant(this.dataSource, tenantId, async (manager) => {
      await lockAsking(manager, tenantId);
      await this.assertSeen(manager, principal);
      const earlier = await this.pending(manager, principal, asked);
      if (earlier !== undefined) return { row: earlier, made: 0 };
      const id = await this.insert(manager, principal, asked);
      const inserted = await readApproval(manager, tenantId, id);
      const details = { expiresAt: inserted.expires_at.toISOString() };
      const event = approvalEvent({ tenantId, subject, issuer, correlationId }, 'request', inserted, { details });
      await this.outbox.write(manager, [event]);
      return { row: inserted, made: 1 };
    });
    this.outbox.committed(made);
    return resourceOf(row);
  }

  /**
   * With the lock that whoever changes an issuer takes as well: what its people ask for is committed before the change, which
   * ends it, or not at all.
   */
  private async assertSeen(manager: EntityManager, { epoch }: Principal): Promise<void> {
    if (epoch === undefined || epoch === (await this.epochs.now(manager))) return;
    throw new AnkaError('service-unavailable', 'Identities changed while the request ran. Send it again.');
  }

  private async pending(
    manager: EntityManager,
    { tenantId, subject }: Principal,
    { operation, body, ifMatch }: Asked,
  ): Promise<ApprovalRow | undefined> {
    const [row] = await manager.query<ApprovalRow[]>(
      `SELECT ${columns} FROM approval WHERE tenant_id = $1 AND requested_by = $2 AND state = 'pending' AND expires_at > now()
         AND operation = $3 AND request = $4 AND if_match IS NOT DISTINCT FROM $5`,
      [tenantId, subject, operation, canonical(body), ifMatch ?? null],
    );
    return row;
  }

  private async insert(
    manager: EntityManager,
    { tenantId, subject, issuer }: Principal,
    { operation, body, ifMatch }: Asked,
  ): Promise<string> {
    const [waiting] = await manager.query<{ tenants: string; persons: string }[]>(
      `SELECT count(*) AS tenants, count(*) FILTER (WHERE requested_by = $2) AS persons
       FROM approval WHERE tenant_id = $1 AND state = 'pending' AND expires_at > now()`,
      [tenantId, subject],
    );
    if (Number(waiting?.persons) >= most.ofPerson)
      throw new AnkaError(
        'quota-exceeded',
        `You already have ${most.ofPerson} pending requests. Withdraw some of them.`,
      );
    if (Number(waiting?.tenants) >= most.ofTenant)
      throw new AnkaError(
        'quota-exceeded',
        `The tenant already has ${most.ofTenant} pending requests. Decide some of them.`,
      );
    const id = randomUUIDv7();
    await manager.query(
      `INSERT INTO approval (tenant_id, id, operation, request, if_match, requested_by, requested_by_issuer, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 hour')`,
      [tenantId, id, operation, canonical(body), ifMatch ?? null, subject, issuer, this.expiryHours],
    );
    return id;
  }

  list(caller: Caller, { state, limit, cursor }: Query): Promise<{ items: Approval[]; next: string | null }> {
    return withTenant(this.dataSource, caller.tenantId, async (manager) => {
      const found = await manager.query<ApprovalRow[]>(
        `SELECT ${columns} FROM approval WHERE tenant_id = $1 AND (requested_by = $2 OR operation = ANY ($3) OR $4)
           AND ($5::text IS NULL OR ${stateNow} = $5) AND ($6::uuid IS NULL OR id < $6)
         ORDER BY id DESC LIMIT $7`,
        [...seenBy(caller), state ?? null, cursor ?? null, limit + 1],
      );
      const items = found.slice(0, limit).map(resourceOf);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    });
  }

  /** @throws AnkaError `approval-not-found`, also for what the caller may not see */
  get(caller: Caller, id: string): Promise<Approval> {
    return withTenant(this.dataSource, caller.tenantId, async (manager) => {
      const row = await readApproval(manager, caller.tenantId, id);
      if (!isSeenBy(caller, row)) throw new AnkaError('approval-not-found');
      return resourceOf(row);
    });
  }

  /** @throws AnkaError `approval-not-found`, `approval-denied` to anybody but who asked, `approval-state`, `audit-unavailable` */
  async withdraw(context: Context, id: string): Promise<Approval> {
    this.outbox.assertRoom();
    const { tenantId, principal: subject, issuer, correlationId } = context;
    const row = await withTenant(this.dataSource, tenantId, async (manager) => {
      const before = await readApproval(manager, tenantId, id, 'FOR UPDATE');
      const denied = withdrawalDenied(context, before);
      if (denied === undefined) {
        assertOpen(before);
        await manager.query(withdrawn, [tenantId, id]);
      }
      const said = denied && { failureCode: denied.code };
      await this.outbox.write(manager, [
        approvalEvent({ tenantId, subject, issuer, correlationId }, 'withdraw', before, said),
      ]);
      return denied ?? readApproval(manager, tenantId, id);
    });
    this.outbox.committed(1);
    if (row instanceof AnkaError) throw row;
    return resourceOf(row);
  }

  rehearseWithdrawal(context: Context, id: string): Promise<DryRun> {
    const { tenantId } = context;
    const deed = { operation: 'approval.withdraw', details: { approvalId: id } };
    return this.rehearsal.of(context, deed, async () => {
      const row = await withTenant(this.dataSource, tenantId, (manager) => readApproval(manager, tenantId, id));
      const denied = withdrawalDenied(context, row);
      if (denied !== undefined) throw denied;
      assertOpen(row);
    });
  }

  /** Removes what has been over for 30 days, some at a time. @returns how many */
  async removeOld(): Promise<number> {
    const [row] = await this.dataSource.query<{ removed: number }[]>('SELECT remove_old_approvals() AS removed');
    return row?.removed ?? 0;
  }
}

/** @throws AnkaError `approval-state` for what is decided, or over */
export const assertPending = ({ state, decided_by: by }: Pick<ApprovalRow, 'state' | 'decided_by'>): void => {
  if (state === 'pending') return;
  throw new AnkaError(
    'approval-state',
    by === null
      ? 'The request for approval has expired. Make a new request.'
      : `The request for approval is already ${state}, by ${by}`,
  );
};

/**
 * What was approved and came to no end is open too, while nobody is at it: who asked may want it no more.
 * @throws AnkaError `approval-state` for what has an end, or is being carried out
 */
export const assertOpen = (row: ApprovalRow): void => {
  assertNotCarried(row);
  if (row.state !== 'approved' || row.outcome !== null || row.over) assertPending(row);
};

/** @throws AnkaError `approval-state` */
export const assertNotCarried = ({ carried }: Pick<ApprovalRow, 'carried'>): void => {
  if (carried)
    throw new AnkaError('approval-state', 'The request for approval is being carried out. Read it again in a moment.');
};

const withdrawn = `
  UPDATE approval SET state = 'withdrawn', decided_by = requested_by, decided_at = now(), carrying_until = NULL
  WHERE tenant_id = $1 AND id = $2`;

/** Why this is not for the caller to withdraw, who learns nothing that `get` would hide. */
const withdrawalDenied = (caller: Caller, row: ApprovalRow): AnkaError | undefined => {
  if (row.requested_by === caller.principal) return undefined;
  if (!isSeenBy(caller, row)) return new AnkaError('approval-not-found');
  return new AnkaError('approval-denied', 'Only the requester can withdraw the request. Another person can reject it.');
};

/** One form for one request, so that it is told when it is asked for again. */
const canonical = (body: Buffer): string => JSON.stringify(JSON.parse(body.toString()));

/** What of its tenant's a caller may see: what it asked for, what its roles let it decide on, and all for an auditor. */
const seenBy = ({ tenantId, principal, roles = [] }: Caller) =>
  [tenantId, principal, decidedBy(roles), roles.includes('auditor')] as const;

const isSeenBy = (caller: Caller, { requested_by, operation }: ApprovalRow): boolean => {
  const [, subject, operations, all] = seenBy(caller);
  return requested_by === subject || operations.includes(operation) || all;
};
