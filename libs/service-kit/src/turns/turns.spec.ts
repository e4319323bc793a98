import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

const refused = new Error('refused');

/** Work that ends when it is told to. `begun` lists the names of what has begun, in order. */
const hall = (limits: ConstructorParameters<typeof Turns>[0]) => {
  const turns = new Turns(limits, () => refused);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = (name: string): Promise<string> =>
    turns.run(name, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return name;
    });
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { run, begun, endOne };
};
/** Longer than any run: work that still waits when its test ends is refused in no later one. */
const patient = { waitMs: 2 ** 31 - 1 };

describe('turns', () => {
  it('are given at once while there is room, in all and for the name', async () => {
    const { run, begun } = hall({ all: { running: 3, waiting: 9 }, each: { running: 2, waiting: 9 }, ...patient });
    for (const name of ['a', 'a', 'a', 'b', 'b']) void run(name);
    expect(begun).toEqual(['a', 'a', 'b']);
  });

  it('alternate between names, however much one of them asks', async () => {
    const { run, begun, endOne } = hall({
      all: { running: 1, waiting: 99 },
      each: { running: 1, waiting: 99 },
      ...patient,
    });
    for (const name of ['a', 'a', 'a', 'a', 'b', 'c']) void run(name);
    for (let time = 0; time < 5; time++) await endOne();
    expect(begun).toEqual(['a', 'a', 'b', 'c', 'a', 'a']);
  });

  it('skip a name that has all it may have', async () => {
    const { run, begun, endOne } = hall({
      all: { running: 2, waiting: 99 },
      each: { running: 1, waiting: 99 },
      ...patient,
    });
    for (const name of ['a', 'b', 'a', 'c']) void run(name);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['a', 'b']);
    await endOne();
    expect(begun).toEqual(['a', 'b', 'a']);
    await endOne();
    expect(begun).toEqual(['a', 'b', 'a', 'c']);
  });

  it('refuse a name that waits too often', async () => {
    const { run } = hall({ all: { running: 1, waiting: 9 }, each: { running: 1, waiting: 1 }, ...patient });
    for (const name of ['a', 'a', 'b']) void run(name);
    await expect(run('a')).rejects.toBe(refused);
  });

  it('refuse the name with the most waiting when the line is full', async () => {
    const { run, begun, endOne } = hall({
      all: { running: 1, waiting: 3 },
      each: { running: 1, waiting: 9 },
      ...patient,
    });
    void run('a');
    const waiting = Array.from({ length: 3 }, () => run('a'));
    void run('b');
    await expect(waiting[2]).rejects.toBe(refused);
    await expect(run('a')).rejects.toBe(refused);
    for (let time = 0; time < 3; time++) await endOne();
    expect(begun).toEqual(['a', 'a', 'b', 'a']);
  });

  it('refuse what waits for too long, and forget it', async () => {
    const { run, begun, endOne } = hall({
      all: { running: 1, waiting: 9 },
      each: { running: 1, waiting: 9 },
      waitMs: 5,
    });
    void run('a');
    await expect(run('b')).rejects.toBe(refused);
    await endOne();
    expect(begun).toEqual(['a']);
    void run('c');
    expect(begun).toEqual(['a', 'c']);
  });

  it('pass on when work fails', async () => {
    const turns = new Turns(
      { all: { running: 1, waiting: 9 }, each: { running: 1, waiting: 9 }, ...patient },
      () => refused,
    );
    const failing = turns.run('a', () => Promise.reject(new Error('of the work')));
    const next = turns.run('b', async () => 'done');
    await expect(failing).rejects.toThrow('of the work');
    expect(await next).toBe('done');
  });
});
