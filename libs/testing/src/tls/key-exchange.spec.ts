import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import {
  BusConnection,
  connectionOf,
  type DatabaseConfig,
  dataSourceOptions,
  type KeyExchange,
  type Logger,
} from '@ankasecure/service-kit';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listeningLogger } from '../token/partition.js';
import { makeIdentity, type TlsIdentity } from './identity.js';

const log = listeningLogger() as unknown as Logger;
/** Of nobody: no server here asks for it. */
const nkeySeed = 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4';
let identity: TlsIdentity;
beforeAll(async () => {
  identity = await makeIdentity({ names: 'IP:127.0.0.1,DNS:localhost' });
});

/** How a server begins, before TLS: with what it says, or with the answer to what it is asked. */
type Begin = (socket: Socket) => Promise<void>;

const natsInfo = {
  server_id: 'a',
  version: '2.12.0',
  proto: 1,
  max_payload: 1_048_576,
  tls_required: true,
  headers: true,
};
const begins: Readonly<Record<'bus' | 'database', Begin>> = {
  bus: async (socket) => {
    socket.write(`INFO ${JSON.stringify({ ...natsInfo, host: '127.0.0.1', port: 1 })}\r\n`);
  },
  // PostgreSQL's SSLRequest, of eight bytes.
  database: async (socket) => {
    await once(socket, 'readable');
    socket.read(8);
    socket.write('S');
  },
};

/** A server that is only met: it agrees on a group and ends the connection. */
const meet = async (begin: Begin, groups: string) => {
  const agreed: string[] = [];
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    void begin(socket).then(() => {
      const secureContext = createSecureContext({ ...identity, ecdhCurve: groups });
      const secure = new TLSSocket(socket, { isServer: true, secureContext, requestCert: false });
      secure.on('error', () => agreed.push('refused'));
      secure.once('secure', () => {
        agreed.push(String(secure.getProtocol()));
        secure.destroy();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { agreed, port: (server.address() as AddressInfo).port, close: () => server.close() };
};

const databaseConfig = (port: number, keyExchange: KeyExchange | undefined): DatabaseConfig => ({
  host: '127.0.0.1',
  port,
  name: 'none',
  user: 'nobody',
  password: 'none',
  poolSize: 2,
  caFile: 'none',
  authority: { ca: identity.cert },
  ...(keyExchange && { keyExchange }),
});

/** Every way in which a service connects. Each ends in an error, because nothing but TLS is there. */
const ways = {
  'the bus': [
    'bus',
    (port: number, keyExchange: KeyExchange | undefined) =>
      BusConnection.open(
        'audit',
        {
          servers: [`tls://127.0.0.1:${port}`],
          nkeySeed,
          caFile: 'none',
          authority: { ca: identity.cert },
          ...(keyExchange && { keyExchange }),
        },
        log,
        0,
      ),
  ],
  'the data source': [
    'database',
    (port: number, keyExchange: KeyExchange | undefined) =>
      new DataSource(
        dataSourceOptions('audit', databaseConfig(port, keyExchange), { entities: [], migrations: [] }),
      ).initialize(),
  ],
  'a connection beside it': [
    'database',
    (port: number, keyExchange: KeyExchange | undefined) =>
      new Client(connectionOf(databaseConfig(port, keyExchange), 'test')).connect(),
  ],
} as const;

describe.each(Object.entries(ways))('a service at %s', (_, [kind, connect]) => {
  const open: { close(): void }[] = [];
  afterAll(() => open.forEach((server) => server.close()));
  const tried = async (groups: string, keyExchange?: KeyExchange): Promise<readonly string[]> => {
    const server = await meet(begins[kind], groups);
    open.push(server);
    await connect(server.port, keyExchange).catch(() => undefined);
    await expect.poll(() => server.agreed.length).toBeGreaterThan(0);
    return server.agreed;
  };

  it.each(['X25519MLKEM768', 'SecP256r1MLKEM768', 'X25519', 'P-256'])(
    'uses %s where the server has nothing else',
    async (groups) => {
      expect((await tried(groups))[0]).toBe('TLSv1.3');
    },
  );

  it('refuses a server without hybrid groups if it may use no others', async () => {
    expect((await tried('X25519MLKEM768', 'hybrid-only'))[0]).toBe('TLSv1.3');
    expect((await tried('X25519:P-256:P-384', 'hybrid-only'))[0]).toBe('refused');
  });
});

it('a ban of classical groups on a connection without TLS is a fault of the configuration', () => {
  const { caFile: _, authority: __, ...plain } = databaseConfig(1, 'hybrid-only');
  expect(() => connectionOf(plain, 'test')).toThrow('database.key-exchange needs database.ca-file');
});
