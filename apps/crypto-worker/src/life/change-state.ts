import { AnkaError, assertApproved, type Context, type DryRun, type Key } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import { keyResource } from '../key/key-resource.js';
import { type KeyRow, readKey } from '../key/key-store.js';
import { lastUses } from '../key/key-usage.js';
import { assertRevision, lockKeyOfAny } from '../key/lock-key.js';
import type { CommitChange } from '../outcome/commit-change.js';
import { type Deed, keyOf } from '../outcome/rehearse.js';
import { policyWithin } from '../policy/enforced-policy.js';
import { assertNotBegun, type Destruction } from './destruction.js';
import {
  type Change,
  controlledDeedOf,
  planChange,
  type Step,
  standingCompromise,
  versionsMeant,
} from './plan-change.js';

/**
 * Changes the state of key versions: check against the table, change and events in one commit. The change takes the tenant's
 * fence, so when it has returned, no worker releases a result any more that was decided on the state before.
 */
export class ChangeState {
  constructor(
    private readonly changes: CommitChange,
    private readonly custody: Custody,
  ) {}

  /**
   * @param destruction with `schedule-destroy`; asked for again within a day, it is answered as it stands
   * @returns the key as of the changed version, the last where there are several
   * @throws AnkaError `key-not-found`, `key-access-denied`, `key-state`, `precondition-failed`, `request-invalid`, `approval-required`
   */
  async change(context: Context, change: Change, destruction?: Destruction): Promise<Key> {
    const row = await this.changes.commit(context, deedOf(change), async (manager) => {
      const plan = await planned(manager, context, change, destruction);
      if ('standing' in plan) return { result: plan.standing, events: [repeated(plan.standing)] };
      const { steps, destroyAt } = plan;
      for (const step of steps) await write(manager, context, step, change, destroyAt);
      const key = [context.tenantId, change.id];
      await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', key);
      const last = steps.at(-1)?.row.version;
      const after = await readKey(manager, context.tenantId, change.id);
      return {
        result: after.find(({ version }) => version === last) as KeyRow,
        events: steps.map((step) => taken(change, step, destroyAt)),
      };
    });
    return keyResource(this.custody, row);
  }

  /** What `change` would do: all of its checks, on record as a dry run, and nothing changed. */
  rehearse(context: Context, change: Change, destruction?: Destruction): Promise<DryRun> {
    return this.changes.rehearse(context, deedOf(change), async (manager) => {
      const plan = await planned(manager, context, change, destruction);
      if ('standing' in plan) return { key: keyOf(plan.standing), changes: [] };
      const { steps, destroyAt } = plan;
      const used = destroyAt === null ? undefined : await lastUses(manager, context.tenantId, change.id);
      const changes = steps.map(({ row: { version }, from, shown: to }) => ({
        ...{ version, from, to },
        ...(destroyAt !== null && {
          destroyAt: destroyAt.toISOString(),
          lastUsedAt: used?.get(version)?.toISOString() ?? null,
        }),
      }));
      return { key: keyOf((steps.at(-1) as Step).row), changes };
    });
  }
}

/** A change names a version only where it was told which. */
const deedOf = ({ verb, id, version }: Change): Deed => ({
  ...{ operation: `key.${verb}`, keyId: id, algorithm: null },
  ...(version === undefined ? {} : { details: { version: String(version) } }),
});

/** What a change does, or what already stands as it would leave it. */
type Planned =
  | { readonly steps: readonly [Step, ...Step[]]; readonly destroyAt: Date | null }
  | { readonly standing: KeyRow };

/** All checks of a change, with the key locked. */
const planned = async (
  manager: EntityManager,
  context: Context,
  change: Change,
  destruction: Destruction | undefined,
): Promise<Planned> => {
  const revision = await lockKeyOfAny(manager, context, 'manage', change.id);
  const rows = await readKey(manager, context.tenantId, change.id);
  const meant = versionsMeant(rows, change);
  const standing = destruction?.standing(meant) ?? (context.approval && standingCompromise(meant, change));
  // What was approved and stands already may be why the revision is another: RFC 9110 §13.1.1 has it answered as done.
  if (standing === undefined || context.approval === undefined) assertRevision(context, revision);
  if (standing !== undefined) return { standing };
  const steps = planChange(rows, change, Date.now());
  if (change.verb === 'cancel-destroy') await assertNotBegun(manager, steps);
  const { occurredAt } = change.revocation ?? {};
  if (occurredAt !== undefined && Date.parse(occurredAt) > Date.now())
    throw new AnkaError('request-invalid', 'occurredAt: what has happened has happened by now');
  const destroyAt = destruction?.dueFor(steps[0].row) ?? null;
  await assertTwoPeople(manager, context, change, revision);
  return { steps, destroyAt };
};

/** By the policy that is enforced until the change is committed, whose fence is held. */
const assertTwoPeople = async (
  manager: EntityManager,
  context: Context,
  change: Change,
  revision: number,
): Promise<void> => {
  const deed = controlledDeedOf(change);
  if (deed === undefined) return;
  assertApproved((await policyWithin(manager, context.tenantId)).document, deed, context, revision);
};

const write = async (
  manager: EntityManager,
  context: Context,
  { row, to }: Step,
  { revocation }: Change,
  destroyAt: Date | null,
): Promise<void> => {
  const occurredAt = revocation?.occurredAt ?? new Date().toISOString();
  await manager.query(
    `UPDATE key_version SET state = $4, revision = revision + 1,
       activate_at = CASE WHEN $4 = 'ACTIVE' AND state = 'PRE_ACTIVE' THEN now() ELSE activate_at END,
       deactivate_at = CASE WHEN $4 = 'DEACTIVATED' THEN least(deactivate_at, now()) ELSE deactivate_at END,
       revocation_reason = coalesce($5, revocation_reason),
       revocation_message = CASE WHEN $5 IS NULL THEN revocation_message ELSE $6 END,
       revocation_occurred_at = CASE WHEN $5 IS NULL THEN revocation_occurred_at ELSE $7::timestamptz END,
       destroy_at = $8, destroy_waiting_days = round(extract(epoch FROM $8::timestamptz - now()) / 86400),
       destroy_scheduled_by = CASE WHEN $8::timestamptz IS NULL THEN NULL ELSE $9 END
     WHERE tenant_id = $1 AND key_id = $2 AND version = $3`,
    [
      ...[row.tenant_id, row.id, row.version, to],
      ...[revocation?.reason ?? null, revocation?.message ?? null, occurredAt],
      ...[destroyAt, context.principal],
    ],
  );
};

/** For the trail: what became of one version. */
const taken = ({ revocation }: Change, { row, from, shown }: Step, destroyAt: Date | null): Partial<Deed> => ({
  algorithm: row.algorithm,
  details: {
    version: String(row.version),
    from,
    to: shown,
    ...(revocation === undefined ? {} : { reason: revocation.reason }),
    ...(revocation?.message === undefined ? {} : { message: revocation.message }),
    ...(revocation?.occurredAt === undefined ? {} : { occurredAt: revocation.occurredAt }),
    ...(destroyAt === null ? {} : { destroyAt: destroyAt.toISOString() }),
  },
});

/** Of what was asked for again: nothing has become of the version. */
const repeated = ({ algorithm, version, state, destroy_at: at }: KeyRow): Partial<Deed> => ({
  algorithm,
  details: {
    ...{ version: String(version), from: state, to: state },
    ...(at === null ? {} : { destroyAt: at.toISOString() }),
  },
});
