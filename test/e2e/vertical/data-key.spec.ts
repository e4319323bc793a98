import type { DataKeyResult, DecryptResult, ItemFailure, RandomResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const post = <Body>(path: string, body: object) => tenant.admin.send<Body>('POST', path, { body });
const bytesOf = (text = ''): number => Buffer.from(text, 'base64url').length;

describe('random bytes', () => {
  it.each([1, 16, 32, 1024])('are %i of the HSM, never the same, and not in the trail', async (bytes) => {
    const [one, other] = [
      await post<RandomResult>('/random', { bytes }),
      await post<RandomResult>('/random', { bytes }),
    ];
    expect([bytesOf(one.body.random), bytesOf(other.body.random)]).toEqual([bytes, bytes]);
    if (bytes >= 16) expect(one.body.random).not.toBe(other.body.random);
    expect(one.headers.get('server-timing')).toMatch(/hsm;dur=/);
    const events = await sealedEvents(tenant.admin, one.correlationId);
    expect(events).toMatchObject([
      { operation: 'random', keyId: null, outcome: 'success', details: { bytes: String(bytes) } },
    ]);
    if (bytes >= 16) expect(JSON.stringify(events)).not.toContain(one.body.random);
  });

  it('are bounded, and come in batches and dry runs', async () => {
    for (const bytes of [0, -1, 1.5, 1025, 'many']) expectProblem(await post('/random', { bytes }), 'request-invalid');
    const { body } = await post<{ items: (RandomResult & Partial<ItemFailure>)[] }>('/random', {
      items: [{ bytes: 8 }, { bytes: 0 }, { bytes: 9 }],
    });
    expect(body.items.map(({ random, error }) => error?.code ?? bytesOf(random))).toEqual([8, 'request-invalid', 9]);
    const dry = await post<object>('/random?dryRun=true', { bytes: 8 });
    expect(dry.body).toEqual({ dryRun: true, operation: 'random', succeeds: true });
    expect((await post<object>('/random?dryRun=true', { bytes: 0 })).body).toMatchObject({ succeeds: false });
  });
});

describe('a data key', () => {
  it.each([16, 32, 64])('of %i bytes is the content of its JWE', async (bytes) => {
    await tenant.changePolicy({ plaintextDataKeys: true });
    for (const key of [
      { algorithm: 'AES-256', alg: 'A256KW' },
      { algorithm: 'AES-256', alg: 'dir' },
      { algorithm: 'RSA-2048', purpose: 'encrypt' },
    ] as const) {
      const { id: keyId } = await tenant.createKey(key);
      const { body, correlationId } = await post<DataKeyResult>('/datakey', { keyId, bytes, plaintext: true });
      expect(bytesOf(body.plaintext)).toBe(bytes);
      expect(body).toMatchObject({ keyId, version: 1, enc: 'A256GCM' });
      expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'data-key-release' }));
      const opened = await post<DecryptResult>('/decrypt', { jwe: body.jwe });
      expect(opened.body.plaintext).toBe(body.plaintext);
      const events = await sealedEvents(tenant.admin, correlationId);
      expect(events).toMatchObject([
        { operation: 'encrypt', keyId, details: { within: 'datakey', released: 'data-key' } },
      ]);
      expect(JSON.stringify(events)).not.toContain(body.plaintext);
    }
  });

  it('is only encrypted unless the request asks for the plaintext, and the policy allows it', async () => {
    await tenant.changePolicy({ plaintextDataKeys: false });
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256' });
    const { body } = await post<DataKeyResult>('/datakey', { keyId });
    expect(body.plaintext).toBeUndefined();
    expect(bytesOf((await post<DecryptResult>('/decrypt', { jwe: body.jwe })).body.plaintext)).toBe(32);
    const refused = await post<object>('/datakey', { keyId, plaintext: true });
    expectProblem(refused, 'policy-refused');
    expect(refused.text).toContain('plaintextDataKeys');
    await tenant.changePolicy({ plaintextDataKeys: true });
    expect((await post('/datakey', { keyId, plaintext: true })).status).toBe(200);
    await tenant.changePolicy({ fipsOnly: true });
    expectProblem(await post('/datakey', { keyId, plaintext: true }), 'policy-refused');
    await tenant.changePolicy({ fipsOnly: false });
  });

  it('obeys the key’s state and purpose, and comes in batches and dry runs', async () => {
    await tenant.changePolicy({ plaintextDataKeys: true });
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256' });
    const signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.admin.put('/aliases/data', { keyId });
    const items = [
      { keyId },
      { alias: 'data', bytes: 16, plaintext: true },
      { keyId: signing.id },
      { keyId, bytes: 15 },
    ];
    const { body } = await post<{ items: (DataKeyResult & Partial<ItemFailure>)[] }>('/datakey', { items });
    expect(body.items.map(({ error, plaintext }) => error?.code ?? bytesOf(plaintext))).toEqual([
      0,
      16,
      'purpose-mismatch',
      'request-invalid',
    ]);
    const dry = await post<object>('/datakey?dryRun=true', { keyId, plaintext: true });
    expect(dry.body).toMatchObject({ operation: 'datakey', succeeds: true });
    expect(dry.text).not.toContain('jwe');
    await tenant.admin.post(`/keys/${keyId}/suspend`, {});
    expectProblem(await post('/datakey', { keyId }), 'key-state');
  });
});
