import { monotonicNow } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { Clock } from './clock.js';
import { PeerClocks } from './peer-clocks.js';

const config = { maximumSkewMs: 2_000 };

/** A database whose clock is `aheadMs` ahead of this process's. */
const databaseAhead = (aheadMs: number): EntityManager =>
  ({ query: async () => [{ now: Date.now() + aheadMs }] }) as unknown as EntityManager;

describe('the clock of a process', () => {
  it('is its own before it has read the database’s', () => {
    const clock = new Clock(config);
    const before = Date.now();
    const shown = clock.now();
    // Rounded to milliseconds on both sides.
    expect(shown).toBeGreaterThan(before - 2);
    expect(shown).toBeLessThan(Date.now() + 2);
    expect(clock.disagreement()).toBeUndefined();
  });

  it.each([1_500, -1_500])('decides by the database’s time, which is %i ms ahead', async (aheadMs) => {
    const clock = new Clock(config);
    const before = Date.now() + aheadMs;
    const said = await clock.within(databaseAhead(aheadMs));
    const shown = clock.now();
    const passed = Date.now() + aheadMs - before;
    for (const at of [said, shown]) {
      expect(at - before).toBeGreaterThan(-500 - passed);
      expect(at - before).toBeLessThan(500 + passed);
    }
  });

  it.each([45_000, -45_000, 40 * 86_400_000, -100 * 86_400_000])(
    'decides nothing inside a transaction whose database is %i ms ahead, and counts it',
    async (aheadMs) => {
      const clock = new Clock(config);
      await expect(clock.within(databaseAhead(aheadMs))).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
      expect(() => clock.assertAgrees()).toThrow(/behind the database|ahead of the database/);
      expect(clock.refusals).toBe(2);
      expect(clock.isSound()).toBe(false);
      expect(clock.peers.isSound()).toBe(false);
      await clock.within(databaseAhead(0));
      expect(clock.disagreement()).toBeUndefined();
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'decides nothing by a database that says %f, until it tells a time',
    async (said) => {
      const clock = new Clock(config);
      const silent = { query: async () => [{ now: said }] } as unknown as EntityManager;
      await expect(clock.within(silent)).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
      expect(() => clock.assertAgrees()).toThrow('told no time by the database');
      expect(clock.isSound()).toBe(false);
      const moment = monotonicNow();
      expect(() => clock.assertTransaction({ said, asked: moment, answered: moment })).toThrow('told no time');
      expect(Number.isFinite(clock.now())).toBe(true);
      await clock.within(databaseAhead(0));
      expect(clock.disagreement()).toBeUndefined();
    },
  );

  it('judges what it was told inside the transaction, whatever it learned meanwhile', async () => {
    const clock = new Clock(config);
    const moment = monotonicNow();
    const sound = { said: Date.now(), asked: moment - 4, answered: moment };
    const telling = { query: async () => [{ now: Number.NaN }] } as unknown as EntityManager;
    const read = clock.read.bind(clock);
    clock.read = async (manager) => {
      const reading = await read(manager);
      clock.learn(sound);
      return reading;
    };
    await expect(clock.within(telling)).rejects.toMatchObject({ code: 'clock-skew' });
  });

  it('does nothing for good if its peers outvote it, decides the rest by its database, and is not ready', () => {
    const peers = new PeerClocks();
    const clock = new Clock(config, peers);
    const asked = monotonicNow();
    const hear = (instance: string, at: number): void =>
      peers.learn({ service: 'crypto-worker', instance, at, sound: true }, asked, monotonicNow());
    hear('one', Date.now() + 45_000);
    clock.judgePeers();
    expect(() => clock.assertAllAgree()).toThrow('behind crypto-worker');
    expect(clock.disagreement()).toContain('behind crypto-worker');
    clock.assertAgrees();
    hear('two', Date.now());
    clock.judgePeers();
    expect(clock.disagreement()).toBeUndefined();
  });
});
