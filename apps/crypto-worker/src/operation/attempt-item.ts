import { AnkaError, type Context } from '@ankasecure/contracts';
import { asAnkaError, describeIssues } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { ZodError } from 'zod';
import { assertMay, useOf } from '../access/access.js';
import { Custody } from '../custody/custody.js';
import { outsideSteps, withDataKey } from '../custody/outside-step.js';
import { privateKeyElsewhere } from '../custody/public/public-custody.js';
import { type Metered, metered } from '../deadline/metered.js';
import { allOf, permissionOf, refusalOf, stateAt, stateHolds, usesOfKey } from '../key/key-state.js';
import { type GrantedVersion, KeyStore, type Target } from '../key/key-store.js';
import type { KeyVersion } from '../key/key-version.js';
import { selfTested } from '../key/self-tested.js';
import type { Fence } from '../outcome/fence.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { refusedBy } from '../policy/ruling.js';
import { Quotas } from '../quota/quotas.js';
import type { Attempt } from './attempt.js';
import { UseBudget } from './budget/use-budget.js';
import { type AcceptedRisk, ItemRecord, type PerformedOperation } from './item-record.js';
import type { Operation } from './operation.js';
import { misfitOf, type Trial, tryVersions } from './try-versions.js';
import { runWithoutHsm } from './without-hsm.js';

/** One item of a request, and its operation. */
interface ItemRequest<Item, Parsed> {
  readonly operation: Operation<Item, Parsed>;
  readonly context: Context;
  readonly item: Item;
  readonly parsed: Parsed;
  readonly target: Target;
  /** Meters the operation alone, in all versions that are tried: no self-test, and no rotation of a used-up key. */
  readonly budget: Metered;
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
    const record = new ItemRecord(operation, context);
    try {
      const request = readItem(operation, context, raw, record);
      const trial = (version?: number, earlier?: ItemRecord): Promise<Trial> =>
        this.trial(request, earlier === undefined ? record : earlier.ofAnotherVersion(), version);
      return await tryVersions(trial, {
        isOpen: (key) => isOpen(request, key),
        isCurrent: (key) => this.keys.isCurrent(key),
      });
    } catch (error) {
      return refused(record, context, asAnkaError(error));
    }
  }

  /**
   * Decides about an item, and uses no key. It concerns the version that the item names, or the current one.
   * @returns the refusal, or undefined if the item may be attempted
   */
  async refusal<Item, Parsed>(
    operation: Operation<Item, Parsed>,
    context: Context,
    raw: unknown,
  ): Promise<Attempt | undefined> {
    const record = new ItemRecord(operation, context);
    try {
      await this.decide(readItem(operation, context, raw, record), record, undefined);
      return undefined;
    } catch (error) {
      return refused(record, context, asAnkaError(error));
    }
  }

  /** The refusal of an item that is not valid. */
  refused<Item, Parsed>(operation: Operation<Item, Parsed>, context: Context, invalid: ZodError): Attempt {
    const error = new AnkaError('request-invalid', describeIssues(invalid));
    return refused(new ItemRecord(operation, context), context, error);
  }

  /** Tries one version. Never rejects. @param version undefined for the one that the item means */
  private async trial<Item, Parsed>(
    request: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    version: number | undefined,
  ): Promise<Trial> {
    const { context } = request;
    try {
      const key = await this.decide(request, record, version);
      if (context.dryRun === true) {
        await this.runUpToHsm(request, key);
        return { record, end: () => record.dryRun() };
      }
      const performed = await this.perform(request, record, key, version !== undefined);
      const isMisfit = performed.result.failureCode !== undefined;
      return { record, end: () => record.succeeded(performed), ...(isMisfit && { misfit: 'does-not-fit' }) };
    } catch (thrown) {
      const error = asAnkaError(thrown);
      const misfit = misfitOf(error, version !== undefined);
      const end = () => refused(record, context, error);
      return { record, end, ...(misfit !== undefined && { misfit }) };
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
    version: number | undefined,
  ): Promise<GrantedVersion> {
    const policy = await this.policies.of(context.tenantId);
    record.policy = policy;
    const meant = version === undefined ? target : { keyId: record.keyId ?? '', version };
    const key = await this.keys.meant(context.tenantId, meant);
    record.key = key;
    assertMay(context, useOf[operation.name], key.grants);
    const now = policy.now();
    record.validity = stateHolds(key, now);
    record.risk = assertUsable(operation, key, operation.acceptsRisk(item), now);
    const ofKey = outsideSteps(this.custody, key);
    const steps = operation.releasesDataKey?.(item) === true ? withDataKey(ofKey) : ofKey;
    const ruling = policy.ruling(key, operation.use, steps, now, operation.enc(item, parsed));
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

  /** Runs the operation within the key's quota. @param isFurther whether it is a further try, which counts if it calls the token */
  private perform<Item, Parsed>(
    request: ItemRequest<Item, Parsed>,
    record: ItemRecord,
    decided: GrantedVersion,
    isFurther: boolean,
  ): Promise<PerformedOperation> {
    const { operation, item, parsed } = request;
    const isFree = isFurther && operation.alg(decided, item, parsed) === null;
    if (isFree || !this.quotas.bounds(decided)) return this.use(request, record, decided);
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
    const { operation, budget, item, parsed } = request;
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
    if (namesVersion(target))
      throw new AnkaError('key-exhausted', 'The version that the request names is used up, and another replaced it.');
    if ((await this.keys.meant(context.tenantId, target)).keyId !== key.keyId)
      throw new AnkaError('decision-outdated', 'The alias now names another key. Try again.');
  }
}

const refused = (record: ItemRecord, { dryRun }: Context, error: AnkaError): Attempt =>
  dryRun === true ? record.dryRun(error) : record.failed(error);

/** Whether an item that protects names the version, so that no other may take its place. */
const namesVersion = (target: Target): boolean =>
  'alias' in target ? target.of !== undefined : target.version !== null;

/**
 * Whether an item leaves the version of this key open. What it protects with is the current version, and a kid or the request
 * can name one.
 */
const isOpen = <Item, Parsed>({ operation, target }: ItemRequest<Item, Parsed>, { keyId }: KeyVersion): boolean => {
  if (operation.use === 'protect') return false;
  if ('alias' in target) return target.of === undefined || target.of(keyId).version === null;
  return 'keyId' in target && target.version === null;
};

/** Reads the item, and puts the key that it names on record. @throws AnkaError `request-invalid` */
const readItem = <Item, Parsed>(
  operation: Operation<Item, Parsed>,
  context: Context,
  raw: unknown,
  record: ItemRecord,
): ItemRequest<Item, Parsed> => {
  const checked = operation.item.safeParse(raw);
  if (!checked.success) throw new AnkaError('request-invalid', describeIssues(checked.error));
  const item = checked.data;
  const parsed = operation.parse(item);
  const target = operation.target(item, parsed);
  if ('keyId' in target) record.keyId = target.keyId;
  return { operation, context, item, parsed, target, budget: metered(context) };
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
  if (!usesOfKey(key.purpose, key.custody).includes(use)) throw new AnkaError('purpose-mismatch', privateKeyElsewhere);
  const state = stateAt(key, now);
  const permission = permissionOf(state, use);
  if (permission === 'no' || (permission === 'at-risk' && !acceptsRisk))
    throw new AnkaError('key-state', refusalOf(state, name));
  return permission === 'at-risk' ? { riskAccepted: 'true', state } : null;
};
