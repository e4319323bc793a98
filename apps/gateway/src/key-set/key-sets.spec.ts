import { AnkaError, type Contract, findTenant, getKeySet } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { forStranger } from '../identity/origin.js';
import { KeySets } from './key-sets.js';

const context = { correlationId: 'test', deadline: Number.MAX_SAFE_INTEGER };
const tenant = { id: '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55', partition: 'default' };

/** The services behind the gateway. `answer` answers the oldest open request. */
const behind = () => {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  const request = async (contract: Contract, _: string, __: unknown, body: { slug?: string }): Promise<unknown> => {
    asked.push(contract.subject);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (contract !== (findTenant as Contract)) return { keys: [] };
    if (body.slug === 'nobody') throw new AnkaError('tenant-unknown');
    if (body.slug === 'down') throw new AnkaError('service-unavailable');
    return tenant;
  };
  const answer = async (): Promise<void> => {
    for (const resolve of waiting.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sets: new KeySets({ request } as unknown as ConstructorParameters<typeof KeySets>[0]), asked, answer };
};

const codeOf = (set: Promise<unknown>): Promise<string> =>
  set.then(
    () => 'ok',
    (error: AnkaError) => error.code,
  );

describe('key sets', () => {
  it('are fetched once for concurrent callers, and again when they are outdated', async () => {
    const { sets, asked, answer } = behind();
    const all = Array.from({ length: 100 }, () => codeOf(sets.of('acme', context, 0)));
    for (let step = 0; step < 3; step++) await answer();
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ok']));
    expect(asked).toHaveLength(2);
    void codeOf(sets.of('acme', context, 1_999));
    expect(asked).toHaveLength(2);
    // The tenant is known by now. Reading the set took a moment, and it rests for longer.
    void codeOf(sets.of('acme', context, 20_000));
    await expect.poll(() => asked).toHaveLength(3);
  });

  it('of unknown tenants are cached as unknown, and failures are not cached', async () => {
    const { sets, asked, answer } = behind();
    const first = [codeOf(sets.of('nobody', context, 0)), codeOf(sets.of('down', context, 0))];
    for (let step = 0; step < 3; step++) await answer();
    expect(await Promise.all(first)).toEqual(['key-set-not-found', 'service-unavailable']);
    expect(await codeOf(sets.of('nobody', context, 1))).toBe('key-set-not-found');
    expect(asked).toHaveLength(2);
    void codeOf(sets.of('down', context, 1));
    await expect.poll(() => asked).toHaveLength(3);
  });

  it('with an impossible name are not looked up', async () => {
    const { sets, asked } = behind();
    expect(await codeOf(sets.of('../admin', context, 0))).toBe('key-set-not-found');
    expect(asked).toEqual([]);
  });

  it('of made-up names are searched for a few at a time, and keep no caller of another network waiting', async () => {
    const { sets, asked, answer } = behind();
    const flood = Array.from({ length: 150 }, (_, index) =>
      forStranger('192.0.2.1', () => codeOf(sets.of(`made-up-${index}`, context, 0))),
    );
    await expect.poll(() => asked.length).toBe(2);
    const found = forStranger('192.0.2.2', () => codeOf(sets.of('acme', context, 0)));
    for (let step = 0; step < 4; step++) await answer();
    expect(await found).toBe('ok');
    expect((await Promise.all(flood.slice(102))).every((code) => code === 'service-unavailable')).toBe(true);
  });

  it('of known tenants are read while made-up names wait', async () => {
    const { sets, asked, answer } = behind();
    const first = codeOf(sets.of('acme', context, 0));
    for (let step = 0; step < 3; step++) await answer();
    expect(await first).toBe('ok');
    for (let index = 0; index < 100; index++) void codeOf(sets.of(`made-up-${index}`, context, 0));
    await expect.poll(() => asked.length).toBe(4);
    const again = codeOf(sets.of('acme', context, 30_000));
    await expect.poll(() => asked.at(-1)).toBe(getKeySet.subject);
    await answer();
    expect(await again).toBe('ok');
  });
});
