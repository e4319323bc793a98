import type { Postgres } from '@ankasecure/local';
import { Clock, dataSourceOptions, setClockOf, transactionTime, withTenant } from '@ankasecure/service-kit';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestDatabase } from '../postgres/worker-server.js';

const tenantId = '00000000-0000-7000-8000-000000000001';

/** Tests the service kit's `transactionTime`. The spec is here because it needs a database. */
describe('the time of a transaction', () => {
  let postgres: Postgres;
  let superuser: DataSource;
  let service: DataSource;
  let clock: Clock;
  const open = (login: ReturnType<Postgres['login']>): Promise<DataSource> => {
    const { database: name, ...rest } = login;
    return new DataSource(
      dataSourceOptions('spec', { ...rest, name, poolSize: 2 }, { entities: [], migrations: [] }),
    ).initialize();
  };
  beforeAll(async () => {
    postgres = await startTestDatabase('times');
    superuser = await open(postgres.login('times', 'superuser'));
    service = await open(postgres.login('times', 'app'));
  });
  afterAll(async () => {
    await Promise.all([superuser.destroy(), service.destroy()]);
    await postgres.stop();
  });
  beforeEach(() => {
    clock = new Clock({ maximumSkewMs: 2_000 });
    setClockOf(service, clock);
  });

  const told = () => withTenant(service, tenantId, transactionTime);
  /** Replaces the database's own function, as only its superuser can. */
  const replaceNow = (body: string): Promise<unknown> =>
    superuser.query(`CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE ${body}`);

  it('is the database’s', async () => {
    const before = Date.now();
    const now = await told();
    expect(now.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(now.getTime()).toBeLessThanOrEqual(Date.now());
    expect(clock.takeTransactionDisagreement()).toBeUndefined();
  });

  it('may be as old as the transaction', async () => {
    const strict = new Clock({ maximumSkewMs: 50 });
    setClockOf(service, strict);
    const age = await withTenant(service, tenantId, async (manager) => {
      await manager.query('SELECT pg_sleep(0.5)');
      return Date.now() - (await transactionTime(manager)).getTime();
    });
    expect(age).toBeGreaterThanOrEqual(499);
    expect(strict.refusals).toBe(0);
  });

  it.each(['280000-01-01', 'infinity', '-infinity', '4000-01-01 BC'])(
    'is refused if the database’s owner makes it %s, with or without a known beginning',
    async (date) => {
      await replaceNow(`sql AS $$ SELECT timestamptz '${date}' $$`);
      try {
        await expect(told()).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
        expect(clock.takeTransactionDisagreement()).toMatch(/told no time by the database|ahead of the database/);
        if (!date.endsWith('BC'))
          await expect(service.transaction(transactionTime)).rejects.toMatchObject({ code: 'clock-skew' });
      } finally {
        await replaceNow(`internal STABLE STRICT AS 'now'`);
      }
      await told();
    },
  );

  it.each([
    ['40 days', 'behind the database'],
    ['-40 days', 'ahead of the database'],
    ['3 seconds', 'behind the database'],
  ])('is refused if the database’s owner moves it by %s, with an alarm', async (by, said) => {
    await replaceNow(`sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '${by}' $$`);
    try {
      await expect(told()).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
      expect(clock.refusals).toBe(1);
      expect(clock.takeTransactionDisagreement()).toContain(said);
      expect(clock.takeTransactionDisagreement()).toBeUndefined();
      const alone = service.transaction(transactionTime);
      if (by.startsWith('-')) await alone;
      else await expect(alone).rejects.toMatchObject({ code: 'clock-skew' });
    } finally {
      await replaceNow(`internal STABLE STRICT AS 'now'`);
    }
    await told();
  });
});
