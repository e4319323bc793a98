import { listeningLogger } from '@ankasecure/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { status } from '../job/job.js';
import { Health } from './health.js';

const flagsReply = (flags: number) => {
  const part = Buffer.alloc(4);
  part.writeUInt32LE(flags);
  return { status: status.done, code: 0, micros: 1, parts: [part] };
};

const healthOf = (flags: () => number, hangs: Promise<void> = Promise.resolve()) => {
  let answeredAt = 0;
  const logger = listeningLogger();
  let runs = 0;
  const health = new Health({
    partition: 'default',
    spec: { tokenLabel: 'l', tokenSerial: 's', roundTrip: true },
    everyMs: 10_000,
    failedEveryMs: 1_000,
    hangMs: 3_000,
    answeredAt: () => answeredAt,
    askedPauseMs: 1_000,
    logger,
    run: async () => {
      if (runs++ > 0) await hangs;
      return flagsReply(flags());
    },
    passed: () => undefined,
  });
  const alarms = () => logger.lines.filter(({ fields }) => 'alarm' in fields).map(({ fields }) => fields);
  const answerAnother = (): void => {
    answeredAt = performance.now();
  };
  return { health, alarms, runs: () => runs, answerAnother };
};
const fakeTimers = () =>
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'performance', 'setInterval', 'clearInterval'],
  });

afterEach(() => {
  vi.useRealTimers();
});

describe('health', () => {
  it('raises one alarm when PIN counters run low, and another when they get worse', async () => {
    let flags = 0x42d;
    const { health, alarms } = healthOf(() => flags);
    await health.start();
    expect(alarms()).toEqual([]);
    flags |= 0x10000;
    await health.check();
    await health.check();
    expect(alarms()).toMatchObject([
      { alarm: 'pin-count', raised: ['user PIN: a wrong one was entered since the last login'] },
    ]);
    flags |= 0x20000 | 0x400000;
    await health.check();
    expect(alarms()).toHaveLength(2);
    health.stop();
  });

  it('asks the canary once for a flood of doubts', async () => {
    fakeTimers();
    const { health, runs } = healthOf(() => 0);
    await health.start();
    expect(runs()).toBe(1);
    for (let doubt = 0; doubt < 1000; doubt++) void health.ask();
    await vi.advanceTimersByTimeAsync(900);
    expect(runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(runs()).toBe(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs()).toBe(5);
    health.stop();
  });

  it('is lost while the token answers nothing, and only then', async () => {
    fakeTimers();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { health, answerAnother } = healthOf(() => 0, promise);
    await health.start();
    const checked = health.check();
    for (let second = 0; second < 10; second++) {
      answerAnother();
      await vi.advanceTimersByTimeAsync(1_000);
      expect([health.ok, health.isHanging]).toEqual([true, false]);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect([health.ok, health.isHanging]).toEqual([false, true]);
    answerAnother();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(health.ok).toBe(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(health.ok).toBe(false);
    resolve();
    expect(await checked).toBe(true);
    expect(health.ok).toBe(true);
    health.stop();
  });

  it('answers who asks with a check that began later', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { health, runs } = healthOf(() => 0, promise);
    await health.start();
    const underWay = health.check();
    const asked = health.checkAnew();
    expect(runs()).toBe(2);
    resolve();
    expect(await Promise.all([underWay, asked])).toEqual([true, true]);
    expect(runs()).toBe(3);
    health.stop();
  });

  it('answers who asks when it stops', async () => {
    const { health } = healthOf(() => 0);
    await health.start();
    const asked = health.ask();
    health.stop();
    expect(await asked).toBe(false);
    expect(await health.ask()).toBe(false);
  });
});
