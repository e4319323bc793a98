import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Server as PlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeIdentity } from '@ankasecure/testing';
import { type OwnRig, startOwnRig } from '../harness/rig.js';

/** The one internal address that the platform's configuration lets connectors of tenants reach. */
export const allowedAddress = '127.0.0.9';

/** What a name has for addresses, one answer after the other. The last one stays. */
export type NameAnswers = Readonly<Record<string, readonly (readonly string[])[]>>;

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A stack whose tenants may have connectors to one address of this machine. */
export interface AttachedRig {
  readonly rig: OwnRig;
  /** The port of the receiver on `allowedAddress`, and of a server on the loopback that nobody outside may reach. */
  readonly port: number;
  readonly received: Received[];
  /** Connections to the server on the loopback. */
  touched(): number;
  /** What the receiver answers from now on. */
  answer: (received: Received) => Answer;
  /** Puts a secret into the tenant's folder, as the operator does. */
  putSecret(tenantId: string, name: string, value: string): Promise<void>;
  /** The certificate that the receiver's is believed by. */
  readonly authority: string;
  stop(): Promise<void>;
}

/** Answers for names that change, within the process of the audit service. Other names are asked as before. */
const changingNames = (answers: NameAnswers): string => `
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
const answers = ${JSON.stringify(answers)};
const asked = new Map();
const real = dns.lookup;
dns.lookup = (name, options, callback) => {
  const list = answers[name];
  if (list === undefined) return real(name, options, callback);
  const at = asked.get(name) ?? 0;
  asked.set(name, at + 1);
  const found = list[Math.min(at, list.length - 1)].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  process.nextTick(() => (options.all ? callback(null, found) : callback(null, found[0].address, found[0].family)));
};
syncBuiltinESMExports();
`;

/** An answer that every kind of receiver gives for a success, and Entra for a token. */
const success = ({ path, body }: Received): Answer => {
  if (path.endsWith('/oauth2/v2.0/token'))
    return { status: 200, body: JSON.stringify({ access_token: 'of-entra', expires_in: 3600 }) };
  if (path.startsWith('/dataCollectionRules/')) return { status: 204 };
  if (path.includes('/_bulk')) {
    const count = body.trim().split('\n').length / 2;
    return {
      status: 200,
      body: JSON.stringify({ items: Array.from({ length: count }, () => ({ create: { status: 201 } })) }),
    };
  }
  return { status: 200, body: '{"code":0}' };
};

const listening = async (server: Server | PlainServer, port: number, address: string): Promise<number> => {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, address, done);
  });
  return (server.address() as AddressInfo).port;
};

export const startAttachedRig = async (names: NameAnswers = {}): Promise<AttachedRig> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-connector-'));
  const authority = await makeIdentity({ subject: '/O=Test/CN=authority', names: 'DNS:authority.test' });
  const hosts = [`IP:${allowedAddress}`, ...Object.keys(names).map((name) => `DNS:${name}`)].join(',');
  const identity = await makeIdentity({ subject: '/CN=receiver', names: hosts, authority });
  const received: Received[] = [];
  const server = createServer(identity, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '/', headers } = request;
      const one = { path, headers, body: Buffer.concat(chunks).toString() };
      received.push(one);
      const { status, headers: own = {}, body = '' } = attached.answer(one);
      response.writeHead(status, own).end(body);
    });
  });
  let touched = 0;
  const inner = createPlainServer((socket) => {
    touched++;
    socket.destroy();
  });
  const port = await listening(inner, 0, '127.0.0.1');
  await listening(server, port, allowedAddress);
  const preload = join(directory, 'changing-names.mjs');
  await writeFile(preload, changingNames(names));
  const rig = await startOwnRig({
    workers: 1,
    services: {
      audit: {
        configuration: {
          connectors: { secretsDirectory: directory, allowedNetworks: [`${allowedAddress}/32`] },
        },
        environment: { NODE_OPTIONS: `--import=${preload}` },
      },
    },
  });
  const attached: AttachedRig = {
    rig,
    port,
    received,
    touched: () => touched,
    answer: success,
    putSecret: async (tenantId, name, value) => {
      await mkdir(join(directory, tenantId), { recursive: true });
      await writeFile(join(directory, tenantId, name), value);
    },
    authority: authority.cert,
    stop: async () => {
      await rig.stop();
      server.closeAllConnections();
      for (const one of [server, inner]) await new Promise((done) => one.close(done));
      await rm(directory, { recursive: true });
    },
  };
  return attached;
};

/** The secrets of every kind of connector, in the tenant's folder. */
export const putSecrets = async ({ putSecret, authority }: AttachedRig, tenantId: string): Promise<void> => {
  await putSecret(tenantId, 'ca.pem', authority);
  await putSecret(tenantId, 'token', 'a-token-that-nobody-may-see');
  await putSecret(tenantId, 'login', 'Bearer a-token-that-nobody-may-see');
  await putSecret(tenantId, 'signing', `whsec_${Buffer.alloc(24, 7).toString('base64')}`);
};

const tls = { authority: 'ca.pem' };

/** The settings of each kind of connector for a host and a port: all that a tenant may choose an address in. */
export const settingsOf = (host: string, port: number, good = `${allowedAddress}:${port}`) => {
  const url = `https://${host}:${port}`;
  const sentinel = {
    kind: 'sentinel',
    rule: `dcr-${'a'.repeat(32)}`,
    directory: 'acme.example',
    clientId: 'client',
    credential: { by: 'secret', secret: 'token' },
    tls,
  };
  return {
    splunk: { kind: 'splunk', url, token: 'token', tls },
    elastic: { kind: 'elastic', url, apiKey: 'token', tls },
    otlp: { kind: 'otlp', url: `${url}/v1/logs`, authorization: 'login', tls },
    webhook: { kind: 'webhook', url: `${url}/hook`, signing: ['signing'], tls },
    'sentinel’s rule': { ...sentinel, url, login: `https://${good}` },
    'sentinel’s login': { ...sentinel, url: `https://${good}`, login: url },
    arcsight: { kind: 'arcsight', host, port, tls },
  } as const;
};
export type Place = keyof ReturnType<typeof settingsOf>;
