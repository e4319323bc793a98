import { chownSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeCertificates, type Nats, type Postgres } from '@ankasecure/local';
import {
  BoundedClient,
  BusConnection,
  connectionOf,
  createLogger,
  type DatabaseConfig,
  Health,
  WatchedFiles,
  watchAuthority,
} from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestNats } from '../nats/nats.js';
import { startTestPostgres } from '../postgres/postgres.js';
import { makeIdentity, type TlsIdentity } from './identity.js';

const log = createLogger('audit', 'silent');
const newFiles = () => new WatchedFiles(log, new Health('audit').registry);

describe('a database whose authority is replaced', () => {
  let postgres: Postgres;
  let caFile: string;
  let data: string;
  beforeAll(async () => {
    postgres = await startTestPostgres('ankadb_audit');
    const [row] = await postgres.query('postgres', 'SHOW data_directory');
    data = String(row?.['data_directory']);
    caFile = join(dirname(data), 'authority.pem');
  });
  afterAll(() => postgres.stop());

  /** Gives the server a certificate of its own authority. */
  const serveWith = async ({ cert, key }: TlsIdentity): Promise<void> => {
    const { uid, gid } = statSync(data);
    for (const [name, content] of [['server.crt', cert] as const, ['server.key', key] as const]) {
      writeFileSync(join(data, name), content, { mode: 0o600 });
      chownSync(join(data, name), uid, gid);
    }
    await postgres.query('postgres', 'ALTER SYSTEM SET ssl = on');
    await postgres.query('postgres', 'SELECT pg_reload_conf()');
  };

  it('is believed at new connections, and keeps those that are open', async () => {
    const about = { names: 'IP:127.0.0.1', subject: '/CN=postgres' };
    const [first, second] = [await makeIdentity(about), await makeIdentity(about)];
    await serveWith(first);
    writeFileSync(caFile, first.cert);
    const files = newFiles();
    const { host, port, user, password } = postgres.login('ankadb_audit', 'app');
    const config: DatabaseConfig = {
      ...{ host, port, user, password, name: 'ankadb_audit', poolSize: 2, caFile },
      authority: watchAuthority(files, caFile),
    };
    const connected = async (): Promise<BoundedClient> => {
      const client = new BoundedClient(connectionOf(config, 'spec'));
      await client.connect();
      return client;
    };
    const attempt = () =>
      connected().then(
        (client) => client.end().then(() => 'connected'),
        (error: Error) => error.message,
      );
    const encrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    await expect.poll(attempt).toBe('connected');
    const early = await connected();
    expect((await early.query(encrypted)).rows).toEqual([{ ssl: true }]);

    await serveWith(second);
    await expect.poll(attempt).toMatch(/self-signed certificate/);
    writeFileSync(caFile, second.cert);
    files.look();
    expect(await attempt()).toBe('connected');
    expect((await early.query(encrypted)).rows).toEqual([{ ssl: true }]);
    await early.end();
  });
});

const reconnected = async (statuses: AsyncIterable<{ type: string }>): Promise<void> => {
  for await (const { type } of statuses) if (type === 'reconnect') return;
};

describe('a bus whose authority is replaced', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startTestNats();
  });
  afterAll(() => nats.stop());

  it('is believed at the next connection, and keeps the one that is open', async () => {
    const files = newFiles();
    const { url, caFile, seeds } = nats;
    const authority = watchAuthority(files, caFile);
    const bus = await BusConnection.open('audit', { servers: [url], nkeySeed: seeds.audit, caFile, authority }, log);
    const client = Reflect.get(bus, 'connection') as {
      reconnect(): Promise<void>;
      status(): AsyncIterable<{ type: string }>;
    };
    const old = authority.ca;
    await makeCertificates(dirname(caFile));
    nats.process.signal('SIGHUP');
    const attempt = (ca: string) =>
      BusConnection.open('audit', { servers: [url], nkeySeed: seeds.audit, caFile, authority: { ca } }, log, 0).then(
        (opened) => opened.close().then(() => 'connected'),
        (error: Error) => error.message,
      );
    await expect.poll(() => attempt(old)).toMatch(/certificate/);
    await bus.check();
    files.look();
    expect(authority.ca).not.toBe(old);
    const again = reconnected(client.status());
    await client.reconnect();
    await again;
    await bus.check();
    expect(await attempt(authority.ca)).toBe('connected');
    await bus.close();
  });
});
