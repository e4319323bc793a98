import type { Context, DryRun, Key, Notice } from '@ankasecure/contracts';
import { changeRecord, nextNumber, transactionTime, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThanOrEqual } from 'typeorm';
import { assertGranted } from '../access/grant.js';
import { Custody } from '../custody/custody.js';
import { lockFreeKids, writeFormerKids } from '../key/former-kids.js';
import { keyResource } from '../key/key-resource.js';
import { isValidAt, stateAt, targetOf } from '../key/key-state.js';
import { KeyStore, lifecycleOf } from '../key/key-store.js';
import { assertRevision, lockKey, reviseKey } from '../key/lock/lock-key.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { readCurrentAndMade, type StoredVersion } from '../key/record/select-version.js';
import { type KeyMaking, KeyMakingRunner } from '../outcome/key-making.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { isPolicyUnchanged, isVersionUnchanged } from './decided-on.js';
import { followedVersion, toBeFollowed } from './followed-version.js';
import { VersionMaker } from './make-version.js';
import {
  forecast,
  planRotation,
  type Rotation,
  type RotationPlan,
  replacedOf,
  rotationEvent,
  type Versions,
  wantedOf,
} from './plan-rotation.js';

/** The key with its new version. */
export interface Rotated {
  readonly key: Key;
  readonly notice?: Notice | undefined;
}

/**
 * Makes a new version in the HSM. One commit records it as the current version and deactivates the old one, or gives both the
 * date on which that happens.
 */
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
        const [first] = found;
        if (trigger === 'request' && first !== undefined) {
          await this.assertMayManage(context, id);
          assertRevision(context, first.key.revision);
        }
        if (rotation.formerKids !== undefined) await this.keys.former.assertFree(context.tenantId, rotation.formerKids);
        const { custody } = this;
        const planning = {
          custody,
          room: this.versions.room,
          policy,
          nextVersion: (newest: StoredVersion) => this.nextVersion(newest),
        };
        return planRotation(planning, context, rotation, found);
      },
      foresee: forecast,
      failure: (found, failureCode) => rotationEvent(context, rotation, wantedOf(found, this.now()), failureCode),
      make: (_found, plan, policy) => this.make(context, rotation, plan, policy),
    };
  }

  private nextVersion({ tenantId, keyId, version }: StoredVersion): Promise<number> {
    return withTenant(this.dataSource, tenantId, (manager) =>
      nextNumber(manager, KeyVersionRecord, { tenantId, keyId }, version),
    );
  }

  /** The key, if this rotation has been done already. */
  private async standing(context: Context, rotation: Rotation, found: Versions): Promise<Rotated | undefined> {
    const { tenantId, resourceId } = context;
    const made = found.find(({ requestId }) => requestId !== null && requestId === resourceId);
    if (made !== undefined) {
      if (rotation.trigger === 'request') await this.assertMayManage(context, rotation.id);
      return { key: keyResource(this.custody, made, this.now()) };
    }
    const current = replacedOf(found, this.now());
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
    const { ref, replaced, version, activateAt, ruling, spki } = plan;
    const { keyId: id, custody } = replaced;
    const made = await this.versions.make(
      context,
      {
        tenantId,
        keyId: id,
        version,
        state: activateAt === null ? 'ACTIVE' : 'PRE_ACTIVE',
        activateAt,
        deactivateAt: null,
        custody,
        requestId: resourceId ?? null,
      },
      {
        event: rotationEvent(context, rotation, plan, null),
        ref,
        make: async (key) => (spki === undefined ? this.custody.generate(context, key) : { spki, wrapped: null }),
        holds: (manager) => this.holds(manager, context, { ...plan, formerKids: rotation.formerKids }, policy),
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

  /** @throws AnkaError `former-kid-taken` */
  private async holds(
    manager: EntityManager,
    context: Context,
    { replaced, version, validity, formerKids = [] }: RotationPlan & Pick<Rotation, 'formerKids'>,
    policy: EnforcedPolicy,
  ): Promise<boolean> {
    const { tenantId } = context;
    const { keyId: id } = replaced;
    await lockKey(manager, context, id);
    const held =
      (await isVersionUnchanged(manager, replaced)) &&
      (await isPolicyUnchanged(manager, tenantId, policy)) &&
      !(await isAnyFrom(manager, { tenantId, keyId: id, version }));
    if (!held || !(await this.versions.room.isLeftForVersion(manager, tenantId))) return false;
    await lockFreeKids(manager, tenantId, formerKids);
    return isValidAt(validity, await this.makings.clock.within(manager));
  }

  private async record(
    manager: EntityManager,
    { tenantId }: Context,
    rotation: Rotation,
    { replaced, version, from, activateAt }: RotationPlan,
  ): Promise<boolean> {
    if (rotation.turn !== undefined && !(await rotation.turn.take(manager))) return false;
    const changes =
      activateAt === null
        ? followedVersion(replaced, targetOf('rotate', from) ?? from, rotation.trigger, await transactionTime(manager))
        : toBeFollowed(replaced, activateAt);
    await changeRecord(manager, replaced, changes);
    await writeFormerKids(manager, tenantId, { keyId: replaced.keyId, version }, rotation.formerKids ?? []);
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

/** Whether the key has the version that is to be made, or a later one. */
const isAnyFrom = (
  manager: EntityManager,
  { version, ...ofKey }: Pick<KeyVersionRecord, 'tenantId' | 'keyId' | 'version'>,
): Promise<boolean> => manager.existsBy(KeyVersionRecord, { ...ofKey, version: MoreThanOrEqual(version) });
