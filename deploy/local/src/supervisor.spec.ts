import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSupervisor } from './supervisor.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A supervisor of processes that start `fails` times in vain. `restarts` names what it restarted. */
const supervised = (fails = 0) => {
  const restarts: string[] = [];
  const said: string[] = [];
  let failures = fails;
  const supervisor = createSupervisor(
    async (name) => {
      restarts.push(name);
      if (failures-- > 0) throw new Error(`${name} was not ready`);
    },
    (text) => said.push(text),
  );
  return { supervisor, restarts, said };
};

describe('the supervisor', () => {
  it('restarts a process that keeps ending, after longer and longer pauses, and never gives up', async () => {
    const { supervisor, restarts } = supervised();
    const waits: number[] = [];
    for (let time = 1; time <= 20; time++) {
      supervisor.ended('audit', 'SIGKILL');
      const since = Date.now();
      while (restarts.length < time) await vi.advanceTimersByTimeAsync(10);
      waits.push(Date.now() - since);
    }
    expect(waits.slice(0, 4)).toEqual([10, 250, 500, 1000]);
    expect(waits.at(-1)).toBe(10_000);
  });

  it('counts each process for itself', async () => {
    const { supervisor, restarts } = supervised();
    for (let time = 0; time < 9; time++) {
      supervisor.ended('audit', 1);
      await vi.advanceTimersByTimeAsync(11_000);
    }
    supervisor.ended('policy', 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(restarts.filter((name) => name === 'audit')).toHaveLength(9);
    expect(restarts.at(-1)).toBe('policy');
  });

  it('restarts at once a process that had run for a while', async () => {
    const { supervisor, restarts } = supervised();
    for (let time = 1; time <= 9; time++) {
      supervisor.ended('audit', 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(restarts).toHaveLength(time);
      await vi.advanceTimersByTimeAsync(61_000);
    }
  });

  it('tries a restart that fails again', async () => {
    const { supervisor, restarts, said } = supervised(3);
    supervisor.ended('gateway', 70);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(restarts).toHaveLength(4);
    expect(said).toEqual([
      'gateway ended by itself (70); restarting it',
      'gateway was not ready',
      'gateway was not ready',
      'gateway was not ready',
      'gateway is ready again',
    ]);
  });

  it('restarts nothing after it has stopped', async () => {
    const { supervisor, restarts } = supervised(100);
    supervisor.ended('gateway', 70);
    await vi.advanceTimersByTimeAsync(5_000);
    supervisor.stop();
    const before = restarts.length;
    supervisor.ended('policy', 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restarts).toHaveLength(before);
  });
});
