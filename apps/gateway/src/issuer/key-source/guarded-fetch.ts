import { reachableBy } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { IdentityConfig } from '../../auth/identity.config.js';
import { Outbound } from '../../outbound/outbound.js';

/**
 * Fetches a URL that a tenant has configured, with the interface of jose's `fetch`. Only https is allowed, or http on an
 * allowed loopback, and internal addresses must be allowed.
 */
@Injectable()
export class GuardedFetch {
  private readonly isReachable: (address: string) => boolean;

  constructor(
    { tenantIssuers }: IdentityConfig,
    private readonly outbound: Outbound,
  ) {
    this.isReachable = reachableBy(tenantIssuers.allowedNetworks);
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

  /** @throws Error for an internal address, which leads behind the gateway */
  assertReachable(address: string, isPlain: boolean): void {
    if (isPlain && ipaddr.process(address).range() !== 'loopback') throw new Error('http is for loopback only');
    if (!this.isReachable(address))
      throw new Error('the address is internal, and issuers must not reach internal addresses');
  }
}
