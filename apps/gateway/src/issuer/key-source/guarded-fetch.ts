import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { IdentityConfig } from '../../auth/identity.config.js';
import { Outbound } from '../../outbound/outbound.js';

/** An IPv4 or IPv6 network in CIDR notation. */
type Network = ReturnType<typeof ipaddr.parseCIDR>;

const isIn = (address: ReturnType<typeof ipaddr.parse>, network: Network): boolean =>
  address.kind() === network[0].kind() && address.match(network);

/**
 * Fetches a URL that a tenant has configured, with the interface of jose's `fetch`. Only https is allowed, or http on an
 * allowed loopback, and internal addresses must be allowed.
 */
@Injectable()
export class GuardedFetch {
  private readonly allowed: readonly Network[];

  constructor(
    { tenantIssuers }: IdentityConfig,
    private readonly outbound: Outbound,
  ) {
    this.allowed = tenantIssuers.allowedNetworks.map((network) => ipaddr.parseCIDR(network));
  }

  /** The function that fetches for one tenant. It throws errors whose message is only for the log. */
  readonly for =
    (tenantId: string) =>
    async (input: string): Promise<Response> => {
      const url = new URL(input);
      const isPlain = url.protocol === 'http:';
      if (!isPlain && url.protocol !== 'https:') throw new Error('must be an https URL');
      return this.outbound.get(url, { tenantId, admit: (address) => this.assertReachable(address, isPlain) });
    };

  /** @throws Error for an internal address: anything other than plain unicast (RFC 6890) leads behind the gateway. */
  assertReachable(text: string, isPlain: boolean): void {
    const address = ipaddr.process(text);
    if (isPlain && address.range() !== 'loopback') throw new Error('http is for loopback only');
    const isInternal = ipaddr.parse(text).range() !== 'unicast';
    if (isInternal && !this.allowed.some((network) => isIn(address, network)))
      throw new Error('the address is internal, and issuers must not reach internal addresses');
  }
}
