import { describe, expect, it } from 'vitest';
import { ReadLimit } from './read-limit.js';

describe('a limit on reads', () => {
  const limit = new ReadLimit({ what: 'queries', perTenant: 2, inAll: 3 });

  /** Starts a read. @returns its result, and a function that ends it */
  const start = (tenantId: string) => {
    let end: (failed?: Error) => void = () => undefined;
    const done = limit.run(
      tenantId,
      () =>
        new Promise<void>((resolve, reject) => {
          end = (failed) => (failed === undefined ? resolve() : reject(failed));
        }),
    );
    return { done, end: (failed?: Error) => end(failed) };
  };

  it('refuses reads beyond the limit of a tenant and of all tenants until a read succeeds or fails', async () => {
    const own = [start('a'), start('a')] as const;
    await expect(start('a').done).rejects.toMatchObject({
      code: 'service-unavailable',
      detail: 'The tenant has too many concurrent queries. Try again when one has finished.',
    });
    const third = start('b');
    await expect(start('c').done).rejects.toMatchObject({
      code: 'service-unavailable',
      detail: 'Other tenants are running too many queries. Try again.',
    });
    own[0].end(new Error('broken'));
    await expect(own[0].done).rejects.toThrow('broken');
    const again = start('a');
    for (const { end, done } of [own[1], third, again]) {
      end();
      await done;
    }
    const free = [start('c'), start('c'), start('d')];
    for (const { end, done } of free) {
      end();
      await done;
    }
  });
});
