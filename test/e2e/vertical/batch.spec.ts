import { randomUUID } from 'node:crypto';
import type { EncryptResult, ItemFailure, Key, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

type Item<Result> = Result | ItemFailure;
interface Batch<Result> {
  readonly items: readonly Item<Result>[];
}

describe('batches', () => {
  let tenant: Tenant;
  let signing: Key;
  let encryption: Key;
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
    signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    encryption = await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' });
  });

  it('keep the order of their items', async () => {
    const items = Array.from({ length: 200 }, (_, index) => ({
      keyId: encryption.id,
      plaintext: `item ${index}`,
      encoding: 'utf8',
    }));
    const sealed = await tenant.admin.post<Batch<EncryptResult>>('/encrypt', { items });
    const jwes = sealed.items.map((item) => ('jwe' in item ? item.jwe : ''));
    const opened = await tenant.admin.post<Batch<{ plaintext: string }>>('/decrypt', {
      items: jwes.map((jwe) => ({ jwe, encoding: 'utf8' })),
    });
    expect(opened.items.map((item) => 'plaintext' in item && item.plaintext)).toEqual(
      items.map(({ plaintext }) => plaintext),
    );
  });

  it('answer each item independently, with one event each', async () => {
    const items = [
      { keyId: signing.id, payload: 'AAAA' },
      { keyId: randomUUID(), payload: 'AAAA' },
      { keyId: encryption.id, payload: 'AAAA' },
      { keyId: signing.id, payload: 'AAAA', alg: 'ES384' },
      { keyId: signing.id, payload: 'not base64url!' },
      { keyId: signing.id, payload: 'BBBB' },
    ];
    const expected = [
      'success',
      'key-not-found',
      'purpose-mismatch',
      'algorithm-mismatch',
      'request-invalid',
      'success',
    ];
    const reply = await tenant.admin.send<Batch<SignResult>>('POST', '/sign', { body: { items } });
    expect(reply.status).toBe(200);
    const codes = reply.body.items.map((item) => ('error' in item ? item.error.code : 'success'));
    expect(codes).toEqual(expected);
    for (const item of reply.body.items)
      if ('error' in item)
        expect(item).toEqual({
          error: {
            code: item.error.code,
            status: expect.any(Number) as unknown,
            title: expect.any(String) as unknown,
            detail: expect.any(String) as unknown,
          },
        });
    const events = await sealedEvents(tenant.admin, reply.correlationId, items.length);
    expect(events.map(({ outcome, failureCode }) => failureCode ?? outcome).toSorted()).toEqual(expected.toSorted());
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(items.length);
  });

  it('hold 1,000 items', async () => {
    const items = Array.from({ length: 1000 }, () => ({ keyId: encryption.id, plaintext: 'AAAA' }));
    const reply = await tenant.admin.send<Batch<EncryptResult>>('POST', '/encrypt', { body: { items } });
    expect(reply.status).toBe(200);
    expect(reply.body.items.filter((item) => 'jwe' in item)).toHaveLength(1000);
    const events = await sealedEvents(tenant.admin, reply.correlationId, 1000);
    expect(events).toHaveLength(1000);
  });

  it.each([
    ['none', []],
    ['1,001', Array.from({ length: 1001 }, () => ({ keyId: randomUUID(), plaintext: 'AAAA' }))],
  ])('with %s items are refused as a whole, with one event', async (_, items) => {
    const reply = await tenant.admin.send('POST', '/encrypt', { body: { items } });
    expectProblem(reply, 'request-invalid');
    const events = await sealedEvents(tenant.admin, reply.correlationId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ operation: 'encrypt', outcome: 'failure', failureCode: 'request-invalid' });
  });
});
