import { type Context, getPolicy, type Policy } from '@ankasecure/contracts';
import type { Bus } from '@ankasecure/service-kit';

export type PolicyInForce = (context: Context) => Promise<Pick<Policy, 'dualControl'>>;

/**
 * The policy of the context's tenant, for what the gateway does itself and may take two people.
 * @throws AnkaError where the policy service is away: what cannot be looked up is not allowed
 */
export const policyInForce =
  (bus: Pick<Bus, 'request'>): PolicyInForce =>
  ({ tenantId, principal, correlationId, deadline }) =>
    bus.request(getPolicy, '', { tenantId, principal, correlationId, deadline }, {});
