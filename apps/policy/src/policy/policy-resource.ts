import { AnkaError, type Policy } from '@ankasecure/contracts';
import { type Answer, assertAbsent, assertNewest, sealsOf } from '@ankasecure/service-kit';
import { type EntityManager, In } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { PolicyVersion } from './policy-version.entity.js';

/** The answer for a version. Its ETag is the version, and the pending version if there is one. */
export const policyAnswer = (version: PolicyVersion, pendingVersion: number | null): Answer<Policy> => ({
  body: {
    tenantId: version.tenantId,
    version: version.version,
    ...version.document,
    changedBy: version.changedBy,
    changedAt: version.changedAt.toISOString(),
    pendingVersion,
  },
  revision: version.version,
  ...(pendingVersion !== null && { variant: `pending-${pendingVersion}` }),
});

/** @throws AnkaError `policy-version-not-found` */
export const findVersion = async (
  manager: EntityManager,
  tenantId: string,
  version: number,
): Promise<PolicyVersion> => {
  const found = await manager.findOneBy(PolicyVersion, { tenantId, version });
  if (found !== null) return found;
  await assertAbsent(manager, PolicyVersion, { tenantId, version });
  throw new AnkaError('policy-version-not-found');
};

/** The number of the next version. The tenant's row must be locked. */
export const nextVersion = async (manager: EntityManager, tenantId: string): Promise<number> =>
  (await newestVersion(manager, tenantId)) + 1;

/** The number of the newest version; 0 if there is none. */
export const newestVersion = async (manager: EntityManager, tenantId: string): Promise<number> =>
  (await manager.maximum(PolicyVersion, 'version', { tenantId })) ?? 0;

export interface CurrentPolicy {
  readonly active: PolicyVersion;
  readonly pending: PolicyVersion | null;
}

/**
 * The active and the pending version, read in one statement: between two statements one could become the other.
 * @throws AnkaError `tenant-unknown`; `policy-not-applied` while a new tenant has no policy in force yet; `record-outdated` also
 * if a newer version was deleted
 */
export const currentPolicy = async (manager: EntityManager, tenantId: string): Promise<CurrentPolicy> => {
  const versions = await manager.findBy(PolicyVersion, { tenantId, state: In(['active', 'pending']) });
  await assertNewest(manager, PolicyVersion, { tenantId }, await newestVersion(manager, tenantId));
  const active = versions.find(({ state }) => state === 'active');
  const pending = versions.find(({ state }) => state === 'pending') ?? null;
  if (active !== undefined) return { active, pending };
  const tenant = await manager.findOneBy(Tenant, { id: tenantId });
  if (tenant?.state === 'pending')
    throw new AnkaError(
      'policy-not-applied',
      'The tenant is being created and its first policy is not in force yet. Try again.',
    );
  if (tenant !== null)
    throw sealsOf(manager).rejections.reject({ table: 'policy_version', tenantId, id: 'in force' }, 'missing');
  await assertAbsent(manager, Tenant, { id: tenantId });
  throw new AnkaError('tenant-unknown');
};
