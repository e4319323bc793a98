import { defaultPurpose } from '@ankasecure/algorithm';
import {
  AnkaError,
  type AuditEvent,
  type Context,
  type DryRun,
  type Key,
  type KeyQuota,
  type Notice,
} from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody, GeneratedKey, KeyRef, Wrapping } from '../custody/custody.js';
import { keyResource } from '../key/key-resource.js';
import { readKey } from '../key/key-store.js';
import { isCurrentKek, wrappedColumns } from '../key/wrapped-version.js';
import type { ObjectMaker } from '../object/make-object.js';
import { eventOf } from '../outcome/event.js';
import { undecided } from '../outcome/fence.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { rehearseMaking } from '../outcome/rehearse.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import type { EnforcedPolicies, EnforcedPolicy } from '../policy/enforced-policy.js';
import { assertMadeHere } from '../policy/made-here.js';
import { hasRoomForKey } from '../quota/key-count.js';
import type { Quotas } from '../quota/quotas.js';
import {
  type CreationPlan,
  type CreationRequest,
  custodyOf,
  isToCome,
  type KeySource,
  planCreation,
} from './plan-creation.js';

export interface CreatedKey {
  readonly key: Key;
  readonly notice?: Notice | undefined;
  /** Of the key that it was made with, where there is one. */
  readonly keyQuota?: KeyQuota | undefined;
}

/** What a creation goes by besides the policy. */
interface Around {
  readonly partition: string;
  readonly quotas: Pick<Quotas, 'keysOf'>;
  readonly platformKeys: Pick<PlatformKeys, 'wrapping'>;
}

