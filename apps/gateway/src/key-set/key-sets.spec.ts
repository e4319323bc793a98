import { AnkaError, type Contract, findTenant, getKeySet } from '@ankasecure/contracts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { forStranger } from '../identity/origin.js';
import { KeySets, unconfirmedMs } from './key-sets.js';
import { TenantSearch } from './tenant-search.js';

const context = { correlationId: 'test', deadline: Number.MAX_SAFE_INTEGER };
const tenant = { id: '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55', partition: 'default' };

type Asked = { readonly known?: number | null; readonly kid?: string };

/** The services behind the gateway. `answer` answers what was asked so far, at the position of the tenant's records. */
const behind = () => {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  const questions: Asked[] = [];
  const state = { position: 1, failure: null as AnkaError | null };
  const request = async (
    contract: Contract,
    _: string,
    __: unknown,
    body: Asked & { slug?: string },
  ): Promise<unknown> => {
    asked.push(contract.subject);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (contract !== (findTenant as Contract)) {
      questions.push(body);
      if (state.failure !== null) throw state.failure;
      const { position } = state;
      return { position, set: body.known === position ? null : { keys: [{ kid: `at ${position}` }] } };
    }
    if (body.slug === 'nobody') throw new AnkaError('tenant-unknown');
    if (body.slug === 'down') throw new AnkaError('service-unavailable');
    return tenant;
  };
  const answer = async (times = 1): Promise<void> => {
    for (let time = 0; time < times; time++) {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const bus = { request } as unknown as ConstructorParameters<typeof TenantSearch>[0];
  const sets = new KeySets(bus, new TenantSearch(bus));
  const read = async (): Promise<string> => {
    const set = sets.of('acme', context);
    await answer(3);
    return (await set).body.toString();
  };
  return { sets, state, asked, questions, answer, read };
};

const codeOf = (set: Promise<unknown>): Promise<string> =>
  set.then(
    () => 'ok',
    (error: AnkaError) => error.code,
  );

describe('key sets', () => {
  it('are looked for once for all who ask before the look begins, and are read again only after a change', async () => {
    const { state, sets, asked, questions, answer, read } = behind();
    const all = Array.from({ length: 100 }, () => codeOf(sets.of('acme', context)));
    await answer(4);
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ok']));
    expect(asked.filter((subject) => subject === getKeySet.subject)).toHaveLength(2);
    expect(questions).toEqual([{ known: null }, { known: 1 }]);
    state.position = 2;
    expect(await read()).toContain('at 2');
    expect(await read()).toContain('at 2');
    expect(questions.slice(2)).toEqual([{ known: 1 }, { known: 2 }]);
  });

  it('have every change that returned before they were asked for, also while a look is under way', async () => {
    const { state, sets, answer, read } = behind();
    await read();
    const before = sets.of('acme', context);
    await new Promise((resolve) => setImmediate(resolve));
    state.position = 2;
    const after = sets.of('acme', context);
    // The first look is answered as of its beginning.
    state.position = 1;
    await answer();
    state.position = 2;
    await answer(2);
    expect((await before).body.toString()).toContain('at 1');
    expect((await after).body.toString()).toContain('at 2');
  });

  it('are served for a bounded time while no worker answers', async () => {
    const { state, sets, answer, read } = behind();
    const clock = vi.spyOn(process, 'hrtime');
    const at = (ms: number) => clock.mockReturnValue([1000, ms * 1_000_000]);
    const refusal = async (): Promise<string> => {
      const code = codeOf(sets.of('acme', context));
      await answer(3);
      return code;
    };
    onTestFinished(() => clock.mockRestore());
    at(0);
    await read();
    state.failure = new AnkaError('service-unavailable');
    at(unconfirmedMs - 1);
    expect(await read()).toContain('at 1');
    at(unconfirmedMs);
    expect(await refusal()).toBe('service-unavailable');
    at(1);
    state.failure = new AnkaError('record-forged');
    expect(await refusal()).toBe('record-forged');
  });

  it('of unknown tenants are cached as unknown, and failures are not cached', async () => {
    const { sets, asked, answer } = behind();
    const first = [codeOf(sets.of('nobody', context, 0)), codeOf(sets.of('down', context, 0))];
    await answer(3);
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
    await answer(4);
    expect(await found).toBe('ok');
    expect((await Promise.all(flood.slice(102))).every((code) => code === 'service-unavailable')).toBe(true);
  });

  it('of known tenants are read while made-up names wait', async () => {
    const { sets, asked, answer, read } = behind();
    await read();
    for (let index = 0; index < 100; index++) void codeOf(sets.of(`made-up-${index}`, context, 0));
    await expect.poll(() => asked.length).toBe(4);
    const again = codeOf(sets.of('acme', context));
    await expect.poll(() => asked.at(-1)).toBe(getKeySet.subject);
    await answer();
    expect(await again).toBe('ok');
  });
});
