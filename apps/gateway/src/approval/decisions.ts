import { AnkaError, type Context, type DryRun } from '@ankasecure/contracts';
import { type Outbox, type Rehearsal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Approval } from './approval.contract.js';
import { approvalEvent } from './approval-event.js';
import { type ApprovalRow, readApproval, resourceOf } from './approval-row.js';
import { assertNotCarried, assertOpen, assertPending } from './approvals.js';
import { carryingMs, controlledRoute } from './controlled-route.js';

export type Verdict = 'approve' | 'reject';

/** What was approved, and whose it is to carry out; nobody's where there is an outcome. */
export interface Approved {
  readonly approval: Approval;
  readonly claim: string | null;
}

/** A decision that was only tried. */
export interface Rehearsed {
  readonly dryRun: DryRun;
  readonly approval: Approval | undefined;
}

const approve = `
  UPDATE approval SET state = 'approved', decided_by = $3, decided_at = coalesce(decided_at, now()),
    carrying_until = now() + $4 * interval '1 ms'
  WHERE tenant_id = $1 AND id = $2`;
const conclude = `
  UPDATE approval SET outcome = $4, carrying_until = NULL
  WHERE tenant_id = $1 AND id = $2 AND carrying_until = $3::timestamptz`;
const release = `
  UPDATE approval SET carrying_until = NULL WHERE tenant_id = $1 AND id = $2 AND carrying_until = $3::timestamptz`;
const reject = `
  UPDATE approval SET state = 'rejected', decided_by = $3, decided_at = now(), reason = $4, carrying_until = NULL
  WHERE tenant_id = $1 AND id = $2`;

/**
 * The second person's word on what the first one asked for. A request is decided once, by whoever is first to lock its row.
 * What is approved is carried out after the commit that says so: nothing is done that was not approved. Where that ends without
 * a last answer, or this process before it has one, the same person approves again, and it is carried out again as a call is
 * that its caller repeats.
 */
export class Decisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly rehearsal: Rehearsal,
  ) {}

  /**
   * The caller has it to carry out, and nobody else has, until it is concluded or released; or it has its outcome already.
   * @throws AnkaError `approval-not-found`, `approval-denied`, `access-denied`, `approval-state`, `audit-unavailable`
   */
  async approve(principal: Principal, id: string, correlationId: string): Promise<Approved> {
    const approved = await this.decide(principal, id, 'approve', correlationId, async (manager, row) => {
      if (isConcluded(row, principal)) return undefined;
      assertApprovable(row, principal);
      const forMs = carryingMs(controlledRoute(row.operation));
      await manager.query(approve, [principal.tenantId, id, principal.subject, forMs]);
      return {};
    });
    return { approval: resourceOf(approved), claim: approved.claim };
  }

  /** @throws AnkaError as `approve` */
  async reject(principal: Principal, id: string, reason: string | undefined, correlationId: string): Promise<Approval> {
    const rejected = await this.decide(principal, id, 'reject', correlationId, async (manager, row) => {
      assertOpen(row);
      await manager.query(reject, [principal.tenantId, id, principal.subject, reason ?? null]);
      return reason === undefined ? {} : { reason };
    });
    return resourceOf(rejected);
  }

  /**
   * What the decision would come to; the deed that is approved is another matter.
   * @returns also what it is about, where the decision would be taken and its deed be done
   */
  async rehearse(context: Context, principal: Principal, id: string, verdict: Verdict): Promise<Rehearsed> {
    let approval: Approval | undefined;
    const deed = { operation: `approval.${verdict}`, details: { approvalId: id } };
    const dryRun = await this.rehearsal.of(context, deed, async () => {
      const row = await withTenant(this.dataSource, context.tenantId, (manager) =>
        readApproval(manager, context.tenantId, id),
      );
      const denied = denialOf(principal, row);
      if (denied !== undefined) throw denied;
      if (verdict === 'reject') return assertOpen(row);
      if (isConcluded(row, principal)) return;
      assertApprovable(row, principal);
      approval = resourceOf(row);
    });
    return { dryRun, approval };
  }

  /** Keeps the last answer to what was approved, unless it is somebody else's by now. */
  conclude({ approval, claim }: Approved, outcome: NonNullable<Approval['outcome']>): Promise<Approval> {
    const { tenantId, id } = approval;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await manager.query(conclude, [tenantId, id, claim, JSON.stringify(outcome)]);
      return resourceOf(await readApproval(manager, tenantId, id));
    });
  }

  /** Lets it be approved again at once, unless it is somebody else's by now: it may not have been done. */
  async release({ approval: { tenantId, id }, claim }: Approved): Promise<void> {
    await withTenant(this.dataSource, tenantId, (manager) => manager.query(release, [tenantId, id, claim]));
  }

  /** @param work decides in the transaction that holds the row. @returns what its event says besides; undefined where nothing changes */
  private async decide(
    principal: Principal,
    id: string,
    verdict: Verdict,
    correlationId: string,
    work: (manager: EntityManager, row: ApprovalRow) => Promise<Record<string, string> | undefined>,
  ): Promise<ApprovalRow> {
    this.outbox.assertRoom();
    const { tenantId } = principal;
    const actor = { ...principal, correlationId };
    const { row, events } = await withTenant(this.dataSource, tenantId, async (manager) => {
      const before = await readApproval(manager, tenantId, id, 'FOR UPDATE');
      const denied = denialOf(principal, before);
      const details = denied === undefined ? await work(manager, before) : {};
      if (details === undefined) return { row: before, events: 0 };
      const said = denied === undefined ? { details } : { failureCode: denied.code };
      await this.outbox.write(manager, [approvalEvent(actor, verdict, before, said)]);
      return { row: denied ?? (await readApproval(manager, tenantId, id)), events: 1 };
    });
    this.outbox.committed(events);
    if (row instanceof AnkaError) throw row;
    return row;
  }
}

/** There is an outcome, and it is told again to who approved. */
const isConcluded = ({ outcome, decided_by }: ApprovalRow, { subject }: Principal): boolean =>
  outcome !== null && decided_by === subject;

/** @throws AnkaError `approval-state` */
const assertApprovable = (row: ApprovalRow, { subject }: Principal): void => {
  if (row.state !== 'approved' || row.decided_by !== subject) assertPending(row);
  if (row.over) throw new AnkaError('approval-state', 'The request for approval has expired. Make a new request.');
  assertNotCarried(row);
};

/** Why this is not for `principal` to decide: it takes a second person, who could do the deed. */
const denialOf = (principal: Principal, { operation, requested_by }: ApprovalRow): AnkaError | undefined => {
  if (principal.isApplication === true)
    return new AnkaError(
      'approval-denied',
      'A service account cannot approve or reject a request. A person must decide it.',
    );
  if (principal.subject === requested_by)
    return new AnkaError(
      'approval-denied',
      'Requesters cannot decide their own requests. Another person must decide it, or you can withdraw it.',
    );
  const { roles } = controlledRoute(operation);
  if (hasOneOf(principal, roles)) return undefined;
  return new AnkaError('access-denied', `The caller needs one of the roles ${roles.join(', ')}`);
};
