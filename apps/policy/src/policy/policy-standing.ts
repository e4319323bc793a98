import { assertNewest, changeRecord, nameRecord, sealsOf } from '@ankasecure/service-kit';
import { type EntityManager, MoreThanOrEqual } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import type { PolicyChange } from './change-event.js';
import { PolicyVersion, type PolicyVersionState } from './policy-version.entity.js';

/** What a tenant's versions say together. */
export interface PolicyStanding {
  /** The version in force; null until the tenant's first policy is. */
  readonly active: PolicyVersion | null;
  readonly pending: PolicyVersion | null;
  /** The number of the newest version, whatever became of it; 0 if there is none. */
  readonly newest: number;
}

/** The states that versions before and after the one in force can have. Without one in force, all are after it. */
const before: readonly PolicyVersionState[] = ['superseded', 'failed'];
const after: readonly PolicyVersionState[] = ['pending', 'failed'];

/** Whether versions, oldest first, are the one in force and all that followed it, or all of a tenant without one in force. */
const areWhole = (versions: readonly PolicyVersion[], first: number): boolean => {
  const active = versions.findIndex(({ state }) => state === 'active');
  return versions.every(
    ({ version, state }, index) =>
      version === first + index && (index === active || (index < active ? before : after).includes(state)),
  );
};

/**
 * Reads the version in force and those after it, without a gap up to the newest that the trail knows. If the database hides the
 * one in force, or names an older one, a later version says otherwise.
 * @throws AnkaError `record-outdated` if one is missing
 */
export const policyStanding = async (manager: EntityManager, tenantId: string): Promise<PolicyStanding> => {
  const found = await manager.findOneBy(PolicyVersion, { tenantId, state: 'active' });
  const first = found?.version ?? 1;
  // Read together: between two statements, another version may come into force.
  const read = await manager.findBy(PolicyVersion, { tenantId, version: MoreThanOrEqual(first) });
  const versions = read.toSorted((a, b) => a.version - b.version);
  const newest = versions.at(-1)?.version ?? 0;
  await assertNewest(manager, PolicyVersion, { tenantId }, newest);
  if (!areWhole(versions, first))
    throw sealsOf(manager).rejections.reject({ table: 'policy_version', tenantId, id: 'in force' }, 'missing');
  const inState = (wanted: PolicyVersionState): PolicyVersion | null =>
    versions.find(({ state }) => state === wanted) ?? null;
  return { active: inState('active'), pending: inState('pending'), newest };
};

/** Ends the version in force, if there is one, so that another can take its place. */
export const supersede = async (manager: EntityManager, before: PolicyVersion | null): Promise<void> => {
  if (before !== null) await changeRecord(manager, before, { state: 'superseded' });
};

/**
 * Gives the tenant the state of the version in force. The event of the change names the tenant in any case: one that is disabled
 * from the request on has changed before.
 */
export const follow = async (
  manager: EntityManager,
  { tenantId: id, disabled }: Pick<PolicyChange, 'tenantId' | 'disabled'>,
): Promise<void> => {
  const state = disabled ? 'disabled' : 'active';
  const tenant = await manager.findOneByOrFail(Tenant, { id });
  if (tenant.state === state) nameRecord(manager, tenant);
  else await changeRecord(manager, tenant, { state });
};

/** Stores a version that the workers enforce already, in the place of the one in force, and gives the tenant its state. */
export const bringIntoForce = async (
  manager: EntityManager,
  adopted: PolicyChange,
  before: PolicyVersion | null,
): Promise<void> => {
  await supersede(manager, before);
  await manager.insert(PolicyVersion, { ...adopted, state: 'active' });
  await follow(manager, adopted);
};
