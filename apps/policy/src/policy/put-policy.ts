import { isDeepStrictEqual } from 'node:util';
import { AnkaError, assertApproved, type Context, type DryRun, type Policy } from '@ankasecure/contracts';
import { type PolicyDocument, relaxes } from '@ankasecure/policy-rules';
import { type Answer, type Outbox, type Rehearsal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { type CurrentPolicy, currentPolicy, findVersion, policyAnswer } from './policy-resource.js';
import { PolicyVersion } from './policy-version.entity.js';
import type { SettleChange } from './settle-change.js';

/** Kept of the caller's time for what comes after the workers' answer, in milliseconds. */
const reserveMs = 250;

/**
 * Changes a tenant's policy: stored as pending, handed to the workers, marked active and reported. Wherever that stops, the
 * version stays pending and is handed out again (`SettleChange`) until it is known to be in force: a stored change is never
 * taken back, since a worker whose answer was lost may enforce it already.
 */
export class PutPolicy {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SettleChange,
    private readonly outbox: Outbox,
    private readonly rehearsal: Rehearsal,
  ) {}

  /**
   * When it returns the document is in force on every worker. Repeating a call that ended without an answer is safe.
   * @throws AnkaError `precondition-required`, `precondition-failed` also when the workers enforce what was not known here, `policy-pending` while an earlier change cannot be finished, `policy-not-applied` when this one is stored and not confirmed in force, `approval-required`, `audit-unavailable`
   */
  put(context: Context, document: PolicyDocument): Promise<Answer<Policy>> {
    return this.change(context, document, null);
  }

  /**
   * Brings back the document of a version that was in force, as a new one.
   * @throws AnkaError `policy-version-not-found`, and as `put`
   */
  async rollback(context: Context, { version }: { version: number }): Promise<Answer<Policy>> {
    const { document } = await this.inForceOnce(context, version);
    return this.change(context, document, version);
  }

  /** What `put` would do: all of its checks, on record as a dry run, and nothing changed. @throws AnkaError `audit-unavailable` */
  rehearse(context: Context, document: PolicyDocument): Promise<DryRun> {
    return this.rehearsal.of(context, { operation: 'policy.put' }, () => this.assertPuttable(context, document));
  }

  /** The same of `rollback`. */
  rehearseRollback(context: Context, { version }: { version: number }): Promise<DryRun> {
    return this.rehearsal.of(context, { operation: 'policy.put' }, async () => {
      const { document } = await this.inForceOnce(context, version);
      await this.assertPuttable(context, document);
    });
  }

  private async assertPuttable(context: Context, document: PolicyDocument): Promise<void> {
    const { tenantId } = context;
    const ifMatch = conditionOf(context);
    await withTenant(this.dataSource, tenantId, async (manager) =>
      assertCurrent(await currentPolicy(manager, tenantId), context, ifMatch, document),
    );
  }

  private async inForceOnce({ tenantId }: Context, version: number): Promise<PolicyVersion> {
    const found = await withTenant(this.dataSource, tenantId, (manager) => findVersion(manager, tenantId, version));
    if (found.state === 'active' || found.state === 'superseded') return found;
    throw new AnkaError('policy-version-not-found', `Version ${version} was never in force`);
  }

  private async change(context: Context, document: PolicyDocument, restores: number | null): Promise<Answer<Policy>> {
    const { tenantId } = context;
    const ifMatch = conditionOf(context);
    this.outbox.assertRoom();
    const deadline = context.deadline - reserveMs;
    await this.changes.settle(tenantId, (Date.now() + deadline) / 2).catch(() => undefined);
    const stored = await this.store(context, ifMatch, document, restores);
    if (stored.state === 'active') return policyAnswer(stored, null);
    await this.changes.settle(tenantId, deadline);
    return this.outcome(tenantId, stored.version, document);
  }

  /** The new version, pending; or the one in force when the same caller has put the same document before and now repeats it. */
  private store(
    context: Context,
    ifMatch: number,
    document: PolicyDocument,
    restores: number | null,
  ): Promise<PolicyVersion> {
    const { tenantId, principal, issuer, correlationId, approval } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await manager.findOne(Tenant, { where: { id: tenantId }, lock: { mode: 'pessimistic_write' } });
      const current = await currentPolicy(manager, tenantId);
      if (assertCurrent(current, context, ifMatch, document) === 'repeated') return current.active;
      const version = await this.nextVersion(manager, tenantId);
      const by = {
        ...{ changedBy: principal, changedByIssuer: issuer ?? null, correlationId },
        ...(approval !== undefined && { approvalId: approval.id, requestedBy: approval.requestedBy }),
      };
      return manager.save(manager.create(PolicyVersion, { tenantId, version, document, restores, ...by }));
    });
  }

  private async nextVersion(manager: EntityManager, tenantId: string): Promise<number> {
    return ((await manager.maximum(PolicyVersion, 'version', { tenantId })) ?? 0) + 1;
  }

  /** What became of a version that is pending no more. */
  private outcome(tenantId: string, version: number, document: PolicyDocument): Promise<Answer<Policy>> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const stored = await manager.findOneByOrFail(PolicyVersion, { tenantId, version });
      const given = isDeepStrictEqual(stored.document, document);
      if (given && stored.state !== 'failed') return policyAnswer(stored, null);
      if (given && stored.failureCode !== 'precondition-failed')
        throw new AnkaError('request-invalid', 'The workers refused this policy');
      throw new AnkaError(
        'precondition-failed',
        'The workers enforce a later policy than was known here; read it and decide again',
      );
    });
  }
}

/** @throws AnkaError `precondition-required` */
const conditionOf = ({ ifMatch }: Context): number => {
  if (ifMatch !== undefined) return ifMatch;
  throw new AnkaError('precondition-required', 'Send the ETag of the policy you change as If-Match');
};

/**
 * Whether a change starts from the version in force, or is the one in force, sent again by the same caller. One that relaxes the
 * version in force may take two people.
 * @throws AnkaError `policy-pending`, `precondition-failed`, `approval-required`
 */
const assertCurrent = (
  { active, pending }: CurrentPolicy,
  context: Context,
  ifMatch: number,
  document: PolicyDocument,
): 'new' | 'repeated' => {
  if (pending !== null)
    throw new AnkaError(
      'policy-pending',
      `Version ${pending.version} is not confirmed in force yet; try again in a moment`,
    );
  const isTheirs = active.changedBy === context.principal && active.changedByIssuer === (context.issuer ?? null);
  if (active.version === ifMatch + 1 && isTheirs && isDeepStrictEqual(active.document, document)) return 'repeated';
  if (active.version !== ifMatch)
    throw new AnkaError('precondition-failed', `Version ${active.version} is in force; read it and decide again`);
  if (relaxes(active.document, document)) assertApproved(active.document, 'relax-policy', context);
  return 'new';
};
