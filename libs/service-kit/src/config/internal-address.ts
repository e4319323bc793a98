import ipaddr from 'ipaddr.js';

/** All that is given out of IPv6 for hosts that everybody can reach (RFC 4291 §2.4, IANA's registry). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Addresses that look public, and at which clouds serve their own virtual machines only: Azure's host. */
const ofClouds = new Set(['168.63.129.16']);

/** An IPv4 or IPv6 network, as `ipaddr.parseCIDR` reads it. */
type Network = ReturnType<typeof ipaddr.parseCIDR>;

const isIn = (address: ReturnType<typeof ipaddr.process>, network: Network): boolean =>
  address.kind() === network[0].kind() && address.match(network);

/**
 * Whether an address leads anywhere but to a host of the public internet: anything other than plain unicast (RFC 6890), written in
 * whatever way, such as an IPv4 address within an IPv6 one. A request that somebody outside has chosen must not go there.
 */
export const isInternal = (text: string): boolean => {
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast' || ofClouds.has(address.toString())) return true;
  return address instanceof ipaddr.IPv6 && !address.match(globalUnicast);
};

/**
 * Whether somebody outside may choose an address.
 * @param allowed internal networks that they may reach, in CIDR notation
 */
export const reachableBy = (allowed: readonly string[]): ((address: string) => boolean) => {
  const networks = allowed.map((network) => ipaddr.parseCIDR(network));
  return (text) => !isInternal(text) || networks.some((network) => isIn(ipaddr.process(text), network));
};
