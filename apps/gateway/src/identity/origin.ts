import { AsyncLocalStorage } from 'node:async_hooks';
import ipaddr from 'ipaddr.js';

const origins = new AsyncLocalStorage<string>();

/** The network that a caller's address belongs to: an IPv4 address, or the /64 of an IPv6 address, which one host can own whole. */
export const networkOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? `${parsed.parts.slice(0, 4).join(':')}/64` : parsed.toString();
};

/**
 * Runs work for a caller that has not proved its identity. Wherever the work waits in a line, it waits behind the work of the
 * caller's own network.
 */
export const forStranger = <Value>(address: string, work: () => Value): Value => origins.run(networkOf(address), work);

/** The network of the caller that the present work is for. */
export const originOf = (): string => origins.getStore() ?? 'unknown';
