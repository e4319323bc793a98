import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  AnkaError,
  type AuditEvent,
  applyPolicy,
  type Context,
  type ErrorCode,
  monotonicNow,
  newId,
  onRecord,
} from '@ankasecure/contracts';
import { BusClient, changeRecord, Logger, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Tenant } from '../tenant/tenant.entity.js';
import { policyAdopted, policyChanged, policyRefused, tenantCreated, tenantSwitched } from './change-event.js';
import { findVersion } from './policy-resource.js';
import { bringIntoForce, follow, policyStanding, supersede } from './policy-standing.js';
import { PolicyVersion } from './policy-version.entity.js';
import { confirmedBy, lockedTenant } from './requested-change.js';

/** Longest that one attempt waits for the workers, in milliseconds. */
const applyTimeoutMs = 10_000;

/** The policy that a worker reports as enforced. */
type EnforcedPolicy = z.infer<typeof applyPolicy.reply>;

/** The failure of a change that was decided without knowing the policy in force. */
const outdated = 'precondition-failed';

/** Throws a failure again, except for one. */
const exceptFor =
  (code: ErrorCode) =>
  (error: unknown): void => {
    if (!(error instanceof AnkaError && error.code === code)) throw error;
  };

/** Failures of a worker that mean it changed nothing. */
const refusals: readonly string[] = ['request-invalid', 'body-malformed'];

/**
 * Finishes pending changes.
 *
 * The next step is the same in every case: the worker never got the change, its reply was lost, or this service stopped before
 * it stored the reply. The pending version is sent to the workers again, which is idempotent. On their answer
 * it is marked active and reported in one transaction, which only the first instance completes. No lock is held during a
 * call to a worker, any number of instances can try at once, and every change is reported exactly once.
 */
@Injectable()
export class SettleChange {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  /**
   * Resolves when no change that was pending at the call is pending any more. It joins an attempt in progress, which continues
   * if the caller gives up.
   * @param deadline a moment of `monotonicNow`
   * @throws AnkaError `policy-not-applied` if that is not known at the deadline; the worker's error if it refused the change for good
   */
  async settle(tenantId: string, deadline: number): Promise<void> {
    const underWay = this.running.get(tenantId);
    // It may have begun before the caller's restore, for which older records count.
    if (underWay !== undefined) await this.within(deadline, underWay).catch(exceptFor('record-outdated'));
    await this.within(deadline, this.running.get(tenantId) ?? this.run(tenantId));
  }

  /**
   * Settles a change that a caller waits for. What an attempt has found decides nothing: the database can hide the change from it.
   * @param deadline a moment of `monotonicNow`
   * @returns the version, which is in force or was
   * @throws AnkaError as `settle`; `policy-not-applied` while it is pending all the same; `request-invalid` or `precondition-failed`
   * if it has failed
   */
  async confirm(tenantId: string, version: number, deadline: number): Promise<PolicyVersion> {
    await this.settle(tenantId, deadline);
    const stored = await withTenant(this.dataSource, tenantId, (manager) => findVersion(manager, tenantId, version));
    if (stored.state === 'pending') throw notApplied('the database does not tell that it is in force');
    if (stored.state !== 'failed') return stored;
    throw onRecord(
      stored.failureCode === outdated
        ? newerPolicy()
        : new AnkaError('request-invalid', 'The workers refused this policy'),
    );
  }

  /** Settles the first policy of a new tenant. @throws AnkaError as `settle`; `policy-not-applied` if none is in force all the same */
  async settleFirst(tenantId: string, deadline: number): Promise<void> {
    await this.settle(tenantId, deadline);
    const { active } = await withTenant(this.dataSource, tenantId, (manager) => policyStanding(manager, tenantId));
    if (active === null) throw notApplied('the database does not tell that it is in force');
  }

  /** Waits for an earlier change of the caller's tenant, for at most half of the caller's time. It does not tell whether that one ended. */
  async settleEarlier(context: Context): Promise<void> {
    await this.settle(context.tenantId, (monotonicNow() + confirmedBy(context)) / 2).catch(() => undefined);
  }

  private run(tenantId: string): Promise<void> {
    const attempt = this.attempt(tenantId)
      .catch((error: unknown) => {
        if (error instanceof AnkaError) throw error;
        this.log.error({ tenantId, reason: (error as Error).message }, 'cannot finish a policy change');
        throw notApplied('the database did not answer');
      })
      .finally(() => this.running.delete(tenantId));
    this.running.set(tenantId, attempt);
    return attempt;
  }

  private async within(deadline: number, attempt: Promise<void>): Promise<void> {
    const waiting = new AbortController();
    const late = async (): Promise<void> => {
      await delay(Math.max(0, deadline - monotonicNow()), undefined, waiting);
      throw notApplied('no answer in time');
    };
    try {
      await Promise.race([attempt, late()]);
    } finally {
      waiting.abort();
    }
  }

  private async attempt(tenantId: string): Promise<void> {
    const found = await this.begin(tenantId);
    if (found === undefined) return;
    const { tenant, change } = found;
    const enforced = await this.apply(tenant, change);
    const ours =
      enforced.revision === change.version &&
      enforced.disabled === change.disabled &&
      isDeepStrictEqual(enforced.document, change.document);
    await (ours ? this.activate(tenant, change) : this.adopt(tenant, change, enforced));
  }

