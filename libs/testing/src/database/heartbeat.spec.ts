import type { Postgres } from '@ankasecure/local';
import { BoundedClient, connectionOf, Heartbeat, heartbeatSchema, type ServiceConfig } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../fault/fault-proxy.js';
import { startTestDatabase } from '../postgres/worker-server.js';

const database = 'beating';

/** Tests the service kit's heartbeat. The spec is here because it needs the servers of this library. */
describe('the heartbeat of a database', () => {
  let postgres: Postgres;
  let proxy: FaultProxy;
  let config: ServiceConfig['database'];
  let heartbeat: Heartbeat;
  const asOwner = (sql: string) => postgres.query(database, sql);
  beforeAll(async () => {
    postgres = await startTestDatabase(database);
    proxy = await startFaultProxy(() => postgres.port);
    await asOwner(heartbeatSchema(`${database}_app`));
    const { host, user, password } = postgres.login(database, 'app');
    config = { host, port: proxy.port, name: database, user, password, poolSize: 1 };
  });
  beforeEach(async () => {
    heartbeat = new Heartbeat(config, 'spec');
    await heartbeat.check();
  });
  afterEach(async () => {
    proxy.set(null);
    await heartbeat.close();
  });
  afterAll(async () => {
    await proxy.stop();
    await postgres.stop();
  });

  const beats = () =>
    heartbeat.check().then(
      () => true,
      () => false,
    );

  it('leaves one row, which the service’s role cannot change otherwise', async () => {
    await heartbeat.check();
    expect(await asOwner("SELECT id, at > now() - interval '1 minute' AS recent FROM heartbeat")).toEqual([
      { id: 1, recent: true },
    ]);
    const client = new BoundedClient(connectionOf(config, 'spec'));
    await client.connect();
    for (const sql of [
      'DELETE FROM heartbeat',
      'UPDATE heartbeat SET at = now()',
      'INSERT INTO heartbeat VALUES (1, now())',
    ])
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('stops while the database refuses connections, and returns with them', async () => {
    proxy.set('refused');
    expect(await beats()).toBe(false);
    proxy.set(null);
    expect(await beats()).toBe(true);
  });

  it.each(['frozen', 'silent'] as const)(
    'stops in bounded time while the network is %s, and returns',
    async (fault) => {
      proxy.set(fault);
      expect(await beats()).toBe(false);
      expect(await beats()).toBe(false);
      proxy.set(null);
      await expect.poll(beats).toBe(true);
    },
  );

  it('stops while the database is read-only, and returns with a new connection', async () => {
    const elsewhere = (sql: string) => postgres.query('postgres', sql);
    await elsewhere(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    proxy.cut();
    await expect.poll(beats).toBe(false);
    await expect(heartbeat.check()).rejects.toMatchObject({ code: '25006' });
    await elsewhere(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
    await expect.poll(beats).toBe(true);
  });

  it('stops while the database takes no writes', async () => {
    await asOwner(`
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON heartbeat EXECUTE FUNCTION full_disk();`);
    await expect(heartbeat.check()).rejects.toMatchObject({ code: '53100' });
    await asOwner('DROP TRIGGER full_disk ON heartbeat');
    expect(await beats()).toBe(true);
  });

  it('closes the connections that an outage left silent, and no others', async () => {
    const [silent, fresh] = [
      new BoundedClient(connectionOf(config, 'spec')),
      new BoundedClient(connectionOf(config, 'spec')),
    ];
    const lost = new Promise((resolve) => silent.on('error', resolve));
    await Promise.all([silent.connect(), fresh.connect()]);
    await silent.query('SELECT 1');
    proxy.set('silent');
    expect(await beats()).toBe(false);
    proxy.set(null);
    await fresh.query('SELECT 1');
    await expect.poll(beats).toBe(true);
    expect(await lost).toBeInstanceOf(Error);
    expect((await fresh.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await Promise.all([silent.end(), fresh.end()]);
  });
});
