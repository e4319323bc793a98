import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeIdentity, type TlsIdentity } from '@ankasecure/testing';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** How a receiver behaves instead of answering: it never does, drops the connection in the middle of an answer, or sends it in drops. */
export type Misbehaviour = 'hang' | 'reset' | 'slow';

/** The identities of a receiver, of its clients, and of somebody else. */
export interface Authorities {
  readonly authority: TlsIdentity;
  readonly server: TlsIdentity;
  readonly client: TlsIdentity;
  readonly stranger: TlsIdentity;
}

export const makeAuthorities = async (): Promise<Authorities> => {
  const authority = await makeIdentity({ subject: '/O=Test/CN=authority', names: 'DNS:authority.test' });
  const names = 'DNS:receiver.test,IP:127.0.0.1';
  return {
    authority,
    server: await makeIdentity({ subject: '/CN=receiver.test', names, authority }),
    client: await makeIdentity({ subject: '/CN=ankasecure', names: 'DNS:ankasecure', authority }),
    stranger: await makeIdentity({ subject: '/CN=ankasecure', names: 'DNS:ankasecure' }),
  };
};

/** An HTTPS server on 127.0.0.1. Replies that are queued come before the handler's, one for each request. */
export class HttpsReceiver {
  readonly received: Received[] = [];
  readonly queued: (Reply | Misbehaviour)[] = [];
  /** Answers each request with what it holds, instead of the handler. */
  echoes: ((request: Received) => Reply) | undefined;
  /** The requests that get queued replies. */
  isQueued: (url: URL) => boolean = () => true;
  private readonly server: Server;

  constructor(
    { server, authority }: Authorities,
    private readonly handle: (request: Received) => Reply,
    isMutual = false,
  ) {
    this.server = createServer(
      { ...server, ...(isMutual && { ca: authority.cert, requestCert: true, rejectUnauthorized: true }) },
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('error', () => undefined);
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { method = '', url = '/', headers } = request;
          const received = { method, url: new URL(url, this.url), headers, body: Buffer.concat(chunks) };
          this.received.push(received);
          const queued = this.isQueued(received.url) ? this.queued.shift() : undefined;
          const next = queued ?? (this.echoes ?? this.handle)(received);
          if (next === 'hang') return;
          const {
            status,
            headers: own = {},
            body = '',
          } = next === 'slow' || next === 'reset' ? this.handle(received) : next;
          response.writeHead(status, own);
          if (next === 'reset') response.write(body.slice(0, 5), () => request.socket.destroy());
          else if (next === 'slow') void this.drip(body, (part) => response.write(part)).then(() => response.end());
          else response.end(body);
        });
      },
    );
  }

  private async drip(body: string, write: (part: string) => unknown): Promise<void> {
    for (let at = 0; at < body.length; at += Math.ceil(body.length / 8)) {
      write(body.slice(at, at + Math.ceil(body.length / 8)));
      await delay(40);
    }
  }

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
