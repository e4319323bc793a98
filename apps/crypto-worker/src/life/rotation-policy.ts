import {
  AnkaError,
  type Context,
  type DryRun,
  type putRotationPolicy,
  type RotationPolicy,
  secondsOf,
} from '@ankasecure/contracts';
import type { PolicyRequest } from '@ankasecure/policy-rules';
import { Clock, changeRecord, removeRecord, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertGranted } from '../access/grant.js';
import { CertifiedModule } from '../custody/certified-module.js';
import { Custody } from '../custody/custody.js';
import { dayMs } from '../deadline/day.js';
import { onTheWayOut, refusalOf, stateAt } from '../key/key-state.js';
import { lifecycleOf } from '../key/key-store.js';
import { lockKeyFor, outdateKey, reviseKey } from '../key/lock/lock-key.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { RotationPolicyRecord } from '../key/record/rotation-policy.entity.js';
import { readCurrent } from '../key/record/select-version.js';
import { forecastKey } from '../outcome/dry-run-answer.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { policyWithin } from '../policy/enforced-policy.js';
import { assertMadeHere, ownerMakesIt } from '../policy/made-here.js';
import { newVersionRequest } from '../policy/new-version.js';
import { refusedBy } from '../policy/ruling.js';

type PutRequest = z.infer<typeof putRotationPolicy.contract.request>;

/** A resource and its revision. The revision of a rotation policy is its key's, as of everything that belongs to a key. */
interface OfRevision<Body> {
  readonly body: Body;
  readonly revision: number;
}

/** A change of a key's rotation policy as a request states it. */
interface PolicyChange {
  readonly operation: 'key.rotation-policy.put' | 'key.rotation-policy.delete';
  readonly id: string;
  /** Details of a refusal's event: the requested policy. */
  readonly details: Readonly<Record<string, string>>;
  /** Runs with the key locked, as of `now`. @throws AnkaError the refusal */
  readonly check: (manager: EntityManager, now: number) => Promise<void>;
  readonly write: (manager: EntityManager) => Promise<RotationPolicy>;
}

/**
 * Keys' rotation policies. A change makes every cached version of the key outdated, so it is in force everywhere once it has
 * returned.
 */
@Injectable()
export class RotationPolicies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: KeyActionRunner,
    private readonly custody: Custody,
    private readonly clock: Clock,
    private readonly certified: CertifiedModule,
  ) {}

  /** @throws AnkaError `key-not-found`, also if the key has no policy; `key-access-denied` */
  async get(context: Context, { id }: { id: string }): Promise<OfRevision<RotationPolicy>> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const key = await manager.findOneBy(KeyRecord, { tenantId, id });
      if (key === null) throw noPolicy();
      await assertGranted(manager, context, 'view', id);
      return { body: await read(manager, tenantId, id), revision: key.revision };
    });
  }

  /** @throws AnkaError `key-not-found`, `precondition-failed`, `request-invalid`, `key-state`, `policy-refused` */
  put(context: Context, request: PutRequest): Promise<OfRevision<RotationPolicy> | DryRun> {
    return this.change(context, this.putting(context, request));
  }

  /** @returns the policy before its removal. @throws AnkaError `key-not-found`, `precondition-failed` */
  remove(context: Context, request: { id: string }): Promise<OfRevision<RotationPolicy> | DryRun> {
    return this.change(context, removing(context, request));
  }

  private change(
    context: Context,
    { operation, id, details, check, write }: PolicyChange,
  ): Promise<OfRevision<RotationPolicy> | DryRun> {
    const { tenantId } = context;
    return this.actions.run(context, {
      operation,
      keyId: id,
      details,
      check: async (manager, time) => {
        await lockKeyFor(manager, context, 'manage', id);
        await check(manager, await time());
      },
      foresee: async (_plan, manager) => ({
        key: forecastKey(await readCurrent(manager, tenantId, id)),
      }),
      write: async (manager) => {
        const body = await write(manager);
        await outdateKey(manager, tenantId, id);
        const revision = await reviseKey(manager, tenantId, id);
        return { result: { body, revision }, events: [{ details: wordsOf(body) }] };
      },
    });
  }

  private putting({ tenantId, principal }: Context, request: PutRequest): PolicyChange {
    const { id, interval, maxUses } = request;
    const { seconds, nextAt, rotationDays } = scheduleOf(request, this.clock.now());
    const asked = { interval: interval ?? null, nextAt: nextAt?.toISOString() ?? null, maxUses: maxUses ?? null };
    return {
      operation: 'key.rotation-policy.put',
      id,
      details: wordsOf(asked),
      check: async (manager, now) => {
        assertAhead(request, now);
        await this.assertAllowed(manager, { tenantId, id, now }, rotationDays === undefined ? {} : { rotationDays });
      },
      write: async (manager) => {
        await write(manager, {
          tenantId,
          keyId: id,
          interval: interval ?? null,
          intervalSeconds: seconds,
          nextAt,
          maxUses: maxUses ?? null,
          setBy: principal,
        });
        return read(manager, tenantId, id);
      },
    };
  }

  /**
   * Refuses a policy for a key that is scheduled for destruction or destroyed, and a policy whose rotations the tenant's
   * policy would refuse or requires earlier.
   */
  private async assertAllowed(
    manager: EntityManager,
    { tenantId, id, now }: { readonly tenantId: string; readonly id: string; readonly now: number },
    planned: Pick<PolicyRequest, 'rotationDays'>,
  ): Promise<void> {
    const policy = await policyWithin(manager, tenantId, { now: () => now }, this.certified);
    const row = await readCurrent(manager, tenantId, id);
    assertMadeHere(row.key.purpose);
    if (row.custody === 'public') throw new AnkaError('purpose-mismatch', ownerMakesIt);
    const state = stateAt(lifecycleOf(row), now);
    if (onTheWayOut.includes(state)) throw new AnkaError('key-state', refusalOf(state, 'have a rotation policy'));
    const { decision } = policy.decide({ ...newVersionRequest(this.custody, policy, row), ...planned });
    if (!decision.allow) throw refusedBy(decision);
  }
}

