import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Pulse } from '../nats/in-flight/pulse.js';
import { inBackground } from './background.js';

const requests = new AsyncLocalStorage<string>();

it('work in the background is in no request, also in its timers and after its waits; the request goes on in its own', async () => {
  const seen: unknown[] = [];
  await requests.run('first', async () => {
    await inBackground(async () => {
      seen.push(requests.getStore());
      await delay(1);
      seen.push(requests.getStore());
      await new Promise<void>((resolve) => setTimeout(() => resolve(void seen.push(requests.getStore())), 1));
    });
    seen.push(requests.getStore());
  });
  expect(seen).toEqual([undefined, undefined, undefined, 'first']);
});

it('passes on what the work returns and throws', () => {
  expect(inBackground(() => 7)).toBe(7);
  expect(() => inBackground(() => expect.fail('thrown'))).toThrow('thrown');
});

it('a pulse that a request begins is in no request', async () => {
  const beat = Promise.withResolvers<unknown>();
  const pulse = new Pulse(1, () => {
    beat.resolve(requests.getStore() ?? 'none');
    return false;
  });
  requests.run('first', () => pulse.start());
  expect(await beat.promise).toBe('none');
});
