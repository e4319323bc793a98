import { reachableBy } from '@ankasecure/service-kit';

/**
 * Refuses internal addresses to the connectors of tenants: they lead behind the audit service.
 * @param allowed internal networks that they may reach, in CIDR notation
 */
export const admitting = (allowed: readonly string[]): ((address: string) => void) => {
  const isReachable = reachableBy(allowed);
  return (address) => {
    if (isReachable(address)) return;
    throw new Error('The address of the receiver is internal, and the platform’s configuration does not allow it.');
  };
};
