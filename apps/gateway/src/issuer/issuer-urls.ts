import { isIP } from 'node:net';
import { AnkaError } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Outbound } from '../outbound/outbound.js';
import type { IssuerSettings } from './issuer-rules.js';
import { GuardedFetch } from './key-source/guarded-fetch.js';

/** A reason why nothing can ever be fetched from a URL. */
interface Rule {
  readonly fails: (url: URL) => boolean;
  readonly detail: string;
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** The lengths of a name and of its labels (RFC 1035 §2.3.4). */
const isName = (host: string): boolean =>
  host.length <= 253 &&
  host
    .replace(/\.$/, '')
    .split('.')
    .every(({ length }) => length >= 1 && length <= 63);

const rules: readonly Rule[] = [
  { fails: ({ username, password }) => username + password !== '', detail: 'must name no user and no password' },
  { fails: ({ hash }) => hash !== '', detail: 'must have no fragment' },
  { fails: ({ port }) => port === '0', detail: 'must have a port other than 0, or none' },
  {
    // RFC 6761 §6.4, RFC 7686
    fails: ({ hostname }) => /\.(?:invalid|onion)\.?$/.test(hostname),
    detail: 'must have a host in the domain name system: no name in invalid or onion is',
  },
  {
    fails: (url) => isIP(hostOf(url)) === 0 && !isName(hostOf(url)),
    detail: 'must have a host of at most 253 characters, with 1 to 63 between two dots',
  },
];

/** OpenID discovery appends a path to the issuer (OpenID Connect Discovery 1.0 §4). */
const ofDiscovery: Rule = {
  fails: ({ search }) => search !== '',
  detail: 'must have no query, because the keys are found below it: send jwksUrl or keys',
};

/** The loopback addresses have every name in localhost (RFC 6761 §6.3). */
const isLocalhost = (host: string): boolean => /(?:^|\.)localhost\.?$/.test(host);

/** Refuses URLs from which an issuer's keys can never be fetched, when they are set and not when somebody needs the keys. */
@Injectable()
export class IssuerUrls {
  constructor(
    private readonly guarded: GuardedFetch,
    private readonly outbound: Outbound,
  ) {}

  /**
   * Looks at the URL from which keys are fetched, if they are. A host with a dot in its name is not asked for: what a name
   * means is decided when it is fetched, and can change.
   * @returns the refusal. It waits for the domain name system at most three seconds
   */
  async faultOf(settings: IssuerSettings, tenantId: string): Promise<AnkaError | undefined> {
    const { issuer, keys, jwksUrl } = settings;
    if (keys !== undefined) return undefined;
    const url = new URL(jwksUrl ?? issuer);
    const broken = [...rules, ...(jwksUrl === undefined ? [ofDiscovery] : [])].find(({ fails }) => fails(url));
    const detail = broken?.detail ?? (await this.hostFaultOf(url, tenantId));
    if (detail === undefined) return undefined;
    return new AnkaError('request-invalid', `${jwksUrl === undefined ? 'issuer' : 'jwksUrl'}: ${detail}`);
  }

  private async hostFaultOf(url: URL, tenantId: string): Promise<string | undefined> {
    const host = hostOf(url);
    const addresses = await this.fixedAddressesOf(host, tenantId);
    if (addresses === undefined) return undefined;
    if (addresses.length === 0) return 'no resolver gives the name of the host: use its full name';
    return addresses.some((address) => this.isReachable(address, url))
      ? undefined
      : 'the address of the host is internal, and the platform’s configuration does not allow issuers there';
  }

  /** The addresses of a literal, of localhost and of a name without a dot. Undefined for any other host. */
  private async fixedAddressesOf(host: string, tenantId: string): Promise<readonly string[] | undefined> {
    if (isIP(host) !== 0) return [host];
    if (isLocalhost(host)) return ['127.0.0.1', '::1'];
    return host.replace(/\.$/, '').includes('.') ? undefined : this.outbound.addressesOf(host, tenantId);
  }

  private isReachable(address: string, { protocol }: URL): boolean {
    try {
      this.guarded.assertReachable(address, protocol === 'http:');
      return true;
    } catch {
      return false;
    }
  }
}
