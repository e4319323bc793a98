import { AnkaError } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { hasOneOf, type Principal } from '../auth/principal.js';
import type { Approval } from './approval.contract.js';
import { approvalEvent } from './approval-event.js';
import { type ApprovalRow, readApproval, resourceOf } from './approval-row.js';
import { assertPending } from './approvals.js';
import { controlledRoute } from './controlled-route.js';

type Verdict = 'approve' | 'reject';

/** A deed's own time is up before another attempt may be made at it, by this many milliseconds. */
const graceMs = 1000;

const approve = `
  UPDATE approval SET state = 'approved', decided_by = $3, decided_at = coalesce(decided_at, now()),
    carrying_until = now() + $4 * interval '1 ms'
  WHERE tenant_id = $1 AND id = $2`;
const reject = `
  UPDATE approval SET state = 'rejected', decided_by = $3, decided_at = now(), reason = $4
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
  ) {}

  /**
   * The caller has it to carry out, and nobody else has, until it is concluded or released; or it has its outcome already.
   * @throws AnkaError `approval-not-found`, `approval-denied`, `access-denied`, `approval-state`, `audit-unavailable`
   */
  approve(principal: Principal, id: string, correlationId: string): Promise<Approval> {
    return this.decide(principal, id, 'approve', correlationId, async (manager, row) => {
      if (row.outcome !== null && row.decided_by === principal.subject) return undefined;
      if (row.state !== 'approved' || row.decided_by !== principal.subject) assertPending(row);
      if (row.over) throw new AnkaError('approval-state', 'Its time is over: it has to be asked for again');
      if (row.carried) throw new AnkaError('approval-state', 'It is being carried out; look at it in a moment');
      const withinMs = controlledRoute(row.operation).withinMs + graceMs;
      await manager.query(approve, [principal.tenantId, id, principal.subject, withinMs]);
      return {};
    });
  }

  /** @throws AnkaError as `approve` */
  reject(principal: Principal, id: string, reason: string | undefined, correlationId: string): Promise<Approval> {
    return this.decide(principal, id, 'reject', correlationId, async (manager, row) => {
      assertPending(row);
      await manager.query(reject, [principal.tenantId, id, principal.subject, reason ?? null]);
      return reason === undefined ? {} : { reason };
    });
  }

  /** Keeps the last answer to what was approved. */
  conclude({ tenantId, id }: Approval, outcome: NonNullable<Approval['outcome']>): Promise<Approval> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await manager.query(
        'UPDATE approval SET outcome = $3, carrying_until = NULL WHERE tenant_id = $1 AND id = $2 AND outcome IS NULL',
        [tenantId, id, JSON.stringify(outcome)],
      );
      return resourceOf(await readApproval(manager, tenantId, id));
    });
  }

  /** Lets it be approved again at once: it may not have been done. */
  async release({ tenantId, id }: Approval): Promise<void> {
    await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query('UPDATE approval SET carrying_until = NULL WHERE tenant_id = $1 AND id = $2', [tenantId, id]),
    );
  }

  /** @param work decides in the transaction that holds the row. @returns what its event says besides; undefined where nothing changes */
  private async decide(
    principal: Principal,
    id: string,
    verdict: Verdict,
    correlationId: string,
    work: (manager: EntityManager, row: ApprovalRow) => Promise<Record<string, string> | undefined>,
  ): Promise<Approval> {
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
    return resourceOf(row);
  }
}

/** Why this is not for `principal` to decide: it takes a second person, who could do the deed. */
const denialOf = (principal: Principal, { operation, requested_by }: ApprovalRow): AnkaError | undefined => {
  if (principal.isApplication === true)
    return new AnkaError('approval-denied', 'An application decides on nothing that takes two people');
  if (principal.subject === requested_by)
    return new AnkaError('approval-denied', 'Nobody decides on what he asked for himself; he may withdraw it');
  const { roles } = controlledRoute(operation);
  if (hasOneOf(principal, roles)) return undefined;
  return new AnkaError('access-denied', `This needs one of the roles ${roles.join(', ')}`);
};