  /**
   * The pending change; undefined if the tenant's versions leave none. The attempt is counted before a worker is called.
   * @throws AnkaError `record-outdated` if a version is hidden; `policy-not-applied` if only the count does not find it
   */
  private begin(tenantId: string): Promise<{ tenant: Tenant; change: PolicyVersion } | undefined> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const { pending } = await policyStanding(manager, tenantId);
      if (pending === null) return undefined;
      const own = { tenantId, version: pending.version, state: 'pending' } as const;
      const { affected } = await manager.increment(PolicyVersion, own, 'attempts', 1);
      if (affected !== 1) {
        // Another instance may have ended it.
        if ((await policyStanding(manager, tenantId)).pending === null) return undefined;
        throw notApplied('the database does not count the attempt');
      }
      const change = await manager.findOneByOrFail(PolicyVersion, own);
      return { tenant: await manager.findOneByOrFail(Tenant, { id: tenantId }), change };
    });
  }

  private async apply({ partition }: Tenant, change: PolicyVersion): Promise<EnforcedPolicy> {
    const { tenantId, version, document, disabled, changedBy: principal, correlationId } = change;
    const context = { tenantId, principal, correlationId, deadline: monotonicNow() + applyTimeoutMs };
    try {
      return await this.bus.request(applyPolicy, partition, context, { revision: version, document, disabled });
    } catch (error) {
      const code = error instanceof AnkaError ? error.code : 'internal-error';
      if (refusals.includes(code) && (await this.fail(change, code))) throw error;
      this.log.warn({ tenantId, version, code }, 'a policy change is not confirmed on every worker yet');
      throw notApplied(code);
    }
  }

  private async activate(tenant: Tenant, change: PolicyVersion): Promise<void> {
    await this.resolve(change, always, async (manager, held) => {
      const { active: before } = await policyStanding(manager, change.tenantId);
      await supersede(manager, before);
      await changeRecord(manager, held, { state: 'active' });
      if (before?.disabled === change.disabled) return [policyChanged(change, before)];
      await follow(manager, change);
      return before === null ? tenantCreated(change, tenant) : tenantSwitched(change, tenant);
    });
  }

  /**
   * The workers enforce a policy that this database, restored from a backup, does not know. The change was decided without
   * knowing it and could loosen it: the change fails, and the enforced policy becomes the version in force here as well. The
   * enforced document may carry the change's own revision; the change then takes the next one.
   */
  private async adopt(tenant: Tenant, change: PolicyVersion, enforced: EnforcedPolicy): Promise<void> {
    const { tenantId, version, correlationId } = change;
    const { revision, document, disabled } = enforced;
    this.log.error({ tenantId, version, revision }, 'adopted an unknown policy that the workers enforce');
    await this.resolve(change, always, async (manager, held) => {
      const { active: before } = await policyStanding(manager, tenantId);
      const moved = revision === version ? version + 1 : version;
      await changeRecord(manager, held, { state: 'failed', failureCode: outdated, version: moved });
      const adopted = { tenantId, version: revision, document, disabled, changedBy: 'policy', correlationId };
      await bringIntoForce(manager, adopted, before);
      const first = before === null ? tenantCreated(adopted, tenant) : [policyRefused(change, outdated)];
      return [...first, policyAdopted(adopted, before)];
    });
  }

  /**
   * Takes over a policy that the workers enforce and that this database, restored from a backup, has forgotten. A change that
   * is still pending is settled first.
   * @throws AnkaError `policy-not-applied`
   */
  async adoptEnforced(tenantId: string, enforced: EnforcedPolicy, deadline: number): Promise<void> {
    await this.settle(tenantId, deadline);
    const { revision: version, document, disabled } = enforced;
    const adopted = { tenantId, version, document, disabled, changedBy: 'policy', correlationId: newId() };
    const recorded = await withTenant(this.dataSource, tenantId, async (manager) => {
      await lockedTenant(manager, { tenantId });
      const { active: before, newest } = await policyStanding(manager, tenantId);
      if (newest >= version) return 0;
      await bringIntoForce(manager, adopted, before);
      await this.outbox.write(manager, [policyAdopted(adopted, before)]);
      return 1;
    });
    if (recorded > 0) this.outbox.committed(recorded);
  }

  /**
   * Abandons a change that the workers refused, if this was the first attempt. An earlier attempt without an answer may have
   * brought it into force. A tenant's first policy is never abandoned.
   */
  private fail(change: PolicyVersion, code: string): Promise<boolean> {
    if (change.attempts > 1 || change.version === 1) return Promise.resolve(false);
    const onlyOnce = ({ attempts }: PolicyVersion): boolean => attempts === 1;
    return this.resolve(change, onlyOnce, async (manager, held) => {
      await changeRecord(manager, held, { state: 'failed', failureCode: code });
      return [policyRefused(change, code)];
    });
  }

  /**
   * Ends a change and reports it, if it is still pending and `may` accepts its present state.
   * @returns whether this call ended it
   */
  private async resolve(
    { tenantId, version }: PolicyVersion,
    may: (held: PolicyVersion) => boolean,
    work: (manager: EntityManager, held: PolicyVersion) => Promise<readonly AuditEvent[]>,
  ): Promise<boolean> {
    const reported = await withTenant(this.dataSource, tenantId, async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const held = await manager.findOne(PolicyVersion, { where: { tenantId, version }, lock });
      if (held === null) throw notApplied('the database does not find it');
      if (held.state !== 'pending' || !may(held)) return 0;
      const events = await work(manager, held);
      await this.outbox.write(manager, events);
      return events.length;
    });
    if (reported > 0) this.outbox.committed(reported);
    return reported > 0;
  }
}

/** The failure of a change that was decided on another policy than the workers enforce. */
export const newerPolicy = (): AnkaError =>
  new AnkaError(
    outdated,
    'The workers enforce a newer policy than this service knew. Read the policy again and repeat the change.',
  );

const always = (): boolean => true;

const notApplied = (why: string): AnkaError =>
  new AnkaError(
    'policy-not-applied',
    `The change is stored and will be applied, but it is not confirmed on every worker yet (${why})`,
  );
