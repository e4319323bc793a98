import { defaultPurpose, draftOf } from '@ankasecure/algorithm';
import {
  type AuditEvent,
  auditEvent,
  type Context,
  type DryRun,
  type Key,
  type KeyQuota,
  type Notice,
  newId,
} from '@ankasecure/contracts';
import { assertRepeated, assertUnknown, insertIfAbsent, noteAbsent, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Custody } from '../custody/custody.js';
import { lockFreeKids, readFormerKids, writeFormerKids } from '../key/former-kids.js';
import { keyResource } from '../key/key-resource.js';
import { isValidAt } from '../key/key-state.js';
import { shareFence } from '../key/lock/tenant-fence.sql.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { RotationPolicyRecord } from '../key/record/rotation-policy.entity.js';
import { readVersion } from '../key/record/select-version.js';
import { type KeyMaking, KeyMakingRunner } from '../outcome/key-making.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { assertMadeHere } from '../policy/made-here.js';
import { isPolicyUnchanged } from './decided-on.js';
import { KeyRoom } from './key-room.js';
import { VersionMaker } from './make-version.js';
import {
  activationOf,
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
  /** The quota left of the key that it was made with, if there is one. */
  readonly keyQuota?: KeyQuota | undefined;
}

const dateOf = (instant: string | undefined): Date | null => (instant === undefined ? null : new Date(instant));

/** What a request says about a key, and what later ones can change. */
const describedBy = ({ label, purgeProtection, description, metadata }: CreationRequest) => ({
  label,
  purgeProtection,
  description: description ?? null,
  metadata: metadata ?? {},
});

/** A key to make. */
interface Creation {
  readonly context: Context;
  readonly id: string;
  readonly request: CreationRequest;
  readonly source: KeySource;
}

