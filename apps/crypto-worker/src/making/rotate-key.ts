import { AnkaError, type AuditEvent, type Context, type DryRun, type Key, type Notice } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { assertGranted } from '../access/grant.js';
import type { Custody, GeneratedKey, KeyRef, Wrapping } from '../custody/custody.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import { keyResource } from '../key/key-resource.js';
import { hasBegun, isRotatable, refusalOf, stateAt, targetOf } from '../key/key-state.js';
import { type KeyRow, type KeyStore, lifecycleOf, readKey } from '../key/key-store.js';
import { objectKindOf } from '../key/key-version.js';
import { assertRevision, lockKey } from '../key/lock-key.js';
import { isCurrentKek, wrappedColumns } from '../key/wrapped-version.js';
import type { ObjectMaker } from '../object/make-object.js';
import { eventOf } from '../outcome/event.js';
import { undecided } from '../outcome/fence.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { keyOf, rehearseMaking } from '../outcome/rehearse.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import type { EnforcedPolicies, EnforcedPolicy } from '../policy/enforced-policy.js';
import { assertMadeHere } from '../policy/made-here.js';
import { newVersionRequest } from '../policy/new-version.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';

export interface Rotation {
  readonly id: string;
  /** The version that is to be followed; any when left out. */
  readonly expectedVersion?: number | undefined;
  /** Why: in the event's details. */
  readonly trigger: 'request' | 'schedule' | 'uses';
  /** What the rotation is for, where it happens once. */
  readonly turn?: Turn;
}

/** Something that is done once, by whoever takes it. */
export interface Turn {
  readonly isOpen: (manager: EntityManager) => Promise<boolean>;
  /** In the recording transaction, with the key locked. @returns false when somebody else has */
  readonly take: (manager: EntityManager) => Promise<boolean>;
}

/** The key with its new version. */
export interface Rotated {
  readonly key: Key;
  readonly notice?: Notice | undefined;
}

interface Plan {
  readonly ref: Omit<KeyRef, 'objectId'>;
  readonly replaced: KeyRow;
  readonly ruling: Ruling;
}

/** Decisions taken anew before a caller is told that key or policy change too fast. */
const attempts = 3;

