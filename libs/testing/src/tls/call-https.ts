import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The connection of the answer. */
  readonly socket: TLSSocket;
  /** The ticket with which another connection can resume this TLS session. */
  readonly session: Buffer | undefined;
}

/** One request over TLS, on a connection of its own unless an agent says otherwise. @param options also of its TLS, as `cert` and `key` */
export const callHttps = (url: string, options: RequestOptions, body = ''): Promise<HttpsAnswer> =>
  new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    const asked = request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      const socket = response.socket as TLSSocket;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          socket,
          session,
        }),
      );
    });
    asked.once('socket', (socket) => socket.once('session', (given: Buffer) => (session = given)));
    asked.on('error', reject);
    asked.end(body);
  });
