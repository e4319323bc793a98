import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { HeldToken, tokenSource } from './held-token.js';

/** A source whose tokens live 100 seconds; it counts how often it is asked. */
const counting = (fails: () => boolean = () => false) => {
  let asked = 0;
  const get = async () => {
    asked++;
    await Promise.resolve();
    if (fails()) throw new Error('the token endpoint is away');
    return { value: `token-${asked}`, expiresIn: 100 };
  };
  return { get, asked: () => asked };
};

describe('the token of a client', () => {
  it('is asked for once by all concurrent calls, and then kept', async () => {
    const source = counting();
    const token = new HeldToken(source.get);
    expect(await Promise.all(Array.from({ length: 50 }, () => token.current()))).toEqual(Array(50).fill('token-1'));
    expect(await token.current()).toBe('token-1');
    expect(source.asked()).toBe(1);
  });

  it('is renewed ahead of its end, once, while calls go on with it', async () => {
    const source = counting();
    const token = new HeldToken(source.get);
    await token.current();
    const later = performance.now() + 80_000;
    expect(await Promise.all([token.current(later), token.current(later)])).toEqual(['token-1', 'token-1']);
    await Promise.resolve();
    expect(source.asked()).toBe(2);
    expect(await token.current()).toBe('token-2');
  });

  it('serves until its end if it cannot be renewed, and not longer', async () => {
    let isAway = false;
    const source = counting(() => isAway);
    const token = new HeldToken(source.get);
    await token.current();
    isAway = true;
    expect(await token.current(performance.now() + 90_000)).toBe('token-1');
    await expect(token.current(performance.now() + 99_000)).rejects.toThrow('away');
  });

  it('that the platform does not accept is replaced, and only that one', async () => {
    const source = counting();
    const token = new HeldToken(source.get);
    await token.current();
    expect([token.discard('another'), await token.current()]).toEqual([true, 'token-1']);
    expect([token.discard('token-1'), await token.current()]).toEqual([true, 'token-2']);
    expect(new HeldToken(source.get, false).discard('token-1')).toBe(false);
  });

  it('of a function ends when it says so', async () => {
    const ends = new UnsecuredJWT({}).setExpirationTime('1h').encode();
    const none = async () => ({ value: '', expiresIn: 0 });
    const { expiresIn } = await tokenSource(() => ends, none)();
    expect(expiresIn).toBeGreaterThan(3000);
    expect(expiresIn).toBeLessThanOrEqual(3600);
    expect((await tokenSource(() => 'opaque', none)()).expiresIn).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', ' ', 'Bearer secret', 'secret\nsecret', 'secret\r\nx: y', 'secret\0', 'sécret', 'secret=x', 'secret\n'])(
    'is in the form of a token, or is refused and not quoted: %j',
    async (value) => {
      const refused = new HeldToken(tokenSource(value, async () => ({ value: '', expiresIn: 0 }))).current();
      await expect(refused).rejects.toMatchObject({ code: 'authentication-required' });
      await expect(refused).rejects.not.toThrow(/secret|sécret/);
    },
  );
});
