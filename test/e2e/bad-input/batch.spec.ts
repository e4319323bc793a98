import type { ItemFailure } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { hsmCalls } from '../harness/hsm-call.js';
import { sealedEvents } from '../harness/trail.js';
import { openTarget, type Target } from './target.js';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});

const paths = ['/encrypt', '/decrypt', '/sign', '/verify', '/encapsulate', '/decapsulate'] as const;

describe.each(paths)('a batch for %s', (path) => {
  it('with items that are not requests answers each item, records one event with their number, and does not use the HSM', async () => {
    const before = await hsmCalls(target.rig);
    const items = [null, 7, 'x', [], {}, { items: [{}] }, { keyId: '../x' }, { unknown: 1 }, { encoding: 'utf16' }];
    const reply = await target.tenant.admin.send<{ items: ItemFailure[] }>('POST', path, { body: { items } });
    expect(reply.status).toBe(200);
    expect(reply.body.items.map(({ error }) => error.code)).toEqual(items.map(() => 'request-invalid'));
    expect(await hsmCalls(target.rig)).toEqual(before);
    const events = await sealedEvents(target.tenant.admin, reply.correlationId);
    expect(events.map(({ failureCode, details }) => [failureCode, details['count']])).toEqual([
      ['request-invalid', String(items.length)],
    ]);
  });

  it.each([
    ['a text', { items: 'x' }],
    ['an object', { items: { length: 1, 0: {} } }],
    ['null', { items: null }],
    ['a list with a field beside it', { items: [{}], encoding: 'utf8' }],
  ])('that is %s is refused whole', async (_, body) => {
    await target.refusedOnRecord(path, body, 'request-invalid');
  });
});
