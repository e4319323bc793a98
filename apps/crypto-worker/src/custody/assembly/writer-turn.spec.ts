import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deadline } from '../../deadline/deadline.js';
import { silent, startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { type Custody, StillRunning } from '../custody.js';
import { takingTurns, WriterTurn } from './writer-turn.js';

let database: WorkerDatabase;
const turns: WriterTurn[] = [];
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(async () => {
  await Promise.all(turns.map((turn) => turn.close()));
  await database.stop();
});
const turnOn = (partition: string): WriterTurn => {
  const turn = new WriterTurn(database.config, partition, silent);
  turns.push(turn);
  return turn;
};

/** Work that records how much of it ran at once. */
const counting = () => {
  const seen = { now: 0, most: 0, done: 0 };
  const work = async (): Promise<number> => {
    seen.most = Math.max(seen.most, ++seen.now);
    await delay(2);
    seen.now--;
    return ++seen.done;
  };
  return { seen, work };
};

describe('writers of one token', () => {
  it('take turns, within a worker and among workers', async () => {
    const { seen, work } = counting();
    const workers = [turnOn('default'), turnOn('default'), turnOn('default')];
    await Promise.all(workers.flatMap((turn) => Array.from({ length: 10 }, () => turn.take(work))));
    expect(seen).toEqual({ now: 0, most: 1, done: 30 });
  });

  it('do not wait for writers of another partition', async () => {
    const [here, there] = [turnOn('one'), turnOn('another')];
    await here.take(() => there.take(() => Promise.resolve()));
  });

  it('continue after a failed turn and after a lost connection', async () => {
    const turn = turnOn('default');
    await expect(turn.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ankasecure-writer-turn'`;
    const cutOff = async (): Promise<void> => {
      await database.superuser.query(cut);
      await delay(100);
    };
    await expect(turn.take(cutOff)).rejects.toThrow();
    expect(await turn.take(() => Promise.resolve('again'))).toBe('again');
    expect(await turnOn('default').take(() => Promise.resolve('elsewhere'))).toBe('elsewhere');
  });
});

describe('a turn', () => {
  it('for cleaning up comes before turns for making keys', async () => {
    const turn = turnOn('default');
    const order: string[] = [];
    const note = (what: string) => (): Promise<unknown> => Promise.resolve(order.push(what));
    await Promise.all([
      turn.take(note('make')),
      turn.take(note('make more')),
      turn.take(note('clean up'), { ahead: true }),
    ]);
    expect(order).toEqual(['clean up', 'make', 'make more']);
  });

  it('is refused after its deadline, in this worker’s queue and while another worker writes', async () => {
    const { seen, work } = counting();
    const turn = turnOn('default');
    await expect(turn.take(work, { deadline: 0 })).rejects.toMatchObject({ code: 'hsm-timeout' });
    await turnOn('default').take(async () => {
      await expect(turn.take(work, { deadline: monotonicNow() + 50 })).rejects.toMatchObject({ code: 'hsm-timeout' });
    });
    expect(seen.done).toBe(0);
    await turn.take(work);
  });

  it('lasts until its call has ended in the HSM, although its caller already has an answer', async () => {
    const hsm = Promise.withResolvers<void>();
    const failure = new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(hsm.promise) });
    const turn = turnOn('default');
    await expect(turn.take(() => Promise.reject(failure))).rejects.toBe(failure);
    await expect(turn.take(() => Promise.resolve(), { deadline: monotonicNow() + 50 })).rejects.toMatchObject({
      code: 'hsm-timeout',
    });
    let done = 0;
    const rest = [turn, turnOn('default')].map((next) => next.take(() => Promise.resolve(done++)));
    await delay(200);
    expect(done).toBe(0);
    hsm.resolve();
    await Promise.all(rest);
    expect(done).toBe(2);
  });

  it('that never ends does not keep the worker from ending, and ends with it', async () => {
    const turn = turnOn('default');
    const failure = new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(new Promise(() => undefined)) });
    await expect(turn.take(() => Promise.reject(failure))).rejects.toBe(failure);
    turns.splice(turns.indexOf(turn), 1);
    await turn.close();
    expect(await turnOn('default').take(() => Promise.resolve('elsewhere'))).toBe('elsewhere');
  });
});

describe('a custody', () => {
  const owner = { role: 'key', tenantId: 't', keyId: 'k', version: 1 } as const;
  class Fake {
    private readonly calls: string[] = [];
    constructor(readonly token: { readonly profile: string }) {}
    destroy({ deadline }: Deadline): Promise<number> {
      this.calls.push('destroy');
      return Promise.resolve(deadline - monotonicNow());
    }
    healthy(): boolean {
      return this.calls.length > 0;
    }
  }
  const fake = (profile: string): Custody => new Fake({ profile }) as unknown as Custody;

  it('takes turns to write and is otherwise unchanged', async () => {
    const { seen, work } = counting();
    const turn = turnOn('default');
    const original = turn.take.bind(turn);
    turn.take = (inner) => original(async () => (await work(), inner()));
    const custody = takingTurns(fake('softhsm'), () => turn);
    expect(custody.healthy()).toBe(false);
    await custody.destroy({ deadline: 0 }, owner, Buffer.alloc(16));
    expect(custody.healthy()).toBe(true);
    expect(custody.token.profile).toBe('softhsm');
    expect(seen.done).toBe(1);
  });

  it('starts the time for cleaning up when its turn begins', async () => {
    const turn = turnOn('default');
    const custody = takingTurns(fake('softhsm'), () => turn);
    const before = turn.take(() => delay(2_000));
    const left = await custody.destroy({ deadline: monotonicNow() + 60_000 }, owner, Buffer.alloc(16));
    expect(left).toBeGreaterThan(58_000);
    await before;
  });

  it('of a token that needs no turns is unchanged', () => {
    const custody = fake('luna');
    expect(takingTurns(custody, () => turnOn('default'))).toBe(custody);
  });
});