export class CreateKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly policies: EnforcedPolicies,
    private readonly outcomes: GroupCommit,
    private readonly around: Around,
  ) {}

  /**
   * Makes a key in the HSM, or has it come from elsewhere, or returns the one that an earlier call with the same `resourceId` made.
   * @throws AnkaError `tenant-mismatch`, `algorithm-mismatch`, `policy-refused`, `quota-exceeded`, `algorithm-unavailable`, `deadline-exceeded`, and
   * custody's
   */
  async create(context: Context, request: CreationRequest, source = this.generating(context)): Promise<CreatedKey> {
    const id = context.resourceId ?? crypto.randomUUID();
    for (let attempt = 0; attempt < 2; attempt++) {
      const existing = await this.read(context.tenantId, id);
      if (existing !== undefined) return { key: existing };
      const policy = await this.policies.of(context.tenantId);
      const made = await this.attempt(context, id, request, policy, source);
      if (made !== undefined) return made;
      this.policies.forget(context.tenantId);
    }
    const error = new AnkaError('decision-outdated', 'The tenant policy changed while the key was made; try again');
    const event = this.reporting(context, id, request, source);
    await this.outcomes.commit(undecided(context.tenantId), event('failure', error.code));
    throw error;
  }

  /**
   * What `create` would do: all of its checks, on record as a dry run, and nothing made.
   * @throws AnkaError `decision-outdated`, `audit-unavailable`
   */
  async rehearse(context: Context, request: CreationRequest, source = this.generating(context)): Promise<DryRun> {
    const { algorithm, purpose = defaultPurpose(algorithm) } = request;
    const key = { algorithm, purpose, custody: custodyOf(request) };
    const deed = { operation: source.operation, keyId: null, algorithm, details: { partition: this.around.partition } };
    const plan = async (policy: EnforcedPolicy) => ({
      key,
      ruling: (await this.plan(context, request, policy, source)).ruling,
    });
    return rehearseMaking({ policies: this.policies, outcomes: this.outcomes }, context, deed, plan, key);
  }

  private async attempt(
    context: Context,
    id: string,
    request: CreationRequest,
    policy: EnforcedPolicy,
    source: KeySource,
  ): Promise<CreatedKey | undefined> {
    const event = this.reporting(context, id, request, source);
    let plan: CreationPlan;
    let end: (() => void) | undefined;
    let keyQuota: KeyQuota | undefined;
    try {
      plan = await this.plan(context, request, policy, source);
      end = plan.supply.begin?.((left) => void (keyQuota = left));
    } catch (error) {
      if (!(error instanceof AnkaError)) throw error;
      const held = await this.outcomes.commit(
        { tenantId: context.tenantId, policy, key: null },
        event('failure', error.code),
      );
      if (held) throw error;
      return undefined;
    }
    try {
      const made = await this.make({ context, id, request, plan, policy }, event('success', null, plan.algs[0]));
      return made && { ...made, keyQuota };
    } finally {
      end?.();
    }
  }

  private async make(decided: Decided, event: AuditEvent): Promise<CreatedKey | undefined> {
    const { context, id, request, plan } = decided;
    const wrapping =
      custodyOf(request) === 'token' ? undefined : await this.around.platformKeys.wrapping(context, id, 1);
    const made = await this.maker.make(context, {
      event,
      make: (objectId) => {
        const ref: KeyRef = { ...plan.ref, objectId };
        return plan.supply.make({ ref, label: `ankasecure:${id}.1`, wrapping, custody: custodyOf(request) });
      },
      record: (manager, objectId, made) => this.record(manager, { ...decided, objectId, made, wrapping }),
      report: plan.supply.report,
    });
    if (made === undefined) return undefined;
    const key = await this.read(context.tenantId, id);
    const { warnings, notice } = plan.ruling;
    return (
      key && {
        key: { ...key, ...(warnings.length > 0 && { warnings: [...warnings] }) },
        notice,
      }
    );
  }

  private reporting(context: Context, id: string, request: CreationRequest, source: KeySource) {
    return (outcome: AuditEvent['outcome'], failureCode: string | null, alg?: string): AuditEvent =>
      eventOf(context, {
        operation: source.operation,
        keyId: id,
        algorithm: request.algorithm,
        outcome,
        failureCode,
        details: {
          partition: this.around.partition,
          custody: custodyOf(request),
          ...source.details,
          ...(alg === undefined ? {} : { alg }),
        },
      });
  }

  private generating(context: Context): KeySource {
    return {
      operation: 'key.create',
      details: {},
      prepare: async (_algorithm, purpose) => {
        assertMadeHere(purpose);
        return { make: (key) => this.custody.generate(context, key) };
      },
    };
  }

  private plan(
    context: Context,
    request: CreationRequest,
    policy: EnforcedPolicy,
    source: KeySource,
  ): Promise<CreationPlan> {
    const grounds = { custody: this.custody, assertRoom: () => this.assertRoom(context.tenantId) };
    return planCreation(grounds, context, request, policy, source);
  }

  private async assertRoom(tenantId: string): Promise<void> {
    const most = this.around.quotas.keysOf(tenantId);
    if (most === undefined) return;
    if (await withTenant(this.dataSource, tenantId, (manager) => hasRoomForKey(manager, tenantId, most))) return;
    throw new AnkaError('quota-exceeded', `The tenant may have ${most} keys; destroy some that are no longer needed`);
  }

  private async record(
    manager: EntityManager,
    { context, id, request, plan, policy, objectId, made, wrapping }: Recorded,
  ): Promise<boolean> {
    const { tenantId } = context;
    await manager.query('SELECT pg_advisory_xact_lock_shared(fence_of($1))', [tenantId]);
    const held = await manager.query<unknown[]>('SELECT 1 FROM tenant_policy WHERE tenant_id = $1 AND revision = $2', [
      tenantId,
      policy.revision,
    ]);
    if (held.length === 0 || !(await isCurrentKek(manager, wrapping))) return false;
    // Somebody else's key may have come meanwhile: the next look says so.
    if (!(await hasRoomForKey(manager, tenantId, this.around.quotas.keysOf(tenantId)))) return false;
    const inserted = await manager.query<unknown[]>(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by, purge_protection, description, metadata)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
      [
        ...[tenantId, id, request.label, plan.ref.algorithm, plan.ref.purpose, plan.algs],
        ...[context.principal, request.purgeProtection, request.description ?? null],
        JSON.stringify(request.metadata ?? {}),
      ],
    );
    if (inserted.length === 0) return false;
    const { label, serial } = this.custody.token;
    await manager.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, activate_at, deactivate_at, custody, partition, token_label, token_serial, object_id, spki, wrapped_blob, wrapped_mac, kek_generation, sealed_key)
       VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        ...[
          tenantId,
          id,
          isToCome(request.activateAt) ? 'PRE_ACTIVE' : 'ACTIVE',
          request.activateAt,
          request.deactivateAt,
        ],
        ...[custodyOf(request), this.around.partition, label, serial, objectId, made.spki],
        ...wrappedColumns(made, wrapping),
      ],
    );
    return true;
  }

  private async read(tenantId: string, id: string): Promise<Key | undefined> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) => readKey(manager, tenantId, id));
    const current = rows.at(-1);
    return current === undefined ? undefined : keyResource(this.custody, current);
  }
}

/** A key that is to be made, and what that was decided by. */
interface Decided {
  readonly context: Context;
  readonly id: string;
  readonly request: CreationRequest;
  readonly plan: CreationPlan;
  readonly policy: EnforcedPolicy;
}

interface Recorded extends Decided {
  readonly objectId: Uint8Array;
  readonly made: GeneratedKey;
  readonly wrapping: Wrapping | undefined;
}