/** The dates of a rotation policy, and the longest time between rotations in days. */
const scheduleOf = ({ interval, at }: PutRequest, now: number) => {
  const seconds = interval === undefined ? null : secondsOf(interval);
  if (seconds === null) return { seconds, nextAt: null, rotationDays: undefined };
  const nextAt = new Date(at ?? now + seconds * 1000);
  return { seconds, nextAt, rotationDays: Math.max(seconds * 1000, nextAt.getTime() - now) / dayMs };
};

/** @throws AnkaError `request-invalid` */
const assertAhead = ({ at }: PutRequest, now: number): void => {
  if (at !== undefined && Date.parse(at) <= now) throw new AnkaError('request-invalid', 'at: must be in the future');
};

const removing = ({ tenantId }: Context, { id }: { id: string }): PolicyChange => ({
  operation: 'key.rotation-policy.delete',
  id,
  details: {},
  check: async (manager) => {
    await read(manager, tenantId, id);
  },
  write: async (manager) => {
    const policy = await read(manager, tenantId, id);
    await removeRecord(manager, await manager.findOneByOrFail(RotationPolicyRecord, { tenantId, keyId: id }));
    return policy;
  },
});

/** Sets the policy of a locked key. */
const write = async (
  manager: EntityManager,
  policy: Omit<RotationPolicyRecord, 'seal' | 'recordRevision'>,
): Promise<void> => {
  const { tenantId, keyId } = policy;
  const held = await manager.findOneBy(RotationPolicyRecord, { tenantId, keyId });
  if (held === null) await manager.insert(RotationPolicyRecord, policy);
  else await changeRecord(manager, held, policy);
};

const noPolicy = (): AnkaError => new AnkaError('key-not-found', 'The key does not exist or has no rotation policy');

const read = async (manager: EntityManager, tenantId: string, id: string): Promise<RotationPolicy> => {
  const policy = await manager.findOneBy(RotationPolicyRecord, { tenantId, keyId: id });
  if (policy === null) throw noPolicy();
  const { keyId, interval, nextAt, maxUses, setBy } = policy;
  return { keyId, interval, nextAt: nextAt?.toISOString() ?? null, maxUses, setBy };
};

const wordsOf = ({ interval, nextAt, maxUses }: Pick<RotationPolicy, 'interval' | 'nextAt' | 'maxUses'>) => ({
  ...(interval === null ? {} : { interval }),
  ...(nextAt === null ? {} : { nextAt }),
  ...(maxUses === null ? {} : { maxUses: String(maxUses) }),
});
