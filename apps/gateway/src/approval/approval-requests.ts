import { AnkaError, newId, unchanged } from '@ankasecure/contracts';
import { Outbox, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';
import { actorOf, type Principal } from '../auth/principal.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { ApprovalConfig } from './approval.config.js';
import type { Approval } from './approval.contract.js';
import { ApprovalRecord, findApproval, resourceOf, type StandingApproval, standing } from './approval.entity.js';
import { countPending } from './approval.statement.js';
import { ApprovalEvents } from './approval-event.js';

/** A request that needs a second person. */
export interface RefusedRequest {
  readonly operation: string;
  /** The contract's request, as the service received it. */
  readonly body: Buffer;
  readonly ifMatch: number | undefined;
}

/** The HTTP request that asks. */
type Asked = Parameters<typeof actorOf>[1];

/** Limits on the pending requests of one tenant and of one person, so that nobody can block the others. */
const most = { ofTenant: 1000, ofPerson: 50 };

/** The limit on one request, in bytes. */
const mostBytes = 64 * 1024;

/** The canonical form of a request. A repeated request is recognised by it. */
const canonical = (body: Buffer): string => JSON.stringify(JSON.parse(body.toString()));

/** Keeps requests until a second person decides. */
@Injectable()
export class ApprovalRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly epochs: IdentityEpoch,
    private readonly events: ApprovalEvents,
    private readonly config: ApprovalConfig,
  ) {}

  /**
   * Keeps a request until a second person decides. The same request repeated meanwhile is the same record.
   * @throws AnkaError `body-too-large`; `approval-required` for an application, because its creator could be the approver; `quota-exceeded`, `service-unavailable`, `audit-unavailable`
   */
  async keep(principal: Principal, refused: RefusedRequest, asked: Asked): Promise<Approval> {
    if (principal.isApplication === true)
      throw new AnkaError(
        'approval-required',
        'This operation needs two people, and a service account does not count as one. A person must request it.',
      );
    if (principal.sharedWith !== undefined)
      throw new AnkaError(
        'approval-required',
        `This operation needs two people, and ${principal.sharedWith} can give the same name as your issuer. Give the issuers different values of subjectPrefix.`,
      );
    if (Buffer.byteLength(canonical(refused.body)) > mostBytes)
      throw new AnkaError('body-too-large', `A request that waits for approval may have at most ${mostBytes} bytes`);
    const { tenantId } = principal;
    this.outbox.assertRoom(tenantId);
    const record = await withTenant(this.dataSource, tenantId, async (manager) => {
      await lockTenant(manager, 'approvals', tenantId);
      await this.assertCurrent(manager, principal);
      const earlier = await this.pending(manager, principal, refused);
      const kept = earlier ?? (await this.insert(manager, principal, refused));
      const details = { expiresAt: kept.expiresAt.toISOString(), ...(earlier !== null && unchanged) };
      await this.outbox.write(manager, [this.events.of(actorOf(principal, asked), 'request', kept, { details })]);
      return kept;
    });
    this.outbox.committed(1);
    return resourceOf(record);
  }

  /**
   * Runs under the lock that a change of an issuer also takes. A request of the issuer's people is committed before the change,
   * which then ends it, or it is not committed at all.
   */
  private async assertCurrent(manager: EntityManager, { epoch }: Principal): Promise<void> {
    if (epoch === undefined || epoch === (await this.epochs.now(manager))) return;
    throw new AnkaError('service-unavailable', 'Identities changed while the request ran. Send it again.');
  }

  private async pending(
    manager: EntityManager,
    { tenantId, subject: requestedBy }: Principal,
    { operation, body, ifMatch }: RefusedRequest,
  ): Promise<StandingApproval | null> {
    const now = await transactionTime(manager);
    const found = await manager.findOneBy(ApprovalRecord, {
      tenantId,
      requestedBy,
      state: 'pending',
      endedAt: IsNull(),
      expiresAt: MoreThan(now),
      operation,
      request: canonical(body),
      ifMatch: ifMatch === undefined ? IsNull() : String(ifMatch),
    });
    return found && standing(found, now);
  }

  private async insert(
    manager: EntityManager,
    { tenantId, subject, issuer }: Principal,
    { operation, body, ifMatch }: RefusedRequest,
  ): Promise<StandingApproval> {
    await assertFew(manager, tenantId, subject);
    const id = newId();
    const createdAt = await transactionTime(manager);
    await manager.insert(ApprovalRecord, {
      tenantId,
      id,
      operation,
      request: canonical(body),
      ifMatch: ifMatch === undefined ? null : String(ifMatch),
      requestedBy: subject,
      requestedByIssuer: issuer,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + this.config.expiryHours * 3_600_000),
    });
    return findApproval(manager, tenantId, id);
  }
}

/** @throws AnkaError `quota-exceeded` */
const assertFew = async (manager: EntityManager, tenantId: string, person: string): Promise<void> => {
  const { ofPerson, ofTenant } = await countPending(manager, tenantId, person);
  if (ofPerson >= most.ofPerson)
    throw new AnkaError('quota-exceeded', `You already have ${most.ofPerson} pending requests. Withdraw some of them.`);
  if (ofTenant >= most.ofTenant)
    throw new AnkaError(
      'quota-exceeded',
      `The tenant already has ${most.ofTenant} pending requests. Decide some of them.`,
    );
};
