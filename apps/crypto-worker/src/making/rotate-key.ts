import {
  AnkaError,
  type AuditEvent,
  auditEvent,
  type Context,
  type DryRun,
  type Key,
  type KeyState,
  type Notice,
} from '@ankasecure/contracts';
import { changeRecord, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { assertGranted } from '../access/grant.js';
import { Custody, type KeyRef } from '../custody/custody.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import { keyResource } from '../key/key-resource.js';
import {
  allOf,
  hasBegun,
  isRotatable,
  isValidAt,
  refusalOf,
  stateAt,
  stateHolds,
  targetOf,
  type Validity,
} from '../key/key-state.js';
import { KeyStore, lifecycleOf } from '../key/key-store.js';
import { objectKindOf } from '../key/key-version.js';
import { assertRevision, lockKey, reviseKey } from '../key/lock/lock-key.js';
import { readCurrentAndMade, type StoredVersion } from '../key/record/select-version.js';
import { type Forecast, forecastKey } from '../outcome/dry-run-answer.js';
import { type KeyMaking, KeyMakingRunner } from '../outcome/key-making.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { assertMadeHere } from '../policy/made-here.js';
import { newVersionRequest } from '../policy/new-version.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';
import { followedVersion } from './followed-version.js';
import { VersionMaker } from './make-version.js';
import { decisionHolds } from './rotate-key.sql.js';

export interface Rotation {
  readonly id: string;
  /** The version to replace; any version if left out. */
  readonly expectedVersion?: number | undefined;
  /** The reason for the rotation, for the event's details. */
  readonly trigger: 'request' | 'schedule' | 'uses';
  /** The turn that the rotation takes, if it must happen only once. */
  readonly turn?: Turn;
}

/** A turn that one worker takes once. */
export interface Turn {
  readonly isOpen: (manager: EntityManager) => Promise<boolean>;
  /** Runs in the recording transaction, with the key locked. @returns false if another worker has taken the turn */
  readonly take: (manager: EntityManager) => Promise<boolean>;
}

/** The key with its new version. */
export interface Rotated {
  readonly key: Key;
  readonly notice?: Notice | undefined;
}

interface RotationPlan {
  readonly ref: Omit<KeyRef, 'objectId' | 'owner'>;
  readonly replaced: StoredVersion;
  readonly ruling: Ruling;
  /** The state of the replaced version. */
  readonly from: KeyState;
  readonly validity: Validity;
}

/** The version that the request has made already, if there is one, and the key's current version, which comes last. */
type Versions = readonly StoredVersion[];

/** Makes a new version in the HSM. One commit records it as the current version and deactivates the old one. */
@Injectable()
export class RotateKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly makings: KeyMakingRunner,
    private readonly versions: VersionMaker,
  ) {}

  /**
   * Rotates once per `resourceId` of the context, if there is one. Nothing is done twice: if another call has taken the turn
   * or replaced the used-up version meanwhile, the key is returned unchanged. A scheduled rotation replaces only an ACTIVE
   * version.
   * @throws AnkaError `key-not-found`, `key-access-denied` for a request, `key-state`, `precondition-failed`,
   * `policy-refused`, `algorithm-unavailable`, and custody's errors
   */
  rotate(context: Context, rotation: Rotation): Promise<Rotated | DryRun> {
    return this.makings.run(context, this.making(context, rotation));
  }

  private making(context: Context, rotation: Rotation): KeyMaking<Versions, RotationPlan, Rotated> {
    const { id, trigger } = rotation;
    return {
      operation: 'key.rotate',
      keyId: id,
      details: { trigger },
      isRequested: trigger === 'request',
      named: { keyId: id },
      attempts: 3,
      outdated: 'The key or the policy changed while the key was rotated. Try again.',
      find: () => this.read(context, id),
      standing: (found) => this.standing(context, rotation, found),
      plan: async (found, policy) => {
        const current = found.at(-1);
        if (trigger === 'request' && current !== undefined) {
          await this.assertMayManage(context, id);
          assertRevision(context, current.key.revision);
        }
        return this.plan(context, rotation, current, policy);
      },
      foresee: forecast,
      failure: (found, failureCode) => rotationEvent(context, rotation, found?.at(-1), failureCode),
      make: (_found, plan, policy) => this.make(context, rotation, plan, policy),
    };
  }

  /** The key, if this rotation has been done already. */
  private async standing(context: Context, rotation: Rotation, found: Versions): Promise<Rotated | undefined> {
    const { tenantId, resourceId } = context;
    const made = found.find(({ requestId }) => requestId !== null && requestId === resourceId);
    if (made !== undefined) {
      if (rotation.trigger === 'request') await this.assertMayManage(context, rotation.id);
      return { key: keyResource(this.custody, made, this.now()) };
    }
    const current = found.at(-1);
    if (current === undefined || !(await this.isDone(tenantId, rotation, current))) return undefined;
    return { key: keyResource(this.custody, current, this.now()) };
  }

  private async isDone(
    tenantId: string,
    { trigger, expectedVersion, turn }: Rotation,
    current: StoredVersion,
  ): Promise<boolean> {
    if (trigger === 'uses' && expectedVersion !== current.version) return true;
    if (trigger === 'schedule' && stateAt(lifecycleOf(current), this.now()) !== 'ACTIVE') return true;
    return turn !== undefined && !(await withTenant(this.dataSource, tenantId, turn.isOpen));
  }

  private async make(
    context: Context,
    rotation: Rotation,
    plan: RotationPlan,
    policy: EnforcedPolicy,
  ): Promise<Rotated | undefined> {
    const { tenantId, resourceId } = context;
    const { ref, replaced, ruling } = plan;
    const { keyId: id, custody } = replaced;
    const made = await this.versions.make(
      context,
      {
        tenantId,
        keyId: id,
        version: replaced.version + 1,
        state: 'ACTIVE',
        activateAt: null,
        deactivateAt: null,
        custody,
        requestId: resourceId ?? null,
      },
      {
        event: rotationEvent(context, rotation, replaced, null),
        ref,
        make: (key) => this.custody.generate(context, key),
        holds: (manager) => this.holds(manager, context, plan, policy),
        record: (manager) => this.record(manager, context, rotation, plan),
      },
    );
    if (made === undefined) return undefined;
    this.keys.forget(tenantId, id);
    const key = keyResource(this.custody, (await this.read(context, id)).at(-1) as StoredVersion, this.now());
    const { warnings, notice } = ruling;
    return { key: warnings.length > 0 ? { ...key, warnings: [...warnings] } : key, notice };
  }

  /** Runs after the versions were read. A later change of grants makes a new revision of them, which the record detects. */
  private assertMayManage(context: Context, id: string): Promise<void> {
    return withTenant(this.dataSource, context.tenantId, (manager) => assertGranted(manager, context, 'manage', id));
  }

  /** Plans a key of the same kind, if state, policy and token still allow it and the caller still waits. */
  private async plan(
    context: Context,
    { expectedVersion, trigger }: Rotation,
    current: StoredVersion | undefined,
    policy: EnforcedPolicy,
  ): Promise<RotationPlan> {
    if (current === undefined) throw new AnkaError('key-not-found');
    const { custody } = current;
    const { algorithm, purpose, algs } = current.key;
    assertMadeHere(purpose);
    if (expectedVersion !== undefined && expectedVersion !== current.version)
      throw new AnkaError(
        'precondition-failed',
        `The current version is ${current.version}. Read the key again and repeat the rotation.`,
      );
    const now = policy.now();
    const state = stateAt(lifecycleOf(current), now);
    // An automatic rotation replaces only a version in use.
    if (!isRotatable(state) || (trigger !== 'request' && state !== 'ACTIVE'))
      throw new AnkaError('key-state', refusalOf(state, 'be rotated'));
    if (!hasBegun(lifecycleOf(current), now))
      throw new AnkaError(
        'key-state',
        'The key has an activation date in the future, but a new version would be ACTIVE at once',
      );
    const ruling = policy.decide(newVersionRequest(this.custody, policy, current), now);
    if (!ruling.decision.allow) throw refusedBy(ruling.decision);
    await this.versions.room.assertForVersion(current);
    const capability = await this.custody.capability(context, algorithm, purpose, custody);
    const missing = algs.filter((alg) => !capability.algs.includes(alg));
    if (missing.length > 0)
      throw new AnkaError(
        'algorithm-unavailable',
        `The token does not support ${missing.join(', ')} with ${algorithm} now`,
      );
    assertInTime(context);
    const validity = allOf(stateHolds(lifecycleOf(current), now), ruling.decision);
    return { ref: objectKindOf(current.key), replaced: current, from: state, ruling, validity };
  }

  private async holds(
    manager: EntityManager,
    context: Context,
    { replaced, validity }: RotationPlan,
    policy: EnforcedPolicy,
  ): Promise<boolean> {
    const { tenantId } = context;
    const { keyId: id, version } = replaced;
    await lockKey(manager, context, id);
    const decided = [tenantId, id, version, replaced.revision, policy.revision];
    const held = await manager.query<unknown[]>(decisionHolds, decided);
    if (held.length === 0 || !(await this.versions.room.isLeftForVersion(manager, tenantId))) return false;
    return isValidAt(validity, await this.makings.clock.within(manager));
  }

  private async record(
    manager: EntityManager,
    { tenantId }: Context,
    rotation: Rotation,
    { replaced, from }: RotationPlan,
  ): Promise<boolean> {
    if (rotation.turn !== undefined && !(await rotation.turn.take(manager))) return false;
    const next = targetOf('rotate', from) ?? from;
    const now = await transactionTime(manager);
    await changeRecord(manager, replaced, followedVersion(replaced, next, rotation.trigger, now));
    await reviseKey(manager, tenantId, replaced.keyId);
    return true;
  }

  private now(): number {
    return this.makings.clock.now();
  }

  private read({ tenantId, resourceId }: Context, id: string): Promise<StoredVersion[]> {
    return withTenant(this.dataSource, tenantId, (manager) =>
      readCurrentAndMade(manager, tenantId, id, resourceId ?? null),
    );
  }
}

const forecast = ({ replaced, from, ruling }: RotationPlan): Forecast => {
  return {
    key: { ...forecastKey(replaced), version: replaced.version + 1 },
    changes: [{ version: replaced.version, from, to: targetOf('rotate', from) ?? from }],
    ruling,
  };
};

const rotationEvent = (
  context: Context,
  { id, trigger }: Rotation,
  current: StoredVersion | undefined,
  failureCode: string | null,
): AuditEvent =>
  auditEvent(context, {
    operation: 'key.rotate',
    keyId: id,
    algorithm: current?.key.algorithm ?? null,
    failureCode,
    details: { trigger, ...(current === undefined ? {} : versionsOf(current)) },
  });

const versionsOf = ({ version, custody, partition }: StoredVersion): Record<string, string> => ({
  version: String(version + 1),
  replaces: String(version),
  custody,
  partition,
});
