import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Fetch, FetchInit } from '../transport/transport.js';

/** PEM texts. */
export interface MutualTlsOptions {
  readonly cert?: string;
  readonly key?: string;
  /** The authorities that are trusted instead of the public ones. */
  readonly ca?: string;
}

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (let place = 0; place < rawHeaders.length; place += 2)
    headers.append(rawHeaders[place] ?? '', rawHeaders[place + 1] ?? '');
  return headers;
};

/** The statuses without a body (Fetch standard §2.2.3). */
const withoutBody = [204, 205, 304];

const responseOf = async (message: IncomingMessage): Promise<Response> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const status = message.statusCode ?? 0;
  const body = withoutBody.includes(status) ? null : Buffer.concat(chunks);
  return new Response(body, { status, headers: headersOf(message) });
};

/**
 * A `fetch` for the client that shows a certificate (RFC 8705) and, with `ca`, trusts a private authority. Its connections are
 * kept open for further requests.
 */
export const mutualTlsFetch = ({ cert, key, ca }: MutualTlsOptions): Fetch => {
  const identity = {
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(ca !== undefined && { ca }),
  };
  const agent = new Agent({ keepAlive: true, ...identity });
  return (url: string, { method, headers, body, signal }: FetchInit) =>
    new Promise<Response>((resolve, reject) => {
      const sent = request(url, { agent, method, headers, signal }, (message) => {
        responseOf(message).then(resolve, reject);
      });
      sent.once('error', reject);
      sent.end(body);
    });
};
