import {
  AnkaError,
  type AuditEvent,
  assertApproved,
  auditEvent,
  type Context,
  requiresTwoPeople,
} from '@ankasecure/contracts';
import type { RecordEvents } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EndApprovals } from '../approval/end/end-approvals.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import type { TenantIssuer } from './issuer.contract.js';
import { issuerDetails } from './issuer-event.js';
import { keepsNames } from './issuer-rules.js';
import { PolicyInForce } from './policy-in-force.js';

/** An issuer before and after a change. Both are the same if nothing changed. */
interface IssuerChange {
  readonly operation: 'issuer.create' | 'issuer.put' | 'issuer.delete';
  readonly before: TenantIssuer | undefined;
  readonly after: TenantIssuer | undefined;
  /** The events of the requests that the change ends. */
  readonly ended?: readonly AuditEvent[];
}

/**
 * Decides and records changes of issuers. A change that needs two people is refused before anything is sealed: whoever owns the
 * database could keep a sealed record of a change that was rolled back.
 * Every gateway's lease waits for the epoch's row. The policy is therefore read before that row is locked, and after everything else.
 */
@Injectable()
export class IssuerChanges {
  constructor(
    private readonly epochs: IdentityEpoch,
    private readonly approvals: EndApprovals,
    private readonly policy: PolicyInForce,
  ) {}

  /**
   * @param shared another issuer that can name the same people after the change
   * @param revision of the issuer, if there is one
   * @throws AnkaError `issuers-overlap`, `approval-required`
   */
  async assertAllowed(context: Context, shared?: string, revision?: number): Promise<void> {
    const policy = await this.policy.of(context);
    if (shared !== undefined && requiresTwoPeople(policy, 'change-issuer'))
      throw new AnkaError(
        'issuers-overlap',
        `The tenant’s policy requires two people, and ${shared} can name the same people, so one person could count as two. Choose another subjectPrefix.`,
      );
    assertApproved(policy, 'change-issuer', context, revision);
  }

  /**
   * Ends the requests of people whose names disappear with the change. It comes before the change: the requests are locked
   * before the tenant's place in the history, as decisions lock them.
   * @returns the events of the ended requests
   */
  async endRequests(
    manager: EntityManager,
    context: Context,
    before: TenantIssuer,
    after: Pick<TenantIssuer, 'issuer' | 'subjectPrefix'> | undefined,
  ): Promise<readonly AuditEvent[]> {
    return keepsNames(before, after) ? [] : this.approvals.end(manager, context, before.issuer);
  }

  /** Records a change that `assertAllowed` has allowed. */
  async record(manager: EntityManager, context: Context, change: IssuerChange, report: RecordEvents): Promise<void> {
    const { operation, before, after, ended = [] } = change;
    if (before !== after) {
      const details = await issuerDetails(before, after);
      await report(auditEvent(context, { operation, details }), ...ended);
    }
    const epoch = await this.epochs.change(manager);
    this.epochs.settleAfter(context, epoch, operation === 'issuer.create' ? 'let-in' : 'shut-out');
  }
}
