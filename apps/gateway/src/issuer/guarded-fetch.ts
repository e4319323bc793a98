import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { IdentityConfig } from '../auth/identity.config.js';

/** The limit of an answer in bytes. The largest key sets have some tens of KiB. */
const mostBytes = 256 * 1024;
const timeoutMs = 3000;

/** An IPv4 or IPv6 network in CIDR notation. */
type Network = ReturnType<typeof ipaddr.parseCIDR>;

const isIn = (address: ReturnType<typeof ipaddr.parse>, network: Network): boolean =>
  address.kind() === network[0].kind() && address.match(network);

/**
 * Fetches a URL that a tenant has configured, with the interface of jose's `fetch`. Only https is allowed, or http on an
 * allowed loopback. Redirects are not followed, and internal addresses must be allowed. The answer and the time are bounded.
 * The checked address is the one that is connected to, so a name that later resolves differently changes nothing.
 */
@Injectable()
export class GuardedFetch {
  private readonly allowed: readonly Network[];

  constructor({ tenantIssuers }: IdentityConfig) {
    this.allowed = tenantIssuers.allowedNetworks.map((network) => ipaddr.parseCIDR(network));
  }

  /** @throws Error whose message is only for the log */
  readonly fetch = async (input: string): Promise<Response> => {
    const url = new URL(input);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const isPlain = url.protocol === 'http:';
    if (!isPlain && url.protocol !== 'https:') throw new Error('must be an https URL');
    if (isIP(hostname) !== 0) this.assertReachable(hostname, isPlain);
    const body = await this.get(url, isPlain);
    return new Response(new Uint8Array(body), { status: 200, headers: { 'content-type': 'application/json' } });
  };

  private get(url: URL, isPlain: boolean): Promise<Buffer> {
    return new Promise((done, fail) => {
      const options = {
        agent: false as const,
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
        lookup: this.lookup(isPlain),
      };
      const asked = (isPlain ? requestHttp : requestHttps)(url, options, (response) => {
        if (response.statusCode !== 200) {
          response.destroy();
          return fail(new Error(`the answer was ${response.statusCode}`));
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > mostBytes) response.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => done(Buffer.concat(chunks)));
      });
      asked.on('error', fail);
      asked.end();
    });
  }

  private lookup(isPlain: boolean): LookupFunction {
    return (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        try {
          if (error !== null) throw error;
          for (const { address } of addresses) this.assertReachable(address, isPlain);
          const [first] = addresses;
          if (first === undefined) throw new Error('the name has no address');
          if (options.all === true) callback(null, addresses);
          else callback(null, first.address, first.family);
        } catch (refusal) {
          callback(refusal as Error, '');
        }
      });
    };
  }

  /** Whether the address is internal: anything other than plain unicast (RFC 6890) leads behind the gateway. */
  private assertReachable(text: string, isPlain: boolean): void {
    const address = ipaddr.process(text);
    if (isPlain && address.range() !== 'loopback') throw new Error('http is for loopback only');
    const isInternal = ipaddr.parse(text).range() !== 'unicast';
    if (isInternal && !this.allowed.some((network) => isIn(address, network)))
      throw new Error('the address is internal, and issuers must not reach internal addresses');
  }
}
