import { isDeepStrictEqual } from 'node:util';
import { AnkaError, type Context, type Policy } from '@ankasecure/contracts';
import type { PolicyDocument } from '@ankasecure/policy-rules';
import { type Answer, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { currentPolicy, policyAnswer } from './policy-resource.js';
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
  ) {}

  /**
   * When it returns the document is in force on every worker. Repeating a call that ended without an answer is safe.
   * @throws AnkaError `precondition-required`, `precondition-failed` also when the workers enforce what was not known here, `policy-pending` while an earlier change cannot be finished, `policy-not-applied` when this one is stored and not confirmed in force, `audit-unavailable`
   */
  async put(context: Context, document: PolicyDocument): Promise<Answer<Policy>> {
    const { tenantId, ifMatch } = context;
    if (ifMatch === undefined)
      throw new AnkaError('precondition-required', 'Send the ETag of the policy you change as If-Match');
    this.outbox.assertRoom();
    const deadline = context.deadline - reserveMs;
    await this.changes.settle(tenantId, (Date.now() + deadline) / 2).catch(() => undefined);
    const stored = await this.store(context, ifMatch, document);
    if (stored.state === 'active') return policyAnswer(stored, null);
    await this.changes.settle(tenantId, deadline);
    return this.outcome(tenantId, stored.version, document);
  }

  /** The new version, pending; or the one in force when the same caller has put the same document before and now repeats it. */
  private store(
    { tenantId, principal, correlationId }: Context,
    ifMatch: number,
    document: PolicyDocument,
  ): Promise<PolicyVersion> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await manager.findOne(Tenant, { where: { id: tenantId }, lock: { mode: 'pessimistic_write' } });
      const { active, pending } = await currentPolicy(manager, tenantId);
      if (pending !== null)
        throw new AnkaError(
          'policy-pending',
          `Version ${pending.version} is not confirmed in force yet; try again in a moment`,
        );
      const repeated =
        active.version === ifMatch + 1 &&
        active.changedBy === principal &&
        isDeepStrictEqual(active.document, document);
      if (repeated) return active;
      if (active.version !== ifMatch)
        throw new AnkaError('precondition-failed', `Version ${active.version} is in force; read it and decide again`);
      const version = await this.nextVersion(manager, tenantId);
      return manager.save(
        manager.create(PolicyVersion, { tenantId, version, document, changedBy: principal, correlationId }),
      );
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
