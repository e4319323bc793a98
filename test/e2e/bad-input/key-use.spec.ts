import { randomUUID } from 'node:crypto';
import { type EncryptResult, keyStates, type SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { reseal } from '../harness/reseal.js';
import { openTarget, type Target } from './target.js';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});

describe('a key id', () => {
  const noIds = [
    '../../etc/passwd',
    "' OR 1=1 --",
    'a\u0000b',
    '%00',
    '*',
    '{}',
    'null',
    ' ',
    '😀',
    '00000000-0000-0000-0000-00000000000',
    '{01939f31-07c2-7a44-8f0e-2b9d6c1a3f10}',
  ];

  it.each(noIds)('that cannot be one is refused: %j', async (keyId) => {
    await target.refusedOnRecord('/sign', { keyId, payload: 'AAAA' }, 'request-invalid');
    await target.refusedOnRecord('/encrypt', { keyId, plaintext: 'AAAA' }, 'request-invalid');
    if (keyId !== ' ') await target.refused('GET', `/keys/${encodeURIComponent(keyId)}`, {}, 'key-not-found');
  });

  it('that does not exist and one of another tenant get the same answer', async () => {
    const { theirs } = target.keys;
    const answers: unknown[] = [];
    for (const keyId of [randomUUID(), theirs.id]) {
      await target.refusedOnRecord('/sign', { keyId, payload: 'AAAA' }, 'key-not-found');
      const reply = await target.refused('GET', `/keys/${keyId}`, {}, 'key-not-found');
      answers.push({ ...(reply.body as object), correlationId: '' });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('that is very long is refused', async () => {
    await target.refused('GET', `/keys/${'a'.repeat(8000)}`, {}, ['key-not-found', 'route-not-found']);
    await target.refused('GET', `/keys/${'a'.repeat(40_000)}`, {}, 'header-too-large').catch((error: unknown) => {
      // The parser closes the connection while the test still sends.
      expect(String(error)).toMatch(/fetch failed/);
    });
    await target.refused('GET', '/keys/%zz', {}, ['request-invalid', 'key-not-found']);
  });
});

describe('a key', () => {
  it('serves only its purpose', async () => {
    const { sign, rsa, agree, wrap, direct, mac } = target.keys;
    for (const { id } of [sign, mac])
      await target.refusedOnRecord('/encrypt', { keyId: id, plaintext: 'AAAA' }, 'purpose-mismatch');
    for (const { id } of [rsa, agree, wrap, direct]) {
      await target.refusedOnRecord('/sign', { keyId: id, payload: 'AAAA' }, 'purpose-mismatch');
      const claim = { keyId: id, payload: 'AAAA', signature: 'AAAA' };
      await target.refusedOnRecord('/verify', claim, 'purpose-mismatch');
    }
  });

  it('serves only its algorithms', async () => {
    const { sign, mac } = target.keys;
    for (const alg of ['ES384', 'RS256', 'HS256', 'EdDSA'] as const)
      await target.refusedOnRecord('/sign', { keyId: sign.id, payload: 'AAAA', alg }, 'algorithm-mismatch');
    await target.refusedOnRecord('/sign', { keyId: mac.id, payload: 'AAAA', alg: 'HS512' }, 'algorithm-mismatch');
    const claim = { keyId: sign.id, payload: 'AAAA', signature: 'AAAA', alg: 'HS256' };
    await target.refusedOnRecord('/verify', claim, 'algorithm-mismatch');
  });

  it('that has encrypted 2^32 messages is rotated automatically', async () => {
    const { rig, tenant } = target;
    const { id } = await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' });
    await rig.query(
      'ankadb_keys',
      'INSERT INTO gcm_reservation (tenant_id, key_id, version, reserved) VALUES ($1, $2, 1, 4294967296)',
      [tenant.id, id],
    );
    const { jwe, version } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    expect(version).toBe(2);
    expect((await tenant.admin.post<{ plaintext: string }>('/decrypt', { jwe })).plaintext).toBe('AAAA');
  });

  const processes = ['ACTIVE', 'DEACTIVATED'];
  it.each(keyStates.filter((state) => state !== 'ACTIVE'))('that is %s does not protect data', async (state) => {
    const { rig, tenant } = target;
    const [signing, wrapping] = [
      await tenant.createKey({ algorithm: 'EC-P256' }),
      await tenant.createKey({ algorithm: 'AES-256' }),
    ];
    const { jws } = await tenant.admin.post<SignResult>('/sign', { keyId: signing.id, payload: 'AAAA' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: wrapping.id, plaintext: 'AAAA' });
    await rig.query(
      'ankadb_keys',
      'UPDATE key_version SET state = $1, revision = revision + 1 WHERE key_id = ANY($2)',
      [state, [signing.id, wrapping.id]],
    );
    await reseal(rig, 'key_version', `key_id IN ('${signing.id}', '${wrapping.id}')`);
    // A worker with an outdated copy of the key may use its token once. The fence drops that result.
    for (let time = 0; time < 24; time++) {
      const replies = await Promise.all([
        tenant.admin.send<{ code: string }>('POST', '/sign', { body: { keyId: signing.id, payload: 'AAAA' } }),
        tenant.admin.send<{ code: string }>('POST', '/encrypt', { body: { keyId: wrapping.id, plaintext: 'AAAA' } }),
      ]);
      expect(replies.map(({ body }) => body.code)).toEqual(['key-state', 'key-state']);
    }
    await target.refusedOnRecord('/sign', { keyId: signing.id, payload: 'AAAA' }, 'key-state');
    await target.refusedOnRecord('/encrypt', { keyId: wrapping.id, plaintext: 'AAAA' }, 'key-state');
    if (processes.includes(state)) {
      expect((await tenant.admin.post<{ valid: boolean }>('/verify', { jws })).valid).toBe(true);
      expect((await tenant.admin.post<{ plaintext: string }>('/decrypt', { jwe })).plaintext).toBe('AAAA');
    } else {
      await target.refusedOnRecord('/verify', { jws }, 'key-state');
      await target.refusedOnRecord('/decrypt', { jwe }, 'key-state');
    }
  });
});
