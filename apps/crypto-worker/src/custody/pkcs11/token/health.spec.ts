import { listeningLogger } from '@ankasecure/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { status } from '../job/job.js';
import { Health } from './health.js';

const flagsReply = (flags: number) => {
  const part = Buffer.alloc(4);
  part.writeUInt32LE(flags);
  return { status: status.done, code: 0, micros: 1, parts: [part] };
};

const healthOf = (flags: () => number) => {
  const logger = listeningLogger();
  let runs = 0;
  const health = new Health({
    partition: 'default',
    spec: { tokenLabel: 'l', tokenSerial: 's', roundTrip: true },
    everyMs: 10_000,
    askedPauseMs: 1_000,
    logger,
    run: async () => {
      runs++;
      return flagsReply(flags());
    },
    passed: () => undefined,
  });
  const alarms = () => logger.lines.filter(({ fields }) => 'alarm' in fields).map(({ fields }) => fields);
  return { health, alarms, runs: () => runs };
};

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
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'setInterval', 'clearInterval'] });
    const { health, runs } = healthOf(() => 0);
    await health.start();
    expect(runs()).toBe(1);
    for (let doubt = 0; doubt < 1000; doubt++) health.ask();
    await vi.advanceTimersByTimeAsync(900);
    expect(runs()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(runs()).toBe(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs()).toBe(5);
    health.stop();
  });
});
