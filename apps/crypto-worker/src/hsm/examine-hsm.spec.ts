import { setTimeout as delay } from 'node:timers/promises';
import { type Context, doctorReport, monotonicNow } from '@ankasecure/contracts';
import { Health } from '@ankasecure/service-kit';
import { enterToken } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FingerprintKey, RefusedPins } from '../custody/assembly/refused-pins.js';
import { takesTurns, WriterTurn } from '../custody/assembly/writer-turn.js';
import type { Custody } from '../custody/custody.js';
import { Partition, pkcs11Section } from '../custody/partition.js';
import { objectsOf } from '../doctor/testing/doctor-run.js';
import { silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ExamineHsm } from './examine-hsm.js';
import { TestTurn } from './test-turn.js';

const token = enterToken();
let isHealthy = true;
const custody = { token: { profile: token.name }, healthy: () => isHealthy } as Custody;
const partitionWith = (pin: string): Partition =>
  new Partition('default', pkcs11Section.parse({ libraryPath: token.libraryPath, tokenLabel: token.tokenLabel, pin }));
const within = (milliseconds: number) => ({ deadline: monotonicNow() + milliseconds }) as Context;

let database: WorkerDatabase;
const turns: TestTurn[] = [];
/** What a worker has of the examination. All workers of a partition share the database. */
const worker = (pin = token.pin, health = new Health('crypto-worker')): ExamineHsm => {
  const partition = partitionWith(pin);
  const turn = new TestTurn(database.config, partition, custody, health);
  const refused = new RefusedPins(database.config, partition, new FingerprintKey('of this test'));
  turns.push(turn);
  return new ExamineHsm(partition, turn, custody, refused);
};
/** Ends the pauses: they last as long as the worker whose test it was. */
const endPauses = (): Promise<unknown> => Promise.all(turns.splice(0).map((turn) => turn.onModuleDestroy()));

let before = '';
beforeAll(async () => {
  database = await startWorkerDatabase();
  before = objectsOf(token);
});
afterAll(async () => {
  await endPauses();
  await database.stop();
  token.remove();
});

describe('the HSM of a partition', () => {
  it('is looked at without a login, once for all who ask at once', async () => {
    const here = worker();
    const [one, other] = await Promise.all([here.look(), here.look()]);
    expect(doctorReport.parse(one)).toMatchObject({
      ok: true,
      partition: 'default',
      token: { label: token.tokenLabel, serialNumber: token.serial },
      profile: { used: token.name },
      keys: [],
    });
    expect(one.mechanisms.length).toBeGreaterThan(20);
    expect(other).toBe(one);
    expect(JSON.stringify(one)).not.toContain(token.pin);
  });

  it('is tested by one worker at a time, which leaves nothing on it', async () => {
    const workers = [worker(), worker(), worker()];
    const answers = await Promise.allSettled(workers.map((one) => one.test(within(120_000), true)));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: 'quota-exceeded' }, { code: 'quota-exceeded' }]);
    const report = doctorReport.parse(answers.find((answer) => answer.status === 'fulfilled')?.value);
    expect(report.findings.filter(({ level }) => level === 'red')).toEqual([]);
    expect(report).toMatchObject({ ok: true, stopped: false, left: [], removed: [] });
    expect(report.keys.filter(({ outcome }) => outcome === 'works').length).toBeGreaterThan(10);
    expect(report.keys.filter(({ outcome }) => outcome === 'skipped').length).toBeGreaterThan(0);
    expect(JSON.stringify(report)).not.toContain(token.pin);
    expect(objectsOf(token)).toBe(before);
    await expect(worker().test(within(120_000), true)).rejects.toMatchObject({ code: 'quota-exceeded' });
    await endPauses();
  });

  it('is not tested by a worker without a login', async () => {
    isHealthy = false;
    await expect(worker().test(within(120_000), true)).rejects.toMatchObject({ code: 'hsm-unavailable' });
    isHealthy = true;
    await endPauses();
  });

  it('is told a wrong PIN once, whichever worker is asked to test it', async () => {
    const report = await worker('wrong-PIN-1').test(within(120_000), true);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'pin-refused', about: 'PIN', level: 'red' }),
    );
    await endPauses();
    const again = { code: 'hsm-unavailable', detail: expect.stringMatching(/refused the PIN at/) as string };
    await expect(worker('wrong-PIN-1').test(within(120_000), true)).rejects.toMatchObject(again);
    expect(await worker().test(within(120_000), true)).toMatchObject({ ok: true });
    await endPauses();
  });

  it('is left clean by a test whose time is over', async () => {
    const report = await worker().test(within(16_000), false);
    expect(report).toMatchObject({ ok: false, stopped: true, left: [] });
    expect(objectsOf(token)).toBe(before);
    await endPauses();
  });

  /** Objects of trial keys on the token now. */
  const trialObjects = (): number => objectsOf(token).split('hsm.doctor').length - 1;
  /** A test that has hardly begun must end as clean as one that has made some keys, so no more is waited for. */
  const whenTesting = async (): Promise<void> => {
    const connected = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'ankasecure-hsm-test'`;
    await expect.poll(async () => (await database.superuser.query<unknown[]>(connected)).length).toBe(1);
    await delay(3000);
  };

  it('lets others write to it between the keys of a test', async () => {
    if (!takesTurns(token.name)) return;
    const writer = new WriterTurn(database.config, 'default', silent);
    const run = { isOver: false };
    const testing = worker()
      .test(within(120_000), true)
      .finally(() => {
        run.isOver = true;
      });
    const seenInTurn = new Set<number>();
    let turns = 0;
    while (!run.isOver) {
      const looks = turns % 5 === 0;
      await writer.take(async () => void (looks && seenInTurn.add(trialObjects())));
      turns++;
    }
    const report = await testing;
    await writer.close();
    expect(report).toMatchObject({ ok: true, stopped: false, left: [] });
    expect(turns).toBeGreaterThan(5);
    // The test writes in turns of its own, each of which leaves the token as it was.
    expect([...seenInTurn]).toEqual([0]);
    expect(objectsOf(token)).toBe(before);
    await endPauses();
  });

  it.each(['asked to stop', 'closed'] as const)(
    'is left clean by a worker that is %s during a test, before another may test it',
    async (how) => {
      const health = new Health('crypto-worker');
      const testing = worker(token.pin, health).test(within(120_000), false);
      await whenTesting();
      if (how === 'asked to stop') health.markStopping();
      else await endPauses();
      const over = testing.then(() => 'over');
      if (how === 'closed') expect(await Promise.race([over, delay(1000, 'under way')])).toBe('over');
      expect(await testing).toMatchObject({ stopped: true, left: [] });
      expect(objectsOf(token)).toBe(before);
      await endPauses();
    },
  );
});
