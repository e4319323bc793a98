import { describe, expect, it } from 'vitest';
import type { Caller } from '../operation/caller.js';
import type { KeySets } from './key-sets.js';
import { Local } from './local.js';
import { PublicKeys } from './public-keys.js';

describe('a key that several callers need', () => {
  it('is asked for once, and a caller who leaves ends only its own wait', async () => {
    const key = { id: 'k', version: 1, state: 'ACTIVE', purpose: 'sign', algs: [] };
    const answers: (() => void)[] = [];
    const caller = {
      send: async (_: unknown, { signal }: { signal?: AbortSignal }) => {
        await new Promise<void>((resolve, reject) => {
          answers.push(resolve);
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        });
        return { status: 200, body: key, headers: new Headers() };
      },
    } as unknown as Caller;
    const platform = { encrypt: async () => ({ jwe: 'made' }), verify: async () => ({}) } as never;
    const local = new Local(platform, new PublicKeys(caller, 1000), {} as KeySets, undefined);
    const abort = new AbortController();
    const reason = new Error('the user left');
    const item = { keyId: 'k', plaintext: 'AAAA' };
    const leaves = local.encrypt(item, { signal: abort.signal });
    const stays = local.encrypt(item);
    abort.abort(reason);
    await expect(leaves).rejects.toBe(reason);
    for (const answer of answers) answer();
    expect(await stays).toMatchObject({ jwe: 'made', by: 'platform' });
    expect(answers).toHaveLength(1);
  });
});
