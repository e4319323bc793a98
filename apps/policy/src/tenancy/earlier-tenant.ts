import type { Context } from '@ankasecure/contracts';
import { assertAsked, transactionTime, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { PolicyVersion } from '../policy/policy-version.entity.js';
import { Tenant } from '../tenant/tenant.entity.js';

/** How long a creation can be repeated, in milliseconds: as long as an Idempotency-Key is kept. */
const dayMs = 86_400_000;

/** Whether a creation can still be repeated. */
export const canRepeat = (createdAt: Date, now: Date): boolean => now.getTime() - createdAt.getTime() < dayMs;

type Wanted = Pick<Tenant, 'slug' | 'name' | 'partition'>;

/**
 * The tenant that the same caller created by the same request within a day. The caller repeats the request, because the answer
 * did not arrive. Whether the creation was finished does not matter.
 * @returns its id, or undefined if there is none
 */
export const earlierTenant = async (
  dataSource: DataSource,
  { principal, issuer }: Context,
  { slug, name, partition }: Wanted,
): Promise<string | undefined> => {
  const tenant = await dataSource.manager.findOneBy(Tenant, { slug, name, partition });
  if (tenant === null || tenant.state === 'disabled') return undefined;
  const { id } = tenant;
  assertAsked(dataSource.manager, tenant, { slug, name, partition });
  return withTenant(dataSource, id, async (manager) => {
    const first = await manager.findOneBy(PolicyVersion, { tenantId: id, version: 1 });
    if (first === null) return undefined;
    const isMine = first.changedBy === principal && first.changedByIssuer === (issuer ?? null);
    return isMine && canRepeat(tenant.createdAt, await transactionTime(manager)) ? id : undefined;
  });
};
