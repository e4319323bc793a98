import { lookup } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { ConnectorTls } from '@ankasecure/contracts';
import { keyExchangeOptions } from '@ankasecure/service-kit';
import type { ConnectorParts, ReadSecret } from '../connector.js';
import { faultOfConnection, NoAnswer } from './connection-fault.js';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The time of a request with its answer, in milliseconds. */
const usualRequestMs = 30_000;
/** The longest answer, in bytes. One about a batch, event by event, has some hundred KiB. */
const mostBytes = 4 * 1024 * 1024;

/** The options of the TLS connections to a receiver. */
export interface ReceiverTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Certificates are verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export const verified = { rejectUnauthorized: true } as const;

/** Reads the files of a connection. @throws Error as `secret` */
export const readTls = async (
  { authority, certificate, key }: ConnectorTls,
  secret: ReadSecret,
): Promise<ReceiverTls> => ({
  ...(authority !== undefined && { ca: await secret(authority) }),
  ...(certificate !== undefined && { cert: await secret(certificate) }),
  ...(key !== undefined && { key: await secret(key) }),
});

/**
 * Sends POST requests to one receiver over verified TLS. Redirects are not followed. The address that was admitted is the one that is
 * connected to, so a name that resolves differently later changes nothing.
 */
export class HttpSender {
  private readonly agent: Agent;

  constructor(
    tls: ReceiverTls,
    private readonly admit: ConnectorParts['admit'],
    private readonly timeoutMs = usualRequestMs,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 8, ...keyExchangeOptions(), ...tls, ...verified });
  }

  /** @throws NoAnswer */
  async post({ url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    try {
      if (isIP(hostname) !== 0) this.admit(hostname);
    } catch (error) {
      throw new NoAnswer('pause', (error as Error).message);
    }
    const limit = AbortSignal.timeout(this.timeoutMs);
    try {
      return await this.exchange({ url, headers, body }, AbortSignal.any([signal, limit]));
    } catch (error) {
      if (limit.aborted && !signal.aborted)
        throw new NoAnswer('retry', `The receiver did not answer within ${this.timeoutMs / 1000} s.`);
      throw error instanceof NoAnswer ? error : faultOfConnection(error as NodeJS.ErrnoException);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange({ url, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((done, fail) => {
      const asked = request(url, {
        method: 'POST',
        agent: this.agent,
        headers: { ...headers, 'content-length': String(body.length) },
        lookup: admittingLookup(this.admit),
        signal,
      });
      asked.on('error', fail);
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > mostBytes) response.destroy(new NoAnswer('retry', 'The answer is too long.'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          done({ status: statusCode, headers: answered, text: Buffer.concat(chunks).toString() });
        });
      });
      asked.end(body);
    });
  }
}

/** Finds the addresses of a name, and refuses those that may not be connected to. */
export const admittingLookup =
  (admit: ConnectorParts['admit']): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      try {
        for (const { address } of addresses) admit(address);
      } catch (refusal) {
        return callback(new NoAnswer('pause', (refusal as Error).message), '');
      }
      const [first] = addresses;
      if (options.all === true) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family);
    });
  };

/** Opens the connections of a connector. @throws Error for a secret that is missing or no certificate */
export const openSender = async ({
  settings,
  secret,
  admit,
  requestMs,
}: ConnectorParts<{ readonly tls: ConnectorTls }>): Promise<HttpSender> =>
  new HttpSender(await readTls(settings.tls, secret), admit, requestMs);

/** A secret of one line. */
export const textOf = (bytes: Buffer): string => bytes.toString().trim();
