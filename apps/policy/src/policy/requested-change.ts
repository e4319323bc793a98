import type { Context } from '@ankasecure/contracts';
import { assertAbsent } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';

/** The part of the caller's time that is kept for the reply, after the workers have answered, in milliseconds. */
const reserveMs = 250;

/** The moment of `monotonicNow` until which a caller's change waits for the workers. */
export const confirmedBy = ({ deadline }: Pick<Context, 'deadline'>): number => deadline - reserveMs;

/** The columns of a version that name its author. */
export const authorOf = ({ principal, issuer, clientAddress, correlationId }: Context) => ({
  changedBy: principal,
  changedByIssuer: issuer ?? null,
  changedFrom: clientAddress ?? null,
  correlationId,
});

/**
 * The tenant, locked so that one version is stored at a time. A dry run locks nothing.
 * @throws AnkaError `record-outdated` if the audit trail knows a tenant that is not stored
 */
export const lockedTenant = async (
  manager: EntityManager,
  { tenantId: id, dryRun }: Pick<Context, 'tenantId' | 'dryRun'>,
): Promise<Tenant | null> => {
  const lock = dryRun === true ? {} : { lock: { mode: 'pessimistic_write' } as const };
  const tenant = await manager.findOne(Tenant, { where: { id }, ...lock });
  if (tenant === null) await assertAbsent(manager, Tenant, { id });
  return tenant;
};
