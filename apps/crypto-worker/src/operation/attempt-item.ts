import { AnkaError, type Context } from '@ankasecure/contracts';
import { asAnkaError, describeIssues } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { assertMay, useOf } from '../access/access.js';
import { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { metered } from '../deadline/metered.js';
import { allOf, permissionOf, refusalOf, stateAt, stateHolds } from '../key/key-state.js';
import { type GrantedVersion, KeyStore, type Target } from '../key/key-store.js';
import type { KeyVersion } from '../key/key-version.js';
import { selfTested } from '../key/self-tested.js';
import type { Fence } from '../outcome/fence.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { refusedBy } from '../policy/ruling.js';
import { Quotas } from '../quota/quotas.js';
import type { Attempt } from './attempt.js';
import { type AcceptedRisk, ItemRecord, type PerformedOperation } from './item-record.js';
import type { Operation } from './operation.js';
import { UseBudget } from './use-budget.js';
import { runWithoutHsm } from './without-hsm.js';

/** One item of a request, and its operation. */
interface ItemRequest<Item, Parsed> {
  readonly operation: Operation<Item, Parsed>;
  readonly context: Context;
  readonly item: Item;
  readonly parsed: Parsed;
  readonly target: Target;
}

/**
 * Takes one item through key, state, policy and HSM. It decides on copies. The attempt's fence names the revisions it
 * decided on.
 */
@Injectable()
export class AttemptItem {
  constructor(
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
    private readonly budget: UseBudget,
    private readonly quotas: Quotas,
  ) {}

  /** Never rejects: a refusal is an outcome of the attempt. */
  async attempt<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context, raw: unknown): Promise<Attempt> {
    const record = new ItemRecord(operation.name, context);
    try {
      const request = readItem(operation, context, raw);
      if ('keyId' in request.target) record.keyId = request.target.keyId;
      const key = await this.decide(request, record);
      if (context.dryRun === true) {
        await this.runUpToHsm(request, key);
        return record.dryRun();
      }
      return record.succeeded(await this.perform(request, record, key));
    } catch (error) {
      return context.dryRun === true ? record.dryRun(asAnkaError(error)) : record.failed(asAnkaError(error));
    }
  }

  /** Drops the copies that an outdated attempt was decided on, and any unwrapped key in a lane. */
  forget({ tenantId, key }: Fence): void {
    this.policies.forget(tenantId);
    if (key === null) return;
    this.keys.forget(tenantId, key.keyId);
    if (key.ref.wrapped !== undefined) this.custody.forgetUnwrapped([key.ref.objectId]);
  }

  /**
   * Decides whether the caller may use the key for this operation, by its grants, the key's state, the tenant's policy and
   * the token's self-tests.
   */
  private async decide<Item, Parsed>(
    { operation, context, item, parsed, target }: ItemRequest<Item, Parsed>,
    record: ItemRecord,
  ): Promise<GrantedVersion> {
    const policy = await this.policies.of(context.tenantId);
    record.policy = policy;
    const key = await this.keys.meant(context.tenantId, target);
    record.key = key;
    assertMay(context, useOf[operation.name], key.grants);
    const now = policy.now();
    record.validity = stateHolds(key, now);
    record.risk = assertUsable(operation, key, operation.acceptsRisk(item), now);
    const ruling = policy.ruling(key, operation.use, outsideSteps(this.custody, key), now, operation.enc(item, parsed));
    record.ruling = ruling;
    record.validity = allOf(record.validity, ruling.decision);
    if (!ruling.decision.allow) throw refusedBy(ruling.decision);
    const alg = operation.alg(key, item, parsed);
    const testing = alg === null ? undefined : selfTested(this.custody, context, key, alg);
    if (testing !== undefined) await testing;
    return key;
  }

  private runUpToHsm<Item, Parsed>(
    { operation, context, item, parsed }: ItemRequest<Item, Parsed>,
    key: KeyVersion,
  ): Promise<void> {
    return runWithoutHsm(this.custody, (custody) => operation.run(custody, context, key, item, parsed));
  }

  /** Runs the operation within the key's quota. */
  private perform<Item, Parsed>(
    request: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    decided: GrantedVersion,
  ): Promise<PerformedOperation> {
    if (!this.quotas.bounds(decided)) return this.use(request, record, decided);
    return this.quotas.during(
      decided,
      () => this.use(request, record, decided),
      (left) => {
        record.keyQuota = left;
      },
    );
  }

  private async use<Item, Parsed>(
    request: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    decided: GrantedVersion,
  ): Promise<PerformedOperation> {
    const { operation, context, item, parsed } = request;
    // Meters the operation alone: no self-test, and no rotation of a used-up key.
    const budget = metered(context);
    const key = this.budget.bounds(decided) ? await this.takeUse(request, record, decided) : decided;
    const result = await operation.run(this.custody, budget, key, item, parsed);
    return { key, result, hsmMicros: budget.hsm.micros };
  }

  /** Takes one use of a key that may protect a limited number of times. @returns the key, or the version that replaced it */
  private async takeUse<Item, Parsed>(
    request: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    decided: GrantedVersion,
  ): Promise<GrantedVersion> {
    if (request.operation.use !== 'protect') return decided;
    const key = await this.budget.take(request.context, decided);
    record.key = key;
    if (key.version !== decided.version) await this.assertFollowing(request, record, key);
    return key;
  }

  /**
   * Checks a version that replaced the one that was decided on. It was read later, so the fence does not detect earlier
   * changes of the key.
   */
  private async assertFollowing<Item, Parsed>(
    { operation, context, target }: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    key: GrantedVersion,
  ): Promise<void> {
    assertMay(context, useOf[operation.name], key.grants);
    const now = record.policy?.now() ?? 0;
    record.validity = allOf(record.validity, stateHolds(key, now));
    assertUsable(operation, key, false, now);
    if ((await this.keys.meant(context.tenantId, target)).keyId !== key.keyId)
      throw new AnkaError('decision-outdated', 'The alias now names another key. Try again.');
  }
}

/** @throws AnkaError `request-invalid` */
const readItem = <Item, Parsed>(
  operation: Operation<Item, Parsed>,
  context: Context,
  raw: unknown,
): ItemRequest<Item, Parsed> => {
  const checked = operation.item.safeParse(raw);
  if (!checked.success) throw new AnkaError('request-invalid', describeIssues(checked.error));
  const item = checked.data;
  const parsed = operation.parse(item);
  return { operation, context, item, parsed, target: operation.target(item, parsed) };
};

/** @returns the risk that the caller accepts, if there is one */
const assertUsable = (
  { name, use, purposes }: Pick<Operation<never, never>, 'name' | 'use' | 'purposes'>,
  key: KeyVersion,
  acceptsRisk: boolean,
  now: number,
): AcceptedRisk | null => {
  if (!purposes.includes(key.purpose))
    throw new AnkaError('purpose-mismatch', `A key for ${key.purpose} cannot ${name}`);
  const state = stateAt(key, now);
  const permission = permissionOf(state, use);
  if (permission === 'no' || (permission === 'at-risk' && !acceptsRisk))
    throw new AnkaError('key-state', refusalOf(state, name));
  return permission === 'at-risk' ? { riskAccepted: 'true', state } : null;
};
