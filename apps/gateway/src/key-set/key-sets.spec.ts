import { AnkaError, type Contract, findTenant } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
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
    void codeOf(sets.of('acme', context, 2_000));
    expect(asked).toHaveLength(3);
  });

  it('of unknown tenants are cached as unknown, and failures are not cached', async () => {
    const { sets, asked, answer } = behind();
    const first = [codeOf(sets.of('nobody', context, 0)), codeOf(sets.of('down', context, 0))];
    for (let step = 0; step < 3; step++) await answer();
    expect(await Promise.all(first)).toEqual(['key-set-not-found', 'service-unavailable']);
    expect(await codeOf(sets.of('nobody', context, 1))).toBe('key-set-not-found');
    expect(asked).toHaveLength(2);
    void codeOf(sets.of('down', context, 1));
    expect(asked).toHaveLength(3);
  });

  it('with an impossible name are not looked up', async () => {
    const { sets, asked } = behind();
    expect(await codeOf(sets.of('../admin', context, 0))).toBe('key-set-not-found');
    expect(asked).toEqual([]);
  });

  it('are limited in their concurrent requests to other services', async () => {
    const { sets, asked } = behind();
    const codes = Array.from({ length: 17 }, (_, index) => codeOf(sets.of(`tenant-${index}`, context, 0)));
    expect(await codes[16]).toBe('service-unavailable');
    expect(asked).toHaveLength(16);
  });
});
