import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { codeOf, inTime } from '../custody/custody.conformance.js';
import { hsmRefusals } from './own-turns.js';
import { poolPlaces, ThreadTurns } from './thread-turns.js';

const of = (tenantId: string, ms?: number) => ({ ...inTime(ms), tenantId });

/** Work that ends when the test says so, in the order in which it began. */
const slowWork = () => {
  const begun: { readonly name: string; readonly end: (error?: Error) => void }[] = [];
  const work = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push({ name, end: (error) => (error === undefined ? resolve(name) : reject(error)) });
    });
  return { begun, work };
};

/** Ends all work, one after the other, until nothing more begins. */
const endAll = async (begun: readonly { end: () => void }[]): Promise<void> => {
  for (let index = 0; index < begun.length; index++) {
    begun[index]?.end();
    await nextTurn();
  }
};

it('leaves a thread of libuv to files and names', () => {
  expect(poolPlaces.quick + poolPlaces.slow).toBeLessThan(4);
});

describe.each([1, 2, 3])('%i places of threads', (places) => {
  it('are all that is ever submitted, whoever asks for how much', async () => {
    const turns = new ThreadTurns(places);
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await nextTurn();
      running--;
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => turns.take(of(`tenant ${index % 3}`), work)));
    expect({ most, running }).toEqual({ most: places, running: 0 });
  });

  it('rotate between tenants', async () => {
    const turns = new ThreadTurns(places);
    const { begun, work } = slowWork();
    const asked = [...Array<string>(20).fill('a'), 'b', 'b', 'c'];
    const all = Promise.all(asked.map((tenant) => turns.take(of(tenant), work(tenant))));
    await endAll(begun);
    await all;
    const order = begun.map(({ name }) => name).join('');
    expect(order).toHaveLength(asked.length);
    // Those that had a place before the others asked are not stopped.
    expect(order.slice(places).startsWith('abcab')).toBe(true);
  });

  it('are not given to work whose deadline has passed meanwhile', async () => {
    const turns = new ThreadTurns(places);
    const { begun, work } = slowWork();
    const first = Array.from({ length: places }, () => turns.take(of('a'), work('first')));
    const late = Array.from({ length: 50 }, (_, index) => turns.take(of(`tenant ${index % 4}`, 1), work('late')));
    const codes = Promise.all(late.map((one) => codeOf(one)));
    const last = turns.take(of('a'), work('last'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await endAll(begun);
    await Promise.all([...first, last]);
    expect(new Set(await codes)).toEqual(new Set(['deadline-exceeded']));
    expect(begun.map(({ name }) => name)).toEqual([...Array<string>(places).fill('first'), 'last']);
  });

  it('are given back by work that fails at once, later, or by a caller that could not use its turn', async () => {
    const turns = new ThreadTurns(places);
    const failing = Array.from({ length: 3 * places }, (_, index) =>
      turns.take<never>(of('a'), () => {
        if (index % 2 === 0) throw new Error('no use');
        return Promise.reject(new Error('no use'));
      }),
    );
    const again = turns.take(of('b'), () => 'again', true);
    await Promise.all(failing.map((one) => expect(one).rejects.toThrow('no use')));
    expect(await again).toBe('again');
  });

  it('are waited for by a limited number, with room left for tenants that have few', async () => {
    const turns = new ThreadTurns(places);
    const { begun, work } = slowWork();
    const all = Array.from({ length: places + 8192 }, () => turns.take(of('a'), work('a')));
    expect(await codeOf(turns.take(of('a'), work('a')))).toBe('service-unavailable');
    expect(await codeOf(turns.take(of('a'), work('a'), false, hsmRefusals))).toBe('hsm-unavailable');
    const other = turns.take(of('b'), () => 'b');
    begun[0]?.end();
    await nextTurn();
    begun[places]?.end();
    expect(await other).toBe('b');
    for (let index = 0; index < begun.length; index++) begun[index]?.end();
    while (begun.length < all.length) {
      await nextTurn();
      for (const { end } of begun.slice(-places)) end();
    }
    await Promise.all(all);
  });
});
