import { type Context, monotonicNow, newId, platformTenantId, type Service } from '@ankasecure/contracts';

/**
 * The context of a request that a service makes by itself.
 * @param withinMs the time limit, in milliseconds
 */
export const ownContext = (principal: Service, withinMs: number, tenantId: string = platformTenantId): Context => ({
  tenantId,
  principal,
  correlationId: newId(),
  deadline: monotonicNow() + withinMs,
});
