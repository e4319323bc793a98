import ipaddr from 'ipaddr.js';

type Network = ReturnType<typeof ipaddr.parseCIDR>;

const isIn = (address: ReturnType<typeof ipaddr.parse>, network: Network): boolean =>
  address.kind() === network[0].kind() && address.match(network);

/**
 * Refuses internal addresses to the connectors of tenants: anything other than plain unicast (RFC 6890) leads behind the audit service.
 * @param allowed internal networks that they may reach, in CIDR notation
 */
export const admitting = (allowed: readonly string[]): ((address: string) => void) => {
  const networks = allowed.map((network) => ipaddr.parseCIDR(network));
  return (text) => {
    const address = ipaddr.process(text);
    if (address.range() === 'unicast' || networks.some((network) => isIn(address, network))) return;
    throw new Error('The address of the receiver is internal, and the platform’s configuration does not allow it.');
  };
};
