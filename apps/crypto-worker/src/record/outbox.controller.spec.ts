import { randomUUID } from 'node:crypto';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import {
  contextOf,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { Adoption } from './adoption.js';
import { OutboxController } from './outbox.controller.js';
import { OwnRecords } from './own-records.js';
import { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';

const token = enterToken();
const context = contextOf(randomUUID());
let custody: Custody;
let database: WorkerDatabase;

/** A worker of this name. Both use the token, so that only the name of the partition tells their keys apart. */
const workerOf = (name: string) => {
  const [home, partition] = [partitionNamed('default'), partitionNamed(name)];
  const adoption = new Adoption(custody, home);
  const key = new RecordKey(custody, home, database.dataSource, adoption, silent);
  const macs = new RecordMacs(custody, key);
  return { controller: new OutboxController(macs, partition), own: new OwnRecords(macs, partition, adoption) };
};

beforeAll(async () => {
  database = await startWorkerDatabase();
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
});
afterAll(async () => {
  await database.stop();
  await custody.close();
  token.remove();
});

it('derives one key of 32 bytes per service, partition and process, and the same for the audit service', async () => {
  const [north, south] = [workerOf('north'), workerOf('south')];
  const [process, another] = [randomUUID(), randomUUID()];
  const read = async (reporter: 'gateway' | 'policy' | 'crypto-worker', worker = north) =>
    (await worker.controller.readKeys(context, { reporter, processes: [process, another] })).body.keys;
  const gateway = (await north.controller.openGateway(context, { process })).body.key;
  const policy = (await north.controller.openPolicy(context, { process })).body.key;
  const own = (await north.own.outboxKey(process)).toString('base64url');
  expect(Buffer.from(gateway, 'base64url')).toHaveLength(32);
  expect((await read('gateway'))[0]).toBe(gateway);
  expect((await read('policy'))[0]).toBe(policy);
  expect((await read('crypto-worker'))[0]).toBe(own);
  // Services without a token have one key, whichever partition's worker is asked, as far as the record key is the same.
  expect((await read('gateway', south))[0]).toBe(gateway);
  const all = [...(await read('gateway')), ...(await read('policy')), ...(await read('crypto-worker'))];
  expect(new Set([...all, ...(await read('crypto-worker', south))]).size).toBe(8);
});
