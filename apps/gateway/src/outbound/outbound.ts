import { globalAgent as httpAgent, request as requestHttp } from 'node:http';
import { globalAgent as httpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type TurnLimits, Turns } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { OutboundConfig } from './outbound.config.js';
import { isNoName, resolveHost } from './resolve.js';

/** The limit of an answer in bytes. The largest key sets have some tens of KiB. */
const mostBytes = 256 * 1024;
/** The time of a fetch, from the question for the name to the end of the answer, in milliseconds. */
const timeoutMs = 3000;

/** The limits on fetches for all tenants, and for each. A tenant's fetches beyond its share wait behind its own. */
const forTenants: TurnLimits = {
  all: { running: 128, waiting: 512 },
  each: { running: 4, waiting: 16 },
  waitMs: 2000,
};
/** Fetches for the platform's own issuers. Tenants do not take their places. */
const forPlatform: TurnLimits = { all: { running: 16, waiting: 64 }, each: { running: 2, waiting: 8 }, waitMs: 2000 };

/** A tenant that configured a URL, or the platform. */
export type Asker = { readonly tenantId: string; readonly admit: Admit } | { readonly platform: string };

/** Decides whether an address may be connected to. @throws Error whose message is only for the log */
export type Admit = (address: string) => void;

/**
 * Fetches small JSON documents from identity providers. Redirects are not followed. Time, size and the number of fetches at
 * once are bounded, for each tenant and in all, and a fetch holds none of the process's threads.
 * The admitted address is the one that is connected to, so a name that later resolves differently changes nothing.
 */
@Injectable()
export class Outbound {
  private readonly tenants = new Turns(forTenants, busy);
  private readonly platform = new Turns(forPlatform, busy);

  constructor(private readonly config: OutboundConfig) {}

  /** @throws Error whose message is only for the log */
  async get(url: URL, asker: Asker): Promise<Response> {
    const [turns, name] =
      'tenantId' in asker ? ([this.tenants, asker.tenantId] as const) : ([this.platform, asker.platform] as const);
    const body = await turns.run(name, () => this.fetch(url, 'admit' in asker ? asker.admit : undefined));
    return new Response(new Uint8Array(body), { status: 200, headers: { 'content-type': 'application/json' } });
  }

  /**
   * Asks for the addresses of a name on a tenant's behalf, within its share of fetches.
   * @returns none if the servers say that there are none; undefined if nobody can say now
   */
  async addressesOf(name: string, tenantId: string): Promise<readonly string[] | undefined> {
    try {
      const find = () => resolveHost(name, AbortSignal.timeout(timeoutMs), this.config.dnsServers);
      return (await this.tenants.run(tenantId, find)).map(({ address }) => address);
    } catch (error) {
      return isNoName(error) ? [] : undefined;
    }
  }

  private async fetch(url: URL, admit: Admit | undefined): Promise<Buffer> {
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(hostname) !== 0) admit?.(hostname);
    const signal = AbortSignal.timeout(timeoutMs);
    const isPlain = url.protocol === 'http:';
    // A connection that another tenant's fetch opened was admitted by that tenant's rules.
    const agent = admit === undefined ? (isPlain ? httpAgent : httpsAgent) : false;
    const options = { agent, headers: { accept: 'application/json' }, signal, lookup: this.lookup(signal, admit) };
    return receive((isPlain ? requestHttp : requestHttps)(url, options));
  }

  private lookup(signal: AbortSignal, admit: Admit | undefined): LookupFunction {
    return (hostname, options, callback) => {
      resolveHost(hostname, signal, this.config.dnsServers)
        .then((addresses) => {
          for (const { address } of addresses) admit?.(address);
          const [first] = addresses;
          if (first === undefined) throw new Error('the name has no address');
          if (options.all === true) callback(null, [...addresses]);
          else callback(null, first.address, first.family);
        })
        .catch((error: unknown) => callback(error as Error, ''));
    };
  }
}

const busy = (): Error => new Error('too many fetches are running or waiting');

const receive = (asked: ReturnType<typeof requestHttp>): Promise<Buffer> =>
  new Promise((done, fail) => {
    asked.on('error', fail);
    asked.on('response', (response) => {
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
    asked.end();
  });
