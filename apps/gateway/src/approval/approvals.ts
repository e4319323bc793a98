import { AnkaError, type Context, type DryRun, onRecord } from '@ankasecure/contracts';
import { ActionRunner, changeRecord, isDryRun, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { pageById } from '../route/page-by-id.js';
import type { Approval, listApprovals } from './approval.contract.js';
import { ApprovalRecord, findApproval, resourceOf, standing, stateNow } from './approval.entity.js';
import { removeOld } from './approval.statement.js';
import { ApprovalEvents } from './approval-event.js';
import { assertOpen } from './approval-state.js';
import { ControlledRoutes } from './controlled-route.js';

type Query = z.infer<typeof listApprovals.request>;
type Caller = Pick<Context, 'tenantId' | 'principal' | 'roles'>;

/** Lists, reads and withdraws requests for approval. `Decisions` decides them. */
@Injectable()
export class Approvals {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly controlled: ControlledRoutes,
    private readonly events: ApprovalEvents,
  ) {}

  /** Newest first. @throws AnkaError `cursor-invalid` */
  list(caller: Caller, { state, ...query }: Query): Promise<{ items: Approval[]; next: string | null }> {
    const { tenantId } = caller;
    return pageById({ tenantId, listing: 'approvals', filter: { state } }, query, (before, take) =>
      withTenant(this.dataSource, tenantId, async (manager) => {
        const visible = this.visibleTo(caller, manager).orderBy('approval.id', 'DESC').take(take);
        if (state !== undefined) visible.andWhere(`${stateNow('approval')} = :state`, { state });
        if (before !== undefined) visible.andWhere('approval.id < :before', { before });
        const found = await visible.getMany();
        const now = await transactionTime(manager);
        return found.map((record) => resourceOf(standing(record, now)));
      }),
    );
  }

  /** @throws AnkaError `approval-not-found`, also for a request that the caller may not see */
  get(caller: Caller, id: string): Promise<Approval> {
    return withTenant(this.dataSource, caller.tenantId, async (manager) => {
      const record = await findApproval(manager, caller.tenantId, id);
      if (!this.sees(caller, record)) throw new AnkaError('approval-not-found');
      return resourceOf(record);
    });
  }

  /** @throws AnkaError `approval-not-found`, `approval-denied` for anyone except the requester, `approval-state`, `audit-unavailable` */
  async withdraw(context: Context, id: string): Promise<Approval | DryRun> {
    const { tenantId } = context;
    const result = await this.actions.run(context, {
      operation: 'approval.withdraw',
      details: { approvalId: id },
      check: async (manager) => {
        const record = await findApproval(manager, tenantId, id, 'pessimistic_write');
        const denial = this.denialOf(context, record);
        if (denial === undefined) assertOpen(record);
        else if (context.dryRun === true) throw denial;
        return { record, denial };
      },
      write: async (manager, { record, denial }, report) => {
        if (denial === undefined) await withdrawRecord(manager, record);
        await report(this.events.of(context, 'withdraw', record, denial && { failureCode: denial.code }));
        return denial ?? resourceOf(await findApproval(manager, tenantId, id));
      },
    });
    // The denial is recorded by now.
    if (!isDryRun(result) && result instanceof AnkaError) throw onRecord(result);
    return result;
  }

  /** Removes some of the requests that ended 30 days ago or earlier. @returns how many */
  removeOld(): Promise<number> {
    return removeOld(this.dataSource.manager);
  }

  /** The reason why the caller cannot withdraw the request. It reveals nothing that `get` hides. */
  private denialOf(caller: Caller, record: ApprovalRecord): AnkaError | undefined {
    if (record.requestedBy === caller.principal) return undefined;
    if (!this.sees(caller, record)) return new AnkaError('approval-not-found');
    return new AnkaError(
      'approval-denied',
      'Only the requester can withdraw the request. Another person can reject it.',
    );
  }

  /** Whether the caller can see the request. Callers see their own requests and those that their roles can decide. An auditor sees all. */
  private sees({ principal, roles = [] }: Caller, { requestedBy, operation }: ApprovalRecord): boolean {
    return (
      requestedBy === principal || this.controlled.decidedBy(roles).includes(operation) || roles.includes('auditor')
    );
  }

  private visibleTo({ tenantId, principal, roles = [] }: Caller, manager: EntityManager) {
    const query = manager
      .createQueryBuilder(ApprovalRecord, 'approval')
      .where('approval.tenantId = :tenantId', { tenantId });
    if (roles.includes('auditor')) return query;
    const operations = this.controlled.decidedBy(roles);
    return query.andWhere('(approval.requestedBy = :principal OR approval.operation = ANY (:operations))', {
      principal,
      operations,
    });
  }
}

const withdrawRecord = async (manager: EntityManager, record: ApprovalRecord): Promise<void> =>
  changeRecord(manager, record, {
    state: 'withdrawn',
    decidedBy: record.requestedBy,
    decidedByIssuer: record.requestedByIssuer,
    decidedAt: await transactionTime(manager),
    carryingUntil: null,
  });
