import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import type { Custody } from './custody.js';
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

/** Work that knows how many of its kind ran at once. */
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

describe('turns of writers', () => {
  it('come one at a time, within a worker and among workers', async () => {
    const { seen, work } = counting();
    const workers = [turnOn('default'), turnOn('default'), turnOn('default')];
    await Promise.all(workers.flatMap((turn) => Array.from({ length: 10 }, () => turn.take(work))));
    expect(seen).toEqual({ now: 0, most: 1, done: 30 });
  });

  it('are a partition’s own', async () => {
    const [here, there] = [turnOn('one'), turnOn('another')];
    await here.take(() => there.take(() => Promise.resolve()));
  });

  it('go on after one that failed, and after a connection that was lost', async () => {
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

describe('a custody', () => {
  class Fake {
    readonly #calls: string[] = [];
    constructor(readonly token: { readonly profile: string }) {}
    destroy(): Promise<readonly string[]> {
      this.#calls.push('destroy');
      return Promise.resolve(this.#calls);
    }
    healthy(): boolean {
      return this.#calls.length > 0;
    }
  }
  const fake = (profile: string): Custody => new Fake({ profile }) as unknown as Custody;

  it('takes turns where its token needs it, and is itself otherwise', async () => {
    const { seen, work } = counting();
    const turn = turnOn('default');
    const original = turn.take.bind(turn);
    turn.take = (inner) => original(async () => (await work(), inner()));
    const custody = takingTurns(fake('softhsm'), () => turn);
    expect(custody.healthy()).toBe(false);
    await custody.destroy({ deadline: 0 }, Buffer.alloc(16));
    expect(custody.healthy()).toBe(true);
    expect(custody.token.profile).toBe('softhsm');
    expect(seen.done).toBe(1);
  });

  it('of any other token is left alone', () => {
    const custody = fake('luna');
    expect(takingTurns(custody, () => turnOn('default'))).toBe(custody);
  });
});