/** Makes a new version in the HSM, and records it as the current one and the old one's deactivation in one commit. */
export class RotateKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
    private readonly outcomes: GroupCommit,
    private readonly platformKeys: Pick<PlatformKeys, 'wrapping'>,
  ) {}

  /**
   * Once per `resourceId` of the context, where there is one. What another has done meanwhile, a turn or the following of
   * an exhausted version, is not done again, and by schedule nothing but an ACTIVE version is followed: the key is returned
   * as it is.
   * @throws AnkaError `key-not-found`, `key-access-denied` for a request, `key-state`, `precondition-failed`, `policy-refused`, `algorithm-unavailable`, and custody's
   */
  async rotate(context: Context, rotation: Rotation): Promise<Rotated> {
    const { tenantId, resourceId } = context;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const rows = await this.read(tenantId, rotation.id);
      const before = rows.find(({ request_id: requestId }) => requestId !== null && requestId === resourceId);
      if (before !== undefined) {
        if (rotation.trigger === 'request') await this.assertMayManage(context, rotation.id);
        return { key: keyResource(this.custody, before) };
      }
      const current = rows.at(-1);
      if (current !== undefined && (await this.isDone(tenantId, rotation, current)))
        return { key: keyResource(this.custody, current) };
      const policy = await this.policies.of(tenantId);
      const made = await this.attempt(context, rotation, current, policy);
      if (made !== undefined) {
        this.keys.forget(tenantId, rotation.id);
        const key = keyResource(this.custody, (await this.read(tenantId, rotation.id)).at(-1) as KeyRow);
        const { warnings, notice } = made.ruling;
        const warned = warnings.length > 0 ? { ...key, warnings: [...warnings] } : key;
        return { key: warned, notice };
      }
      this.policies.forget(tenantId);
    }
    const error = new AnkaError('decision-outdated', 'Key or policy changed while the key was rotated; try again');
    await this.outcomes.commit(undecided(tenantId), reporting(context, rotation, undefined)('failure', error.code));
    throw error;
  }

  /** What `rotate` would do at a caller's request: all of its checks, on record as a dry run, and nothing made. */
  async rehearse(context: Context, { id, expectedVersion }: Omit<Rotation, 'trigger' | 'turn'>): Promise<DryRun> {
    const deed = { operation: 'key.rotate', keyId: id, algorithm: null, details: { trigger: 'request' } };
    const plan = async (policy: EnforcedPolicy) => {
      const current = (await this.read(context.tenantId, id)).at(-1);
      if (current !== undefined) {
        await this.assertMayManage(context, id);
        assertRevision(context, current.key_revision);
      }
      const { replaced, ruling } = await this.plan(
        context,
        { id, expectedVersion, trigger: 'request' },
        current,
        policy,
      );
      const from = stateAt(lifecycleOf(replaced), Date.now());
      return {
        key: { ...keyOf(replaced), version: replaced.version + 1 },
        changes: [{ version: replaced.version, from, to: targetOf('rotate', from) ?? from }],
        ruling,
      };
    };
    return rehearseMaking({ policies: this.policies, outcomes: this.outcomes }, context, deed, plan, { keyId: id });
  }

  private async isDone(
    tenantId: string,
    { trigger, expectedVersion, turn }: Rotation,
    current: KeyRow,
  ): Promise<boolean> {
    if (trigger === 'uses' && expectedVersion !== current.version) return true;
    if (trigger === 'schedule' && stateAt(lifecycleOf(current), Date.now()) !== 'ACTIVE') return true;
    return turn !== undefined && !(await withTenant(this.dataSource, tenantId, turn.isOpen));
  }

  /** @returns undefined when what it was decided on no longer held */
  private async attempt(
    context: Context,
    rotation: Rotation,
    current: KeyRow | undefined,
    policy: EnforcedPolicy,
  ): Promise<{ readonly ruling: Ruling } | undefined> {
    const { id, trigger } = rotation;
    const event = reporting(context, rotation, current);
    let plan: Plan;
    try {
      if (trigger === 'request' && current !== undefined) await this.assertMayManage(context, id);
      plan = await this.plan(context, rotation, current, policy);
    } catch (error) {
      if (!(error instanceof AnkaError)) throw error;
      const fence = { tenantId: context.tenantId, policy, key: null };
      if (await this.outcomes.commit(fence, event('failure', error.code))) throw error;
      return undefined;
    }
    const { ref, replaced, ruling } = plan;
    const wrapping =
      replaced.custody === 'token' ? undefined : await this.platformKeys.wrapping(context, id, replaced.version + 1);
    const made = await this.maker.make(context, {
      event: event('success', null),
      make: (objectId) => {
        const label = `ankasecure:${id}.${replaced.version + 1}`;
        const { custody } = replaced;
        return this.custody.generate(context, { ref: { ...ref, objectId }, label, wrapping, custody });
      },
      record: (manager, objectId, made) =>
        this.record(manager, { context, rotation, replaced, policy, objectId, made, wrapping }),
    });
    return made && { ruling };
  }

  /** After the versions were read: a later change of grants makes a new revision of them, which the record finds out. */
  private assertMayManage(context: Context, id: string): Promise<void> {
    return withTenant(this.dataSource, context.tenantId, (manager) => assertGranted(manager, context, 'manage', id));
  }

  /** What is to be made: the same kind of key, where state, policy and token still allow it, and somebody waits for it. */
  private async plan(
    context: Context,
    { expectedVersion, trigger }: Rotation,
    current: KeyRow | undefined,
    policy: EnforcedPolicy,
  ): Promise<Plan> {
    if (current === undefined) throw new AnkaError('key-not-found');
    const { algorithm, purpose, algs, custody } = current;
    assertMadeHere(purpose);
    if (expectedVersion !== undefined && expectedVersion !== current.version)
      throw new AnkaError('precondition-failed', `The current version is ${current.version}`);
    const now = Date.now();
    const state = stateAt(lifecycleOf(current), now);
    // By itself a new version follows only one that is in use.
    if (!isRotatable(state) || (trigger !== 'request' && state !== 'ACTIVE'))
      throw new AnkaError('key-state', refusalOf(state, 'be rotated'));
    if (!hasBegun(lifecycleOf(current), now))
      throw new AnkaError('key-state', 'The key’s activation date is to come, and a new version is ACTIVE at once');
    const ruling = policy.decide(newVersionRequest(this.custody, policy, current));
    if (!ruling.decision.allow) throw refusedBy(ruling.decision);
    const capability = await this.custody.capability(context, algorithm, purpose, custody);
    const missing = algs.filter((alg) => !capability.algs.includes(alg));
    if (missing.length > 0)
      throw new AnkaError('algorithm-unavailable', `The token cannot do ${missing.join(', ')} with ${algorithm} now`);
    assertInTime(context);
    return { ref: objectKindOf(current), replaced: current, ruling };
  }

  private async record(
    manager: EntityManager,
    { context, rotation, replaced, policy, objectId, made, wrapping }: Recorded,
  ): Promise<boolean> {
    const { tenantId } = context;
    const { id, version } = replaced;
    await lockKey(manager, context, id);
    const held = await manager.query<unknown[]>(
      `SELECT 1 FROM key_version v JOIN tenant_policy p USING (tenant_id)
       WHERE v.tenant_id = $1 AND v.key_id = $2 AND v.version = $3 AND v.revision = $4 AND p.revision = $5
         AND NOT EXISTS (SELECT 1 FROM key_version n WHERE n.tenant_id = $1 AND n.key_id = $2 AND n.version > $3)`,
      [tenantId, id, version, replaced.version_revision, policy.revision],
    );
    if (held.length === 0 || !(await isCurrentKek(manager, wrapping))) return false;
    if (rotation.turn !== undefined && !(await rotation.turn.take(manager))) return false;
    const state = stateAt(lifecycleOf(replaced), Date.now());
    // By the revision, whoever holds the old version for the current one finds out. One that is used up keeps it: what was taken
    // of it is still to be committed, and the workers are told.
    await manager.query(
      `UPDATE key_version SET state = $4, revision = revision + CASE WHEN $5 THEN 0 ELSE 1 END,
         deactivate_at = CASE WHEN $4 = 'DEACTIVATED' THEN least(deactivate_at, now()) ELSE deactivate_at END
       WHERE tenant_id = $1 AND key_id = $2 AND version = $3`,
      [tenantId, id, version, targetOf('rotate', state) ?? state, rotation.trigger === 'uses'],
    );
    const { label, serial } = this.custody.token;
    await manager.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, spki, request_id, wrapped_blob, wrapped_mac, kek_generation, sealed_key)
       VALUES ($1, $2, $3, 'ACTIVE', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...[tenantId, id, version + 1, replaced.custody, replaced.partition, label, serial, objectId, made.spki],
        context.resourceId ?? null,
        ...wrappedColumns(made, wrapping),
      ],
    );
    await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', [tenantId, id]);
    return true;
  }

  private read(tenantId: string, id: string): Promise<KeyRow[]> {
    return withTenant(this.dataSource, tenantId, (manager) => readKey(manager, tenantId, id));
  }
}

interface Recorded {
  readonly context: Context;
  readonly rotation: Rotation;
  readonly replaced: KeyRow;
  readonly policy: EnforcedPolicy;
  readonly objectId: Uint8Array;
  readonly made: GeneratedKey;
  readonly wrapping: Wrapping | undefined;
}

const reporting =
  (context: Context, { id, trigger }: Rotation, current: KeyRow | undefined) =>
  (outcome: AuditEvent['outcome'], failureCode: string | null): AuditEvent =>
    eventOf(context, {
      operation: 'key.rotate',
      keyId: id,
      algorithm: current?.algorithm ?? null,
      outcome,
      failureCode,
      details: { trigger, ...(current === undefined ? {} : versionsOf(current)) },
    });

const versionsOf = ({ version, custody, partition }: KeyRow): Record<string, string> => ({
  version: String(version + 1),
  replaces: String(version),
  custody,
  partition,
});
