import { AnkaError, type Policy } from '@ankasecure/contracts';
import { type Answer, assertAbsent, sealsOf } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { type PolicyStanding, policyStanding } from './policy-standing.js';
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

/** The standing of a tenant with a policy in force. */
export interface CurrentPolicy extends PolicyStanding {
  readonly active: PolicyVersion;
}

/**
 * The active and the pending version.
 * @throws AnkaError `tenant-unknown`; `policy-not-applied` while a new tenant has no policy in force yet; `record-outdated` also
 * if a version is missing
 */
export const currentPolicy = async (manager: EntityManager, tenantId: string): Promise<CurrentPolicy> => {
  const { active, ...standing } = await policyStanding(manager, tenantId);
  if (active !== null) return { active, ...standing };
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
