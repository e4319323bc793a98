import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import type { Postgres } from '@ankasecure/local';
import {
  connectPatiently,
  type DatabaseConfig,
  dataSourceOptions,
  type Logger,
  StartFailure,
} from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../postgres/postgres.js';

const silent = { warn: () => undefined } as unknown as Logger;
const [own, other, empty] = ['ankadb_own', 'ankadb_other', 'ankadb_empty'];

describe('a database that cannot be used', () => {
  let postgres: Postgres;
  const servers: Server[] = [];
  beforeAll(async () => {
    postgres = await startTestPostgres(own, other, empty);
    await postgres.query(own, 'CREATE TABLE heartbeat (service text)');
    await postgres.query(other, 'CREATE TABLE tenant (id uuid)');
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await postgres.stop();
  });

  const portOf = async (greeting?: string): Promise<number> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (greeting !== undefined) socket.end(greeting);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return port;
  };
  const configOf = (over: Partial<DatabaseConfig> = {}): DatabaseConfig => {
    const { host, port, database: name, user, password } = postgres.login(own, 'app');
    return { host, port, name, user, password, poolSize: 2, ...over };
  };
  const connect = (config: DatabaseConfig) =>
    connectPatiently(
      dataSourceOptions('test', config, { entities: [], outbox: 'none', migrations: [] }),
      config,
      0,
      silent,
    );

  const loginOf = (database: string): Partial<DatabaseConfig> => {
    const { user, password } = postgres.login(database, 'app');
    return { user, password };
  };
  const closedPort = async (): Promise<number> => {
    const port = await portOf();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    return port;
  };
  const faults: Readonly<
    Record<
      string,
      readonly [over: () => Partial<DatabaseConfig> | Promise<Partial<DatabaseConfig>>, names: readonly string[]]
    >
  > = {
    'a wrong password': [() => ({ password: 'canary' }), ['database.password', 'database.user']],
    'the password of another role': [
      () => ({ password: postgres.login(other, 'app').password }),
      ['database.password', 'database.user'],
    ],
    'an unknown role': [() => ({ user: 'nobody' }), ['database.user']],
    'a role in capitals': [() => ({ user: configOf().user.toUpperCase() }), ['database.user']],
    'an unknown database': [() => ({ name: 'ankadb_onw' }), ['database.name']],
    'a database of another service': [() => ({ name: other }), ['database.name', 'database.user']],
    'a role of another service': [() => loginOf(other), ['database.name', 'database.user']],
    'the whole login of another service': [() => ({ name: other, ...loginOf(other) }), ['database.name', 'heartbeat']],
    'a database without tables': [() => ({ name: empty, ...loginOf(empty) }), ['database.name', 'migrate']],
    'nobody at the port': [async () => ({ port: await closedPort() }), ['database.host', 'database.port']],
    'a host that does not exist': [() => ({ host: 'postgres.invalid' }), ['database.host']],
    'a server that says nothing': [async () => ({ port: await portOf() }), ['database.host', 'database.port']],
    'a server that hangs up': [async () => ({ port: await portOf('') }), ['database.host', 'database.port']],
    'a web server': [
      async () => ({ port: await portOf('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n') }),
      ['database.host', 'database.port'],
    ],
    'a message bus': [
      async () => ({ port: await portOf('INFO {"server_id":"N"}\r\n') }),
      ['database.host', 'database.port'],
    ],
  };

  it.each(Object.entries(faults))('says what to look at: %s', async (_, [over, names]) => {
    const config = configOf(await over());
    const failure = await connect(config).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    const { message, reason } = failure as StartFailure;
    expect(reason).toBe('database');
    expect(message).toMatch(/^[^\n]+$/);
    for (const name of [config.name, ...names]) expect(message).toContain(name);
    expect(message).not.toContain(config.password);
  });

  it('is the only one that is refused', async () => {
    await (await connect(configOf())).destroy();
  });

  it('is waited for while a migration may be running', async () => {
    const config = configOf({ name: empty, ...loginOf(empty) });
    const options = dataSourceOptions('test', config, { entities: [], outbox: 'none', migrations: [] });
    const tried = Promise.withResolvers<void>();
    const log = { warn: () => tried.resolve() } as unknown as Logger;
    const connecting = connectPatiently(options, config, 600_000, log);
    await tried.promise;
    await postgres.query(empty, 'CREATE TABLE heartbeat (service text)');
    await (await connecting).destroy();
    await postgres.query(empty, 'DROP TABLE heartbeat');
  });
});
