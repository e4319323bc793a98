import {
  AnkaError,
  type AuditedAction,
  assertApproved,
  type Context,
  type DryRun,
  type Key,
  unchanged,
} from '@ankasecure/contracts';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Custody } from '../custody/custody.js';
import { keyResource } from '../key/key-resource.js';
import { stateAt } from '../key/key-state.js';
import { lifecycleOf } from '../key/key-store.js';
import { lastUses } from '../key/key-usage.js';
import { assertRevision, lockKeyOfAny, reviseKey } from '../key/lock/lock-key.js';
import { readCurrent, readKey, readVersion, type StoredVersion } from '../key/record/select-version.js';
import { type Forecast, forecastKey } from '../outcome/dry-run-answer.js';
import { KeyActionRunner, type Time } from '../outcome/key-action.js';
import { documentWithin } from '../policy/enforced-policy.js';
import { assertNotBegun, type Destruction } from './destruction.js';
import { type Movement, movedVersion } from './moved-version.js';
import {
  controlledActionOf,
  ofAllVersions,
  planChange,
  type StateChange,
  type Step,
  standingChange,
  versionsMeant,
} from './plan-change.js';

/** The steps of a change, or the version that already is as the change would make it. */
type ChangePlan = {
  /** The database's time of the decision, in milliseconds since the epoch. */
  readonly now: number;
} & (
  | { readonly steps: readonly [Step, ...Step[]]; readonly destroyAt: Date | null }
  | { readonly standing: StoredVersion }
);

/**
 * Changes the state of key versions. The check against the table, the change and its events are one commit. The change takes
 * the tenant's fence. After it has returned, no worker releases a result that was decided on the earlier state.
 */
@Injectable()
export class ChangeState {
  constructor(
    private readonly actions: KeyActionRunner,
    private readonly custody: Custody,
  ) {}

  /**
   * @param destruction for `schedule-destroy`. A repeated request within a day is answered with the scheduled destruction.
   * A change that has nothing left to do changes nothing, and its event says so.
   * @returns the key with its changed version, the last one if there are several
   * @throws AnkaError `key-not-found`, `key-access-denied`, `key-state`, `precondition-failed`, `request-invalid`,
   * `approval-required`
   */
  change(context: Context, change: StateChange, destruction?: Destruction): Promise<Key | DryRun> {
    const { verb, id, version } = change;
    return this.actions.run(context, {
      operation: `key.${verb}`,
      keyId: id,
      details: version === undefined ? {} : { version: String(version) },
      check: (manager, time) => check(manager, time, context, change, destruction),
      foresee: (plan, manager) => foresee(manager, context.tenantId, plan),
      write: async (manager, plan) => {
        if ('standing' in plan)
          return {
            result: keyResource(this.custody, plan.standing, plan.now),
            events: [repeated(plan.standing, plan.now)],
          };
        const result = keyResource(this.custody, await write(manager, context, change, plan), plan.now);
        return { result, events: plan.steps.map((step) => taken(change, step, plan.destroyAt)) };
      },
    });
  }
}

/** Makes all checks of a change. The key is locked. */
const check = async (
  manager: EntityManager,
  time: Time,
  context: Context,
  change: StateChange,
  destruction: Destruction | undefined,
): Promise<ChangePlan> => {
  const revision = await lockKeyOfAny(manager, context, 'manage', change.id);
  const now = await time();
  const rows = await versionsFor(manager, context.tenantId, change);
  const meant = versionsMeant(rows, change);
  const standing = destruction === undefined ? standingChange(meant, change, now) : destruction.standing(meant, now);
  // An approved change that is in force may itself have made the new revision. RFC 9110 §13.1.1 allows it to be answered as
  // done.
  if (standing === undefined || context.approval === undefined) assertRevision(context, revision);
  if (standing !== undefined) return { now, standing };
  const steps = planChange(rows, change, now);
  if (change.verb === 'cancel-destroy') await assertNotBegun(manager, steps, now);
  const { occurredAt } = change.revocation ?? {};
  if (occurredAt !== undefined && Date.parse(occurredAt) > now)
    throw new AnkaError('request-invalid', 'occurredAt: must not be in the future');
  const destroyAt = destruction?.dueFor(steps[0].row, now) ?? null;
  await assertTwoPeople(manager, context, change, revision);
  return { now, steps, destroyAt };
};

/** The versions that a change is planned from, oldest first: the current one, and those that the change means. */
const versionsFor = async (
  manager: EntityManager,
  tenantId: string,
  { id, verb, version }: StateChange,
): Promise<readonly StoredVersion[]> => {
  if (version === undefined && ofAllVersions.includes(verb)) return readKey(manager, tenantId, id);
  const current = await readCurrent(manager, tenantId, id);
  if (version === undefined || version === current.version) return [current];
  const named = await readVersion(manager, tenantId, id, version);
  return [...(named === undefined ? [] : [named]), current].toSorted((a, b) => a.version - b.version);
};

const foresee = async (manager: EntityManager, tenantId: string, plan: ChangePlan): Promise<Forecast> => {
  if ('standing' in plan) return { key: forecastKey(plan.standing), changes: [] };
  const { steps, destroyAt } = plan;
  const last = (steps.at(-1) as Step).row;
  const used = destroyAt === null ? undefined : await lastUses(manager, tenantId, last.keyId);
  const changes = steps.map(({ row: { version }, from, shown: to }) => ({
    version,
    from,
    to,
    ...(destroyAt !== null && {
      destroyAt: destroyAt.toISOString(),
      lastUsedAt: used?.get(version)?.toISOString() ?? null,
    }),
  }));
  return { key: forecastKey(last), changes };
};

/** Checks the policy that is in force until the change is committed: its fence is held. */
const assertTwoPeople = async (
  manager: EntityManager,
  context: Context,
  change: StateChange,
  revision: number,
): Promise<void> => {
  const action = controlledActionOf(change);
  if (action === undefined) return;
  assertApproved(await documentWithin(manager, context.tenantId), action, context, revision);
};

/** @returns the last changed version, after the change */
const write = async (
  manager: EntityManager,
  context: Context,
  { id, revocation }: StateChange,
  { steps, destroyAt }: Extract<ChangePlan, { steps: unknown }>,
): Promise<StoredVersion> => {
  const { tenantId, principal } = context;
  const movement: Movement = { now: await transactionTime(manager), principal, revocation, destroyAt };
  for (const step of steps) await changeRecord(manager, step.row, movedVersion(step, movement));
  await reviseKey(manager, tenantId, id);
  const { version } = (steps.at(-1) as Step).row;
  return (await readVersion(manager, tenantId, id, version)) as StoredVersion;
};

/** The event of one changed version. */
const taken = (
  { revocation }: StateChange,
  { row, from, shown }: Step,
  destroyAt: Date | null,
): Partial<AuditedAction> => ({
  algorithm: row.key.algorithm,
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

/** The event of a repeated request. The version does not change. */
const repeated = (row: StoredVersion, now: number): Partial<AuditedAction> => {
  const { key, version, destroyAt: at } = row;
  const state = stateAt(lifecycleOf(row), now);
  return {
    algorithm: key.algorithm,
    details: {
      version: String(version),
      from: state,
      to: state,
      ...unchanged,
      ...(at === null ? {} : { destroyAt: at.toISOString() }),
    },
  };
};
