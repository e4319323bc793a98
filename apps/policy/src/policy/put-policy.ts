import { isDeepStrictEqual } from 'node:util';
import {
  AnkaError,
  assertApproved,
  type Context,
  type DryRun,
  disabledTenant,
  onRecord,
  type Policy,
  preconditionsHold,
} from '@ankasecure/contracts';
import { type PolicyDocument, relaxes, requiresTwoPeople } from '@ankasecure/policy-rules';
import { type Action, ActionRunner, type Answer, isDryRun } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type CurrentPolicy, currentPolicy, findVersion, policyAnswer } from './policy-resource.js';
import { PolicyVersion } from './policy-version.entity.js';
import { authorOf, confirmedBy, lockedTenant } from './requested-change.js';
import { newerPolicy, SettleChange } from './settle-change.js';

/** The new policy of a change: a document, or the document of an earlier version. */
type NewPolicy = { readonly document: PolicyDocument } | { readonly restores: number };

/** The version to store, or the version in force if the same caller repeats the change that made it. */
type PlannedVersion =
  | { readonly repeated: PolicyVersion }
  | ({ readonly restores: number | null } & Pick<PolicyVersion, 'version' | 'document' | 'disabled'>);

/**
 * Changes a tenant's policy. The new version is stored as pending, sent to the workers, marked active and reported. If that stops
 * half-way, the version stays pending and is sent again (`SettleChange`) until it is known to be in force. A stored change is
 * never withdrawn, because a worker whose answer was lost may already enforce it.
 */
@Injectable()
export class PutPolicy {
  constructor(
    private readonly changes: SettleChange,
    private readonly actions: ActionRunner,
  ) {}

  /**
   * When it returns, the document is in force on every worker. Repeating a call that ended without an answer is safe.
   * @throws AnkaError `tenant-disabled`, `precondition-required`, `precondition-failed` also when the workers enforce a policy that this database did not know, `policy-pending` while an earlier change cannot be finished, `policy-not-applied` when this one is stored and not confirmed in force, `approval-required`, `audit-unavailable`
   */
  put(context: Context, document: PolicyDocument): Promise<Answer<Policy | DryRun>> {
    return this.change(context, { document });
  }

  /**
   * Restores the document of a version that was in force, as a new version.
   * @throws AnkaError `policy-version-not-found`, and as `put`
   */
  rollback(context: Context, { version }: { version: number }): Promise<Answer<Policy | DryRun>> {
    return this.change(context, { restores: version });
  }

  private async change(context: Context, wanted: NewPolicy): Promise<Answer<Policy | DryRun>> {
    const { tenantId } = context;
    if (context.dryRun !== true && context.ifMatch !== undefined) await this.changes.settleEarlier(context);
    const stored = await this.actions.run(context, newVersion(context, wanted));
    if (isDryRun(stored)) return { body: stored };
    if (stored.state === 'active') return policyAnswer(stored, null);
    const confirmed = await this.changes.confirm(tenantId, stored.version, confirmedBy(context));
    // The workers may have enforced another document under the same number.
    if (!isDeepStrictEqual(confirmed.document, stored.document)) throw onRecord(newerPolicy());
    return policyAnswer(confirmed, null);
  }
}

/** Stores a pending version. The tenant's row is locked first, so that one version is stored at a time. */
const newVersion = (context: Context, wanted: NewPolicy): Action<PlannedVersion, PolicyVersion> => ({
  operation: 'policy.put',
  isRecordedLater: ({ state }) => state === 'pending',
  check: async (manager) => {
    const { tenantId } = context;
    await assertEnabled(manager, context);
    const restores = 'restores' in wanted ? wanted.restores : null;
    const document = 'document' in wanted ? wanted.document : await documentOf(manager, tenantId, wanted.restores);
    assertConditional(context);
    const current = await currentPolicy(manager, tenantId);
    const kind = assertCurrent(current, context, document);
    return kind === 'repeated'
      ? { repeated: current.active }
      : { version: current.newest + 1, document, restores, disabled: current.active.disabled };
  },
  write: async (manager, planned) => {
    if ('repeated' in planned) return planned.repeated;
    const { tenantId, approval } = context;
    const approved = approval && {
      approvalId: approval.id,
      requestedBy: approval.requestedBy,
      requestedByIssuer: approval.requestedByIssuer ?? null,
    };
    await manager.insert(PolicyVersion, { tenantId, ...planned, ...authorOf(context), ...approved });
    return manager.findOneByOrFail(PolicyVersion, { tenantId, version: planned.version });
  },
});

/** Locks the tenant, except in a dry run. @throws AnkaError `tenant-disabled` */
const assertEnabled = async (manager: EntityManager, context: Context): Promise<void> => {
  const tenant = await lockedTenant(manager, context);
  if (tenant?.state === 'disabled') throw new AnkaError('tenant-disabled', disabledTenant);
};

/** The document of a version that is or was in force. @throws AnkaError `policy-version-not-found` */
const documentOf = async (manager: EntityManager, tenantId: string, version: number): Promise<PolicyDocument> => {
  const { state, document } = await findVersion(manager, tenantId, version);
  if (state === 'active' || state === 'superseded') return document;
  throw new AnkaError('policy-version-not-found', `Version ${version} was never in force`);
};

/** @throws AnkaError `precondition-required` */
const assertConditional = ({ ifMatch }: Context): void => {
  if (ifMatch === undefined)
    throw new AnkaError('precondition-required', 'Read the policy and send its ETag as If-Match');
};

/**
 * Tells a new change, which starts from the version in force, from one in force that the same caller repeats. A change can
 * need two people.
 * @throws AnkaError `policy-pending`, `precondition-failed`, `issuers-overlap`, `approval-required`
 */
const assertCurrent = (
  { active, pending }: CurrentPolicy,
  context: Context,
  document: PolicyDocument,
): 'new' | 'repeated' => {
  if (pending !== null)
    throw new AnkaError(
      'policy-pending',
      `Version ${pending.version} is not confirmed on every worker yet. Try again in a moment.`,
    );
  const isTheirs = active.changedBy === context.principal && active.changedByIssuer === (context.issuer ?? null);
  const isRepeated = isTheirs && isDeepStrictEqual(active.document, document);
  // RFC 9110 §13.1.1 allows a change that has been made to be answered as done.
  if (isRepeated && preconditionsHold(context, active.version - 1)) return 'repeated';
  if (!preconditionsHold(context, active.version))
    throw new AnkaError('precondition-failed', `Version ${active.version} is in force. Read it and repeat the change.`);
  assertApart(active.document, document, context);
  const action = relaxes(active.document, document) ? 'relax-policy' : 'change-policy';
  assertApproved(active.document, action, context, active.version);
  return 'new';
};

/**
 * Two people cannot be required for anything while an issuer can speak for another's people: one person could be both.
 * @throws AnkaError `issuers-overlap`
 */
const assertApart = (before: PolicyDocument, after: PolicyDocument, { sharedIssuer }: Context): void => {
  if (sharedIssuer === undefined || requiresTwoPeople(before, 'relax-policy')) return;
  if (!requiresTwoPeople(after, 'relax-policy')) return;
  throw new AnkaError(
    'issuers-overlap',
    `${sharedIssuer} can name people of another issuer, so one person could count as two. Give it a subjectPrefix of its own, or delete it, before you turn on dualControl.`,
  );
};
