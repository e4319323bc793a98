import { encrypt, monotonicNow, subjectOf } from '@ankasecure/contracts';
import type { BusClient, BusServer, Clock } from '@ankasecure/service-kit';
import { connectTestBus, startTestNats } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import {
  contextOf,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { StepAside } from './step-aside.js';
import { WellWorkers } from './well-worker.js';

const lookEveryMs = 20;
const { contract } = encrypt;

describe('workers of one partition', () => {
  let database: WorkerDatabase;
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let gateway: BusClient;
  const workers = { one: { well: true, onTime: true }, other: { well: true, onTime: true } };
  type Name = keyof typeof workers;
  const names = Object.keys(workers) as Name[];
  const stops: (() => Promise<void>)[] = [];

  const start = async (name: Name): Promise<void> => {
    const bus = await connectTestBus('crypto-worker', nats);
    const served = bus.serveRaw(contract, 'default', async () => ({ head: { ok: true }, body: Buffer.from(name) }));
    const server = { pause: () => served.pause(), resume: () => served.resume() } as unknown as BusServer;
    const custody = { healthy: () => workers[name].well } as unknown as Custody;
    const clock = { isSound: () => workers[name].onTime } as unknown as Clock;
    const wellWorkers = new WellWorkers(database.config, partitionNamed('default'), silent);
    const stepAside = new StepAside(custody, wellWorkers, server, clock, silent);
    stepAside.start(lookEveryMs);
    await bus.flushed();
    stops.push(async () => {
      await stepAside.stop();
      await bus.close();
    });
  };

  beforeAll(async () => {
    [database, nats] = await Promise.all([startWorkerDatabase(), startTestNats()]);
    gateway = await connectTestBus('gateway', nats);
    for (const name of names) await start(name);
  });
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await gateway.close();
    await nats.stop();
    await database.stop();
  });
  beforeEach(() => {
    for (const name of names) Object.assign(workers[name], { well: true, onTime: true });
  });

  const lost: unknown[] = [];
  /** The workers that answer forty requests. */
  const answering = async (): Promise<string[]> => {
    const subject = subjectOf(contract, 'default');
    const requests = Array.from({ length: 40 }, () =>
      gateway
        .requestRaw(subject, { ...contextOf(crypto.randomUUID()), deadline: monotonicNow() + 3000 }, Buffer.from('{}'))
        .then(
          ({ body }) => body.toString(),
          (error: unknown) => String(lost.push(error)),
        ),
    );
    return [...new Set(await Promise.all(requests))].sort();
  };
  const eventually = (who: readonly string[]) => expect.poll(answering).toEqual(who);

  it('all serve while all their tokens answer', () => eventually(['one', 'other']));

  it('take over from a worker whose token does not answer, and share with it again when its token recovers', async () => {
    await eventually(['one', 'other']);
    workers.one.well = false;
    await eventually(['other']);
    workers.one.well = true;
    await eventually(['one', 'other']);
  });

  it('take over from a worker whose clock is wrong', async () => {
    await eventually(['one', 'other']);
    workers.other.onTime = false;
    await eventually(['one']);
    workers.other.onTime = true;
    await eventually(['one', 'other']);
  });

  it('all stay and report the failure if no token answers, and the first to recover takes over', async () => {
    workers.one.well = false;
    await eventually(['other']);
    workers.other.well = false;
    await eventually(['one', 'other']);
    workers.one.well = true;
    await eventually(['one']);
  });

  it('lose no request', () => {
    expect(lost).toEqual([]);
  });

  it('continue when the connections that report them to each other are lost', async () => {
    workers.one.well = false;
    await eventually(['other']);
    await database.superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ankasecure-well-worker'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 10 * lookEveryMs));
    await eventually(['other']);
  });
});
