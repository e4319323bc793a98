import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Bytes of an answer: the largest key sets have some tens of KiB. */
const mostBytes = 256 * 1024;
const timeoutMs = 3000;

/** What is not the public internet (RFC 6890, RFC 4193, RFC 4291): who names such an address wants to reach what stands behind us. */
const inner: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ...([
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
  ] as const),
  ...(['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'] as const),
  ...([
    '::/128',
    '::1/128',
    '::ffff:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
  ] as const),
  ...(['2002::/16', 'fc00::/7', 'fe80::/10', 'ff00::/8'] as const),
].map((network) => parseNetwork(network));

function parseNetwork(network: string): readonly [string, number, 'ipv4' | 'ipv6'] {
  const [address = '', bits = ''] = network.split('/');
  return [address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4'];
}

const listOf = (networks: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) list.addSubnet(...network);
  return list;
};

const refusedNetworks = listOf(inner);
const loopback = listOf([parseNetwork('127.0.0.0/8'), parseNetwork('::1/128')]);

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Fetches what a tenant has told us the URL of, as `fetch` does for jose, and nothing that it should not reach: https only (http
 * on an allowed loopback), no redirect followed, no inner address unless it is allowed, a bounded answer in a bounded time. The
 * address that is checked is the one that is connected to, so a name that resolves otherwise the second time changes nothing.
 */
export class GuardedFetch {
  private readonly allowed: BlockList;

  /** @param networks inner ones that may be reached all the same, in CIDR notation */
  constructor(networks: readonly string[]) {
    this.allowed = listOf(networks.map(parseNetwork));
  }

  /** @throws Error whose message is for our log only */
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

  private assertReachable(address: string, isPlain: boolean): void {
    const family = familyOf(address);
    if (isPlain && !loopback.check(address, family)) throw new Error('http is for loopback only');
    if (refusedNetworks.check(address, family) && !this.allowed.check(address, family))
      throw new Error('the address is internal, and issuers must not reach internal addresses');
  }
}
