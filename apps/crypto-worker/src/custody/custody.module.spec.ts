import { Clock, ConfigModule, DatabaseConfig, Health, Logger, provided } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { Test } from '@nestjs/testing';
import { afterAll, expect, it } from 'vitest';
import { ownClock } from '../testing/worker-database.js';
import { RefusedPins } from './assembly/refused-pins.js';
import { Custody } from './custody.js';
import { CustodyModule } from './custody.module.js';
import { Partition } from './partition.js';

const token = enterToken();
afterAll(() => {
  token.remove();
});

/** No key is written, so nothing connects to this database. */
const database: DatabaseConfig = {
  host: '127.0.0.1',
  port: 1,
  name: 'none',
  user: 'nobody',
  password: 'none',
  poolSize: 2,
};

it('opens the token for the classes that inject a custody, and closes it at shutdown', async () => {
  const { partition: name, ...hsm } = partitionOn(token);
  const health = new Health('crypto-worker');
  const values = ConfigModule.of(
    provided(Partition, new Partition(name, { ...hsm, excludedMechanisms: [] })),
    provided(DatabaseConfig, database),
    provided(Logger, listeningLogger() as unknown as Logger),
    provided(Health, health),
    provided(Clock, ownClock),
  );
  const module = await Test.createTestingModule({ imports: [values, CustodyModule] })
    .overrideProvider(RefusedPins)
    .useValue({ refusedAt: () => Promise.resolve(undefined) })
    .compile();
  const custody = module.get(Custody);
  expect(custody.healthy()).toBe(true);
  expect((await health.readiness()).parts).toMatchObject({ hsm: 'ok' });
  await module.close();
  expect(custody.healthy()).toBe(false);
});
