import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeIssuer, type TokenMaker } from '../../testing/token.js';
import { DiscoveredKeys } from './discovered-keys.js';

const issuer = 'https://idp.test';
const token = { payload: '', signature: '' };
const unavailable = { code: 'service-unavailable' };
const answer = (body: object): Response =>
  new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

describe('an issuer’s discovery document', () => {
  let maker: TokenMaker;
  let asked: string[];
  let isAway: boolean;
  let keys: DiscoveredKeys;
  const find = async () => keys.find({ alg: 'ES256' }, token);
  const discoveries = () => asked.filter((url) => url.endsWith('openid-configuration')).length;
  const later = (ms: number): void => void vi.advanceTimersByTime(ms);

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date', 'hrtime'] });
    maker = await makeIssuer(issuer);
    asked = [];
    isAway = false;
    const outage = { begin: () => undefined, end: () => undefined };
    keys = new DiscoveredKeys(issuer, outage, async (url) => {
      asked.push(url);
      if (isAway) throw new Error('away');
      return answer(url.endsWith('/jwks') ? { keys: [maker.publicJwk] } : { issuer, jwks_uri: `${issuer}/jwks` });
    });
  });
  afterEach(() => void vi.useRealTimers());

  it('is fetched once for concurrent callers', async () => {
    await Promise.all(Array.from({ length: 5 }, find));
    expect(discoveries()).toBe(1);
  });

  it('is fetched once in ten seconds while the fetch fails', async () => {
    isAway = true;
    const all = await Promise.allSettled(Array.from({ length: 5 }, find));
    for (const one of all) expect(one).toMatchObject({ status: 'rejected', reason: unavailable });
    await expect(find()).rejects.toMatchObject(unavailable);
    isAway = false;
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(discoveries()).toBe(1);
    later(10_001);
    await expect(find()).resolves.toMatchObject({ type: 'public' });
    expect(discoveries()).toBe(2);
  });

  it('stays in use while it is fetched again, and when that fails', async () => {
    await find();
    isAway = true;
    later(3_600_001);
    const fetched = asked.length;
    for (let time = 0; time < 3; time++) await find();
    expect(asked.slice(fetched).filter((url) => url.endsWith('openid-configuration'))).toHaveLength(1);
  });
});
