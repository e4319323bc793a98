import { AnkaError, type Context, type DryRun, onRecord } from '@ankasecure/contracts';
import { ActionRunner, changeRecord, isDryRun, Outbox, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Approval } from './approval.contract.js';
import { ApprovalRecord, findApproval, resourceOf, type StandingApproval } from './approval.entity.js';
import { ApprovalEvents } from './approval-event.js';
import { assertApprovable, assertOpen, isConcluded } from './approval-state.js';
import { ControlledRoutes } from './controlled-route.js';

export type Verdict = 'approve' | 'reject';

/** An approved request and the claim of the attempt that carries it out. The claim is null if the request has an outcome. */
export interface ApprovedRequest {
  readonly approval: Approval;
  readonly claim: string | null;
}

/** The dry run of an approval. `approval` is set if the request would be approved and carried out. */
export interface ApprovalDryRun {
  readonly dryRun: DryRun;
  readonly approval: Approval | undefined;
}

/** A decider, its request, and whether it is a dry run. */
export interface Decider {
  readonly context: Context;
  readonly principal: Principal;
}

/** One verdict on a request, split into its refusals and its change. */
interface Decision {
  readonly verdict: Verdict;
  /** @returns false if nothing changes. @throws AnkaError `approval-state` */
  readonly check: (record: StandingApproval) => boolean;
  readonly write: (manager: EntityManager, record: ApprovalRecord) => Promise<unknown>;
  /** Details of the event. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Decides requests for approval. The first decision to lock the request's row wins. An approved request is carried out after
 * the commit that approves it. If that ends without a final answer, the same person approves again, and the operation is
 * repeated like any repeated call.
 */
@Injectable()
export class Decisions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly controlled: ControlledRoutes,
    private readonly events: ApprovalEvents,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Approves the request. Only the caller can carry it out, until it is concluded or released. A request with an outcome returns it.
   * @throws AnkaError `approval-not-found`, `approval-denied`, `access-denied`, `approval-state`, `audit-unavailable`
   */
  async approve(decider: Decider, id: string): Promise<ApprovedRequest | ApprovalDryRun> {
    const { subject, issuer } = decider.principal;
    let approvable: Approval | undefined;
    const result = await this.decide(decider, id, {
      verdict: 'approve',
      check: (record) => {
        if (isConcluded(record, subject)) return false;
        assertApprovable(record, subject);
        approvable = resourceOf(record);
        return true;
      },
      write: async (manager, record) => {
        const now = await transactionTime(manager);
        await changeRecord(manager, record, {
          state: 'approved',
          decidedBy: subject,
          decidedByIssuer: issuer,
          decidedAt: record.decidedAt ?? now,
          carryingUntil: new Date(now.getTime() + this.controlled.carryingMs(record.operation)),
        });
      },
    });
    if (isDryRun(result)) return { dryRun: result, approval: approvable };
    return { approval: resourceOf(result), claim: result.claim };
  }

  /** @throws AnkaError as `approve` */
  async reject(decider: Decider, id: string, reason: string | undefined): Promise<Approval | DryRun> {
    const { subject, issuer } = decider.principal;
    const result = await this.decide(decider, id, {
      verdict: 'reject',
      check: (record) => {
        assertOpen(record);
        return true;
      },
      write: async (manager, record) =>
        changeRecord(manager, record, {
          state: 'rejected',
          decidedBy: subject,
          decidedByIssuer: issuer,
          decidedAt: await transactionTime(manager),
          reason: reason ?? null,
          carryingUntil: null,
        }),
      ...(reason !== undefined && { details: { reason } }),
    });
    return isDryRun(result) ? result : resourceOf(result);
  }

  /** Stores the final answer to an approved request, unless another attempt has taken over. */
  async conclude(
    context: Context,
    { approval: { id }, claim }: ApprovedRequest,
    outcome: NonNullable<Approval['outcome']>,
  ): Promise<Approval> {
    const { tenantId } = context;
    const { record, events } = await withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await findApproval(manager, tenantId, id, 'pessimistic_write');
      if (claim === null || record.claim !== claim) return { record, events: 0 };
      await changeRecord(manager, record, { carryingUntil: null, outcome });
      const details = { status: String(outcome.status) };
      await this.outbox.write(manager, [this.events.of(context, 'conclude', record, { details })]);
      return { record, events: 1 };
    });
    this.outbox.committed(events);
    return resourceOf(record);
  }

  /** Allows another approval at once, unless another attempt has taken over. The operation may not have been carried out. */
  async release({ approval: { tenantId, id }, claim }: ApprovedRequest): Promise<void> {
    await withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await findApproval(manager, tenantId, id, 'pessimistic_write');
      if (claim !== null && record.claim === claim)
        await manager.update(ApprovalRecord, { tenantId, id }, { carryingUntil: null });
    });
  }

  private async decide({ context, principal }: Decider, id: string, decision: Decision) {
    const { tenantId } = principal;
    const { verdict, details = {} } = decision;
    const result = await this.actions.run<Plan, StandingApproval | AnkaError>(context, {
      operation: `approval.${verdict}`,
      details: { approvalId: id },
      check: async (manager) => {
        const record = await findApproval(manager, tenantId, id, 'pessimistic_write');
        const denial = this.denialOf(principal, record);
        if (denial === undefined) return { record, isChange: decision.check(record) };
        if (context.dryRun === true) throw denial;
        return { record, denial };
      },
      write: async (manager, { record, denial, isChange }, report) => {
        const outcome = denial === undefined ? { details } : { failureCode: denial.code };
        const event = this.events.of(context, verdict, record, outcome);
        if (denial !== undefined) return report(event).then(() => denial);
        if (isChange !== true) return record;
        await decision.write(manager, record);
        await report(event);
        return findApproval(manager, tenantId, id);
      },
    });
    // The denial is recorded by now.
    if (result instanceof AnkaError) throw onRecord(result);
    return result;
  }

  /** The reason why `principal` cannot decide the request. The decider must be another person who can perform the operation. */
  private denialOf(principal: Principal, { operation, requestedBy }: ApprovalRecord): AnkaError | undefined {
    if (principal.isApplication === true)
      return new AnkaError(
        'approval-denied',
        'A service account cannot approve or reject a request. A person must decide it.',
      );
    if (principal.sharedWith !== undefined) return new AnkaError('approval-denied', ambiguous(principal.sharedWith));
    if (principal.subject === requestedBy)
      return new AnkaError(
        'approval-denied',
        'Requesters cannot decide their own requests. Another person must decide it, or you can withdraw it.',
      );
    const { roles } = this.controlled.find(operation);
    if (hasOneOf(principal, roles)) return undefined;
    return new AnkaError('access-denied', `The caller needs the role ${roles.join(' or ')}`);
  }
}

/** One person could give themselves two names through two issuers that have the same names. */
const ambiguous = (issuer: string): string =>
  `${issuer} can give the same name as your issuer, so it does not prove that you are another person. Give the issuers different values of subjectPrefix.`;

/** The locked request, with a denial to record, or whether the decision changes the request. */
interface Plan {
  readonly record: StandingApproval;
  readonly denial?: AnkaError;
  readonly isChange?: boolean;
}
