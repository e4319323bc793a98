import type { Postgres } from '@ankasecure/local';
import { dataSourceOptions, withTenant } from '@ankasecure/service-kit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase } from '../postgres/worker-server.js';

const [flood, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
const poolSize = 4;

/** Tests the service kit's turns at a database's connections. The spec is here because it needs a database. */
describe('tenants at the connections of a data source', () => {
  let postgres: Postgres;
  let service: DataSource;
  beforeAll(async () => {
    postgres = await startTestDatabase('turns');
    const { database: name, ...login } = postgres.login('turns', 'app');
    service = await new DataSource(
      dataSourceOptions('spec', { ...login, name, poolSize }, { entities: [], migrations: [] }),
    ).initialize();
  });
  afterAll(async () => {
    await service.destroy();
    await postgres.stop();
  });

  const ask = (tenantId: string): Promise<unknown> =>
    withTenant(service, tenantId, (manager) => manager.query('SELECT pg_sleep(0.002)'));

  it.each([50, 500, 2000])('wait for a connection, not for the %i transactions of another tenant', async (count) => {
    let done = 0;
    const all = Array.from({ length: count }, () =>
      ask(flood).then(
        () => done++,
        (error: unknown) => expect(error).toMatchObject({ code: 'service-unavailable', retryable: true }),
      ),
    );
    await ask(other);
    // Opening the first connections takes as long as several transactions.
    expect(done).toBeLessThan(5 * poolSize);
    await Promise.all(all);
    expect(done).toBeGreaterThan(5 * poolSize);
  });

  it('leave connections to others however long their own transactions take', async () => {
    const held = Promise.withResolvers<void>();
    const holding = Array.from({ length: 2 * poolSize }, () => withTenant(service, flood, () => held.promise));
    await ask(other);
    held.resolve();
    await Promise.all(holding);
  });

  it('need one turn for transactions within each other', async () => {
    const nested = () => withTenant(service, flood, () => ask(flood));
    for (let time = 0; time < 2; time++) await Promise.all([nested(), ask(other)]);
    expect(await withTenant(service, flood, () => withTenant(service, other, async () => 'done'))).toBe('done');
  });

  it('pass their turn on when their work fails', async () => {
    const failing = Array.from({ length: 3 * poolSize }, () =>
      withTenant(service, flood, () => Promise.reject(new Error('of the work'))),
    );
    const refused = { status: 'rejected', reason: new Error('of the work') };
    expect(await Promise.allSettled(failing)).toEqual(failing.map(() => refused));
    await ask(flood);
  });
});
