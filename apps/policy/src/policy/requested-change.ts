import type { Context } from '@ankasecure/contracts';
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

/** The tenant, locked so that one version is stored at a time. A dry run locks nothing. */
export const lockedTenant = (
  manager: EntityManager,
  { tenantId: id, dryRun }: Pick<Context, 'tenantId' | 'dryRun'>,
): Promise<Tenant | null> =>
  manager.findOne(Tenant, { where: { id }, ...(dryRun !== true && { lock: { mode: 'pessimistic_write' } }) });
