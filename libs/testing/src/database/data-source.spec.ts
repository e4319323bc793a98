import { constants } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Postgres } from '@ankasecure/local';
import {
  asAnkaError,
  BoundedClient,
  connectionOf,
  dataSourceOptions,
  mostAnswered,
  type ServiceConfig,
} from '@ankasecure/service-kit';
import { Pool, types } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../fault/fault-proxy.js';
import { startTestPostgres } from '../postgres/postgres.js';

const database = 'cut_off';

/** The message that ends a start, and the one with which PostgreSQL ends a session: FATAL, 57P01. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection', ''].map((field) => `${field}\0`).join('');
const terminated = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 4 + fields.length]), Buffer.from(fields)]);

/** A proxy before PostgreSQL that ends each session in the packet that starts it. */
const startEndingServer = async (port: number) => {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (bytes) => far.write(bytes)).on('error', () => far.destroy());
    far.on('error', () => undefined);
    far.on('data', (bytes) => {
      if (!bytes.subarray(-readyForQuery.length).equals(readyForQuery)) return near.write(bytes);
      near.end(Buffer.concat([bytes, terminated]));
      return far.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, stop };
};

/** Tests the service kit's connections. The spec is here because it needs the servers of this library. */
describe('a connection to a database that is cut off', () => {
  let postgres: Postgres;
  let proxy: FaultProxy;
  let config: ServiceConfig['database'];
  beforeAll(async () => {
    postgres = await startTestPostgres(database);
    proxy = await startFaultProxy(() => postgres.port);
    const { host, user, password } = postgres.login(database, 'app');
    config = { host, port: proxy.port, name: database, user, password, poolSize: 1 };
  });
  afterEach(() => proxy.set(null));
  afterAll(async () => {
    await proxy.stop();
    await postgres.stop();
  });

  const unavailable = async (call: Promise<unknown>): Promise<void> => {
    // Without a bound of its own, the call waits for longer than a test may take.
    const error = await call.catch((reason: unknown) => reason);
    expect(asAnkaError(error)).toMatchObject({ code: 'service-unavailable', retryable: true });
  };

  it('is closed in bounded time, and the pool opens another', async () => {
    const pool = new Pool({ ...connectionOf(config, 'spec', 1500), max: 1 });
    pool.on('error', () => undefined);
    await pool.query('SELECT 1');
    proxy.set('silent');
    await unavailable(pool.query('SELECT 1'));
    proxy.set(null);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('is closed in bounded time during a transaction, and the next transaction gets another', async () => {
    const options = dataSourceOptions('spec', config, { entities: [], migrations: [] });
    const bounded = { ...options, extra: { ...(options.extra as object), query_timeout: 1500 } } as typeof options;
    const dataSource = await new DataSource(bounded).initialize();
    const cutWithin = dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1');
      proxy.set('silent');
      await manager.query('SELECT 1');
    });
    await unavailable(cutWithin);
    proxy.set(null);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await dataSource.destroy();
  });

  it('reports its loss to the holder of its lock', async () => {
    const client = new BoundedClient(connectionOf(config, 'spec', 1500));
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    proxy.set('silent');
    await unavailable(client.query('SELECT 1'));
    await unavailable(lost.then((error) => Promise.reject(error as Error)));
  });

  it('does not end the process if it is lost between its start and its first use', async () => {
    const ending = await startEndingServer(postgres.port);
    const options = dataSourceOptions('spec', { ...config, port: ending.port }, { entities: [], migrations: [] });
    const pool = new Pool({ ...connectionOf({ ...config, port: ending.port }, 'spec'), max: 1 });
    const errors: unknown[] = [];
    pool.on('error', (error) => errors.push(error));
    await unavailable(pool.query('SELECT 1'));
    await unavailable(new DataSource(options).initialize().then((source) => source.query('SELECT 1')));
    await pool.end();
    await ending.stop();
  });

  it('does not end the process if an answer cannot be read, such as a value above the longest string', async () => {
    const direct = { ...config, port: postgres.port };
    const pool = new Pool({ ...connectionOf(direct, 'spec', 60_000), max: 1 });
    pool.on('error', () => undefined);
    const values = `SELECT repeat('x', ${constants.MAX_STRING_LENGTH + 1})`;
    await expect(pool.query(values)).rejects.toThrow('more than any query of a service reads');
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it.each([
    ['bytes', `SELECT repeat('x', ${mostAnswered.bytes})`, 'more than any query of a service reads'],
    ['rows', `SELECT generate_series(0, ${mostAnswered.rows})`, 'more than any query of a service reads'],
    ['members of a json', `SELECT ('[' || repeat('{},', 100000) || '{}]')::json`, 'more members than any of ours'],
    ['members of a jsonb', `SELECT ('[' || repeat('1,', 100000) || '1]')::jsonb`, 'more members than any of ours'],
    [
      'bytes values',
      `SELECT ''::bytea, ''::bytea, ''::bytea, ''::bytea, ''::bytea FROM generate_series(1, 210000)`,
      'more than',
    ],
    [
      'dates',
      `SELECT ${Array.from({ length: 5 }, () => "'epoch'::timestamptz").join()} FROM generate_series(1, 210000)`,
      'more than',
    ],
    ['elements', `SELECT array_fill(1, ARRAY[1000001])`, 'more than any query of a service reads'],
    ['levels of an array', `SELECT ARRAY[ARRAY[1]]`, 'an array of arrays'],
    ['levels of a json', `SELECT (repeat('[', 40) || repeat('{}', 1) || repeat(']', 40))::json`, 'more members'],
  ])('reads no answer with more %s than one of ours has', async (_, statement, message) => {
    const pool = new Pool({ ...connectionOf({ ...config, port: postgres.port }, 'spec'), max: 1 });
    pool.on('error', () => undefined);
    await expect(pool.query(statement)).rejects.toThrow(message);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('reads no value of a type that pg parses and no column of ours has', async () => {
    const pool = new Pool({ ...connectionOf({ ...config, port: postgres.port }, 'spec'), max: 1 });
    pool.on('error', () => undefined);
    const asText: unknown = types.getTypeParser(0 as never);
    const all = await pool.query<{ oid: number; name: string }>(
      'SELECT oid, format_type(oid, NULL) AS name FROM pg_type',
    );
    const parsed = all.rows.filter(({ oid }) => types.getTypeParser(oid) !== asText);
    const refused: string[] = [];
    for (const { name } of parsed) {
      const read = await pool.query(`SELECT NULL::${name} AS value`).catch((error: unknown) => error as Error);
      if (read instanceof Error) refused.push(name);
      if (read instanceof Error) expect(read.message).toMatch('a type that no column of ours has');
    }
    const readable = parsed.map(({ name }) => name).filter((name) => !refused.includes(name));
    expect(readable.toSorted()).toEqual(
      [
        ...['bigint', 'bigint[]', 'boolean', 'bytea', 'bytea[]', 'double precision', 'integer', 'integer[]', 'json'],
        ...['jsonb', 'oid', 'real', 'smallint', 'text[]', 'timestamp with time zone', 'uuid[]'],
      ].toSorted(),
    );
    await pool.end();
  });

  it('reads no more at one moment than the process may, however many connections answer', async () => {
    const pool = new Pool({ ...connectionOf({ ...config, port: postgres.port }, 'spec', 60_000), max: 4 });
    pool.on('error', () => undefined);
    const open = `SELECT repeat('x', CASE i WHEN 0 THEN 31000000 ELSE 1 END), pg_sleep(8 * i) FROM generate_series(0, 1) i`;
    const answers = await Promise.allSettled(Array.from({ length: 4 }, () => pool.query(open)));
    expect(answers.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect((await pool.query(`SELECT length(repeat('x', 31000000)) AS length`)).rows).toEqual([{ length: 31_000_000 }]);
    await pool.end();
  });

  it('reads each answer up to the limit, however many there are', async () => {
    const pool = new Pool({ ...connectionOf({ ...config, port: postgres.port }, 'spec'), max: 1 });
    const rows = mostAnswered.rows * 0.6;
    for (let time = 0; time < 2; time++)
      expect((await pool.query(`SELECT generate_series(1, ${rows})`)).rows).toHaveLength(rows);
    const labels = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, 'v']));
    expect((await pool.query('SELECT $1::jsonb AS labels', [labels])).rows).toEqual([{ labels }]);
    await pool.end();
  });

  it('does not look for names where the settings of its role or database point to', async () => {
    const owner = new Pool({
      ...connectionOf({ ...config, ...postgres.login(database, 'superuser') }, 'spec'),
      max: 1,
    });
    await owner.query(`CREATE SCHEMA atk;
      CREATE FUNCTION atk.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.now() + interval '40 days' $$;
      GRANT USAGE ON SCHEMA atk TO PUBLIC;
      ALTER ROLE "${config.user}" SET search_path = atk, pg_catalog, public;
      ALTER DATABASE ${database} SET search_path = atk, pg_catalog, public`);
    const unpinned = new Pool({ ...connectionOf(config, 'spec'), options: '', max: 1 });
    const pool = new Pool({ ...connectionOf(config, 'spec'), max: 1 });
    const source = await new DataSource(
      dataSourceOptions('spec', config, { entities: [], migrations: [] }),
    ).initialize();
    const ahead = 'SELECT now() > pg_catalog.now() AS ahead';
    expect((await unpinned.query(ahead)).rows).toEqual([{ ahead: true }]);
    expect((await pool.query(ahead)).rows).toEqual([{ ahead: false }]);
    expect(await source.query(ahead)).toEqual([{ ahead: false }]);
    await Promise.all([owner.end(), unpinned.end(), pool.end(), source.destroy()]);
  });

  it('limits the time of statements and of silence, and both ends probe', async () => {
    expect(connectionOf(config, 'spec')).toMatchObject({ query_timeout: 20_000, keepAlive: true });
    const options = dataSourceOptions('spec', config, { entities: [], migrations: [] });
    expect(options.extra).toMatchObject({ query_timeout: 20_000, keepAlive: true, statement_timeout: 15_000 });
    const dataSource = await new DataSource(options).initialize();
    const settings = await dataSource.query<{ name: string; setting: string }[]>(
      `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp\\_%' ORDER BY name`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      tcp_keepalives_count: '3',
      tcp_keepalives_idle: '10',
      tcp_keepalives_interval: '5',
      tcp_user_timeout: '25000',
    });
    await dataSource.destroy();
  });
});