@Injectable()
export class CreateKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly makings: KeyMakingRunner,
    private readonly versions: VersionMaker,
    private readonly room: KeyRoom,
  ) {}

  /**
   * Makes a key in the HSM or takes it from `source`. Returns the key that an earlier call with the same `resourceId` made.
   * @throws AnkaError `record-outdated` for an id that another key has or had, `tenant-mismatch`, `algorithm-mismatch`, `policy-refused`, `quota-exceeded`, `algorithm-unavailable`,
   * `deadline-exceeded`, and custody's errors
   */
  create(context: Context, request: CreationRequest, source = this.generating(context)): Promise<CreatedKey | DryRun> {
    const id = context.resourceId ?? newId();
    return this.makings.run(context, this.making({ context, id, request, source }));
  }

  private making(creation: Creation): KeyMaking<Key | undefined, CreationPlan, CreatedKey> {
    const { context, id, request, source } = creation;
    const { tenantId } = context;
    const { algorithm, purpose = defaultPurpose(algorithm) } = request;
    const key = { algorithm, purpose, custody: custodyOf(request) };
    let keyQuota: KeyQuota | undefined;
    return {
      operation: source.operation,
      algorithm,
      details: { partition: this.versions.partition.name },
      isRequested: true,
      named: key,
      attempts: 2,
      outdated: 'The tenant’s policy changed while the key was created. Try again.',
      find: () => this.read(tenantId, id),
      standing: (existing) => this.standing(creation, existing),
      plan: async (_existing, policy) => {
        await assertUnknown(this.dataSource.manager, KeyRecord, { tenantId, id });
        return planCreation(this.custody, () => this.room.assert(tenantId), context, { request, policy, source });
      },
      foresee: ({ ruling }) => ({ key, ruling }),
      failure: (_existing, failureCode) => this.event(creation, failureCode),
      reserve: ({ supply }) =>
        supply.begin?.((left) => {
          keyQuota = left;
        }),
      make: async (_existing, plan, policy) => {
        const made = await this.make(creation, plan, policy);
        return made && { ...made, keyQuota };
      },
    };
  }

  /** The key, if it exists already. @throws AnkaError `record-outdated` if another request made it */
  private async standing(
    { context, id, request }: Creation,
    existing: Key | undefined,
  ): Promise<CreatedKey | undefined> {
    if (existing === undefined) return undefined;
    const { tenantId, principal: createdBy } = context;
    const { algorithm, purpose = defaultPurpose(algorithm) } = request;
    await withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await manager.findOneByOrFail(KeyRecord, { tenantId, id });
      assertRepeated(manager, record, {
        createdBy,
        algorithm,
        purpose,
        // The others can have changed since.
        ...(record.revision === 1 && describedBy(request)),
      });
      const version = await manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId: id, version: 1 });
      assertRepeated(manager, version, { custody: custodyOf(request) });
    });
    return { key: existing };
  }

  private async make(creation: Creation, plan: CreationPlan, policy: EnforcedPolicy): Promise<CreatedKey | undefined> {
    const { context, id, request } = creation;
    const { tenantId } = context;
    const { deactivateAt } = request;
    const now = policy.now();
    const activateAt = activationOf(request, now);
    const made = await this.versions.make(
      context,
      {
        tenantId,
        keyId: id,
        version: 1,
        state: isToCome(activateAt, now) ? 'PRE_ACTIVE' : 'ACTIVE',
        activateAt: dateOf(activateAt),
        deactivateAt: dateOf(deactivateAt),
        custody: custodyOf(request),
        requestId: null,
      },
      {
        event: this.event(creation, null, plan.algs[0]),
        ref: plan.ref,
        make: plan.supply.make,
        holds: (manager) => this.holds(manager, creation, plan, policy),
        record: (manager) => this.record(manager, creation, plan),
        report: plan.supply.report,
      },
    );
    const key = made && (await this.read(tenantId, id));
    const { warnings, notice } = plan.ruling;
    return key && { key: { ...key, ...(warnings.length > 0 && { warnings: [...warnings] }) }, notice };
  }

  private event({ context, id, request, source }: Creation, failureCode: string | null, alg?: string): AuditEvent {
    return auditEvent(context, {
      operation: source.operation,
      keyId: id,
      algorithm: request.algorithm,
      failureCode,
      details: {
        partition: this.versions.partition.name,
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

  /** @throws AnkaError `former-kid-taken` */
  private async holds(
    manager: EntityManager,
    { context: { tenantId }, id, source }: Creation,
    { ruling, supply }: CreationPlan,
    policy: EnforcedPolicy,
  ): Promise<boolean> {
    await shareFence(manager, tenantId);
    const held = await isPolicyUnchanged(manager, tenantId, policy);
    // Another key may have been made meanwhile. The next attempt detects it.
    if (!held || !(await this.room.isLeft(manager, tenantId))) return false;
    const now = await this.makings.clock.within(manager);
    if (!isValidAt(ruling.decision, now) || (await supply.holds?.(manager, now)) === false) return false;
    await lockFreeKids(manager, tenantId, source.formerKids ?? []);
    return !(await manager.existsBy(KeyRecord, { tenantId, id }));
  }

  private async record(
    manager: EntityManager,
    { context: { tenantId, principal }, id, request, source }: Creation,
    { ref, algs }: CreationPlan,
  ): Promise<boolean> {
    const row = {
      tenantId,
      id,
      algorithm: ref.algorithm,
      purpose: ref.purpose,
      algs: [...algs],
      draft: draftOf(algs[0]),
      createdBy: principal,
      ...describedBy(request),
    };
    const isNew = await insertIfAbsent(manager, KeyRecord, row, 'id');
    if (!isNew) return false;
    noteAbsent(manager, RotationPolicyRecord, { tenantId, keyId: id });
    await writeFormerKids(manager, tenantId, { keyId: id }, source.formerKids ?? []);
    return true;
  }

  private async read(tenantId: string, id: string): Promise<Key | undefined> {
    return withTenant(this.dataSource, tenantId, async (manager) => {
      const current = await readVersion(manager, tenantId, id, null);
      if (current === undefined) return undefined;
      return keyResource(this.custody, current, this.makings.clock.now(), await readFormerKids(manager, tenantId, id));
    });
  }
}
