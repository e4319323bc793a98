import {
  AnkaError,
  batchOf,
  type Context,
  failureOf,
  type KeyQuota,
  type KeyState,
  type ReplyHead,
} from '@ankasecure/contracts';
import { asAnkaError, describeIssues, type Outbox, parseJson, recordSpan, validate } from '@ankasecure/service-kit';
import { assertMay, useOf } from '../access/access.js';
import { outsideSteps } from '../custody/outside-step.js';
import { metered } from '../deadline/metered.js';
import { permissionOf, refusalOf, stateAt } from '../key/key-state.js';
import type { GrantedVersion, KeyStore, Target } from '../key/key-store.js';
import type { KeyVersion } from '../key/key-version.js';
import { selfTested } from '../key/self-tested.js';
import { eventOf, failureCodeOf } from '../outcome/event.js';
import { undecided } from '../outcome/fence.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import type { EnforcedPolicies, EnforcedPolicy } from '../policy/enforced-policy.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';
import type { Quotas } from '../quota/quotas.js';
import { type Attempt, bodyOf, detailsOf, itemAnswer, nameOf, noticeOf, quotaOf, triedOf } from './attempt.js';
import { inTurns } from './in-turns.js';
import type { Done, Means, Operation } from './operation.js';
import { rehearse } from './rehearsal.js';
import type { UseBudget } from './use-budget.js';

/** In the event's details. */
interface Risk {
  readonly riskAccepted: 'true';
  readonly state: KeyState;
}

export interface OperationAnswer {
  readonly head: ReplyHead;
  readonly body?: Uint8Array;
}

/**
 * Runs crypto requests: schema, key, state and policy, the HSM, and the outcome's commit, after which, and only then, the
 * result is released. Items of a batch go through all of it side by side and share one commit.
 */
export class RunOperation {
  constructor(
    private readonly means: Means & { readonly budget: UseBudget; readonly quotas: Quotas },
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
  ) {}

  async run<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    request: Context,
    bytes: Uint8Array,
  ): Promise<OperationAnswer> {
    const context = metered(request);
    const start = performance.now();
    this.outbox.assertRoom();
    const { items, batch } = await this.parse(operation, context, bytes);
    const ended = await this.all(operation, context, items);
    const hsmMicros = Math.round(context.hsm.micros);
    const notice = noticeOf(ended);
    const told = { hsmMicros, workerMicros: Math.round((performance.now() - start) * 1000), ...quotaOf(ended) };
    const only = ended[0];
    if (batch || only === undefined)
      return {
        head: { ok: true, ...told, ...notice },
        body: Buffer.from(JSON.stringify({ items: ended.map(itemAnswer) })),
      };
    if (only.error !== undefined) return { head: { ok: false, error: failureOf(only.error), ...told } };
    return { head: { ok: true, ...told, ...notice }, body: Buffer.from(JSON.stringify(only.body)) };
  }

  /** All items, and those whose decision was outdated when they were to be committed once more. */
  private async all<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<Attempt[]> {
    const ended = await this.attemptAll(operation, context, items);
    const outdated = ended.flatMap((attempt, index) => (attempt === undefined ? [index] : []));
    if (outdated.length === 0) return ended as Attempt[];
    const again = await this.attemptAll(
      operation,
      context,
      outdated.map((index) => items[index]),
    );
    outdated.forEach((index, position) => {
      ended[index] = again[position];
    });
    return Promise.all(ended.map(async (attempt) => attempt ?? this.giveUp(operation, context)));
  }

  /** Undefined where the fence no longer held: that result is gone. */
  private async attemptAll<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    items: readonly unknown[],
  ): Promise<(Attempt | undefined)[]> {
    const attempts = await inTurns(items, (item) => this.attempt(operation, context, item));
    this.outcomes.expect(attempts.length);
    return inTurns(attempts, async (attempt) => {
      if (await this.outcomes.commit(attempt.fence, attempt.event)) return attempt;
      this.policies.forget(context.tenantId);
      if (attempt.fence.key !== null) this.forget(attempt.fence.key);
      return undefined;
    });
  }

  /** It is not what it was taken for: neither the copy here nor what a lane may just have unwrapped. */
  private forget({ tenantId, keyId, ref }: KeyVersion): void {
    this.keys.forget(tenantId, keyId);
    if (ref.wrapped !== undefined) this.means.custody.forgetUnwrapped([ref.objectId]);
  }

  private async attempt<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    raw: unknown,
  ): Promise<Attempt> {
    let key: KeyVersion | null = null;
    let policy: EnforcedPolicy | null = null;
    let keyId: string | null = null;
    let risk: Risk | null = null;
    let ruling: Ruling | undefined;
    let keyQuota: KeyQuota | undefined;
    const end = (error: AnkaError | undefined, done: Done | undefined): Attempt => ({
      fence: { tenantId: context.tenantId, policy, key, tried: context.dryRun === true },
      event: eventOf(context, {
        operation: nameOf(operation, context),
        keyId: key?.keyId ?? keyId,
        algorithm: key?.algorithm ?? null,
        outcome: error === undefined && done?.failureCode === undefined ? 'success' : 'failure',
        failureCode: error === undefined ? (done?.failureCode ?? null) : failureCodeOf(error),
        ...(key === null ? {} : { details: { ...detailsOf(key, done?.alg, ruling), ...risk } }),
      }),
      ...(error === undefined ? {} : { error }),
      ...(done === undefined || key === null ? {} : { body: bodyOf(key, done, ruling) }),
      ...(done === undefined || ruling?.notice === undefined ? {} : { notice: ruling.notice }),
      ...(keyQuota === undefined ? {} : { keyQuota }),
    });
    try {
      const parsed = operation.item.safeParse(raw);
      if (!parsed.success) throw new AnkaError('request-invalid', describeIssues(parsed.error));
      const parts = operation.parse(parsed.data);
      const target = operation.target(parsed.data, parts);
      if ('keyId' in target) keyId = target.keyId;
      policy = await this.policies.of(context.tenantId);
      let granted = await this.keys.meant(context.tenantId, target);
      key = granted;
      assertMay(context, useOf[operation.name], granted.grants);
      risk = this.assertUsable(operation, key, operation.acceptsRisk(parsed.data));
      ruling = policy.ruling(key, operation.use, outsideSteps(this.means.custody, key.algorithm, key.purpose));
      if (!ruling.decision.allow) throw refusedBy(ruling.decision);
      const alg = operation.alg(key, parsed.data, parts);
      const testing = alg === null ? undefined : selfTested(this.means.custody, context, key, alg);
      if (testing !== undefined) await testing;
      if (context.dryRun === true) {
        await rehearse(this.means, (means) => operation.run(means, context, granted, parsed.data, parts));
        return triedOf(operation.name, end(undefined, undefined), granted, ruling);
      }
      // Of this item alone, for its span; the request's own counts too.
      const budget = metered(context);
      const perform = async (): Promise<Done> => {
        if (operation.use === 'protect' && this.means.budget.bounds(granted)) {
          const { version } = granted;
          granted = await this.means.budget.take(context, granted);
          key = granted;
          if (granted.version !== version) await this.assertFollowing(operation, context, target, granted);
        }
        return operation.run(this.means, budget, granted, parsed.data, parts);
      };
      const { quotas } = this.means;
      const done = await (quotas.bounds(granted)
        ? quotas.during(granted, perform, (left) => void (keyQuota = left))
        : perform());
      recordSpan(`pkcs11 ${operation.name}`, budget.hsm.micros, { 'ankasecure.algorithm': granted.algorithm });
      return end(undefined, done);
    } catch (error) {
      const failed = end(asAnkaError(error), undefined);
      if (context.dryRun !== true) return failed;
      // Whoever may not use the key does not learn which it is.
      const told = failed.error?.code === 'key-access-denied' ? null : key;
      return triedOf(operation.name, failed, told ?? { keyId }, ruling);
    }
  }

  /** @returns the risk that the caller has taken on itself, where there is one */
  private assertUsable<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    key: KeyVersion,
    acceptsRisk: boolean,
  ): Risk | null {
    if (!operation.purposes.includes(key.purpose))
      throw new AnkaError('purpose-mismatch', `A key for ${key.purpose} cannot ${operation.name}`);
    const state = stateAt(key, Date.now());
    const permission = permissionOf(state, operation.use);
    if (permission === 'no' || (permission === 'at-risk' && !acceptsRisk))
      throw new AnkaError('key-state', refusalOf(state, operation.name));
    return permission === 'at-risk' ? { riskAccepted: 'true', state } : null;
  }

  /**
   * A version that followed the one that was decided on was read later: whatever changed the key before that is not outdated by
   * its revision, so it is looked at here.
   */
  private async assertFollowing<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    target: Target,
    key: GrantedVersion,
  ): Promise<void> {
    assertMay(context, useOf[operation.name], key.grants);
    this.assertUsable(operation, key, false);
    if ((await this.keys.meant(context.tenantId, target)).keyId !== key.keyId)
      throw new AnkaError('decision-outdated', 'The alias now names another key. Try again.');
  }

  private giveUp<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context): Promise<Attempt> {
    const error = new AnkaError(
      'decision-outdated',
      'The key or the policy changed twice while the request ran. Try again.',
    );
    return this.fail(operation, context, error);
  }

  private async fail<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    error: AnkaError,
  ): Promise<Attempt> {
    const fence = undecided(context.tenantId);
    const event = eventOf(context, {
      operation: nameOf(operation, context),
      keyId: null,
      algorithm: null,
      outcome: 'failure',
      failureCode: error.code,
    });
    await this.outcomes.commit(fence, event);
    return { fence, event, error };
  }

  /** One item or many, not yet looked at one by one. A body that cannot be taken apart is an outcome too. */
  private async parse<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    bytes: Uint8Array,
  ): Promise<{ items: unknown[]; batch: boolean }> {
    try {
      const request = parseJson(bytes);
      return isBatch(request)
        ? { items: validate(batchOf, request).items, batch: true }
        : { items: [request], batch: false };
    } catch (error) {
      const failed = asAnkaError(error);
      await this.fail(operation, context, failed);
      throw failed;
    }
  }
}

const isBatch = (request: unknown): request is { items: unknown } =>
  typeof request === 'object' && request !== null && Object.hasOwn(request, 'items');
